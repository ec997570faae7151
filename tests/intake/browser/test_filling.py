"""Walking through the form: what is asked, refused, shown and kept."""

from playwright.sync_api import Dialog, Page, expect

from intake.inquiry import load_inquiry
from tests.intake.browser.looking import opened, says
from tests.intake.form import TEXT, FilledForm
from tests.wire import Wire


def test_half_a_character_is_named_before_anything_is_sent(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).go_to("account")
    page.locator("#account").evaluate("(field) => { field.value = 'before \\ud83d after'; }")
    page.click("#next")
    says(page, "#message", "half of a character")
    expect(page.locator("#account")).to_be_focused()
    assert wire.posts == []
    form.write().send().wait_until_sent()


def test_an_empty_account_is_asked_for(site: str, page: Page, wire: Wire) -> None:
    FilledForm(page).open(site).send()
    says(page, "#message", "A few words are enough")
    assert wire.posts == []


def test_too_long_says_by_how_much_and_keeps_it(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).go_to("account")
    # As pasting does it; a test that fails must not print a million letters.
    page.locator("#account").evaluate(
        """(field, line) => {
          field.value = line.repeat(20_000);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        TEXT + "\n",
    )
    says(page, "#room-left", "too long")
    form.send()
    says(page, "#message", "too long")
    assert page.locator("#account").evaluate("field => field.value.length") == 20_000 * (len(TEXT) + 1)
    assert wire.posts == []


def test_wrong_words_are_not_accepted(site: str, page: Page) -> None:
    FilledForm(page).open(site).write().go_to("way-back")
    page.check("input[name=words][value=yes]")
    page.click("#next")
    page.locator("#words-panel").wait_for()
    page.locator("#retype-first").fill("zzz")
    page.click("#next")
    says(page, "#retype-first-error", "This is not word")
    expect(page.locator("[data-step=check]")).to_be_hidden()


def test_focus_is_on_the_heading_of_each_step(site: str, page: Page) -> None:
    FilledForm(page).open(site)
    steps = [topic.id for topic in load_inquiry().topics if not topic.after_check] + ["choices", "way-back", "check"]
    for step in steps[1:]:
        page.click("#next")
        expect(page.locator(f"#step-{step}")).to_be_focused()


def test_the_check_shows_everything_and_a_change_leads_back_to_it(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().take_words().go_to("check")
    summary = page.locator("#summary")
    expect(summary).to_contain_text(
        "Yes, give me seven words\nYes, I want to be able to read it again", use_inner_text=True
    )
    page.get_by_role("button", name="Change What would you like to tell us?").click()
    page.locator("#account").fill(TEXT + " And more.")
    page.get_by_role("button", name="Back to the check").click()
    expect(page.locator("#step-check")).to_be_focused()
    expect(summary).to_contain_text("And more.")
    page.get_by_role("button", name="Change Do you want seven words?").click()
    page.check("input[name=words][value=no]")
    page.get_by_role("button", name="Back to the check").click()
    expect(summary).to_contain_text("No, I do not want a way back")
    form.send().wait_until_sent()
    assert opened(wire.posts[0]).thread is None
    expect(page.locator("[data-step=sent] .heard-words__word").first).to_be_hidden()


def test_leaving_asks_first_once_something_was_typed(site: str, page: Page) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    FilledForm(page).open(site)
    page.reload()
    assert asked == []
    FilledForm(page).open(site).write()
    page.locator("#account").press_sequentially(" ")
    page.reload()
    assert asked == ["beforeunload"]


def test_it_fits_a_small_phone(site: str, page: Page) -> None:
    form = FilledForm(page).open(site)
    for step in ("account", "telling", "change", "choices"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        form.go_to(step)
    form.open(site).write("a" * 400).take_words()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # The measure sees what does not fit.
    planted = """() => {
      const wide = document.querySelector("main").appendChild(document.createElement("p"));
      wide.textContent = "wide";
      wide.style.width = "400px";
      return document.documentElement.scrollWidth;
    }"""
    assert page.evaluate(planted) > 320
