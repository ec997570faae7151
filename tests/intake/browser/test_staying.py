"""Nothing typed is lost while somebody writes: a slow line, a full server, a cover, a second thought."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from intake.inquiry import load_inquiry
from tests.intake.browser.looking import opened, says
from tests.intake.browser.threads import sent_account
from tests.intake.form import TEXT, FilledForm
from tests.intake.returning import ReturnVisit
from tests.patience import soon
from tests.wire import Wire

MORE = " And more, written without a connection."
MINUTE = 60_000
STEPS = [topic.id for topic in load_inquiry().topics if not topic.after_check] + ["choices", "way-back", "check"]


def test_ten_minutes_without_a_connection(site: str, page: Page, context: BrowserContext, wire: Wire) -> None:
    page.clock.install()
    form = FilledForm(page).open(site).write()
    context.set_offline(True)
    for _ in range(10):
        page.locator("#account").press_sequentially(".")
        page.clock.run_for(MINUTE)
    form.write(TEXT + MORE).send()
    says(page, "#message", "Check the connection, keep this page open, and try again")
    expect(page.locator("#account")).to_have_value(TEXT + MORE)
    context.set_offline(False)
    page.click("#send")
    form.wait_until_sent()
    assert opened(wire.posts[-1]).answers[0].text == TEXT + MORE


def test_a_full_server_loses_nothing_and_is_asked_again(site: str, page: Page, wire: Wire) -> None:
    page.route("**/letters", lambda route: route.fulfill(status=503, json={"error": "busy", "message": "…"}), times=2)
    form = FilledForm(page).open(site).write().send()
    for _ in range(2):
        says(page, "#message", "Keep this page open and try again in a few minutes")
        expect(page.locator("#account")).to_have_value(TEXT)
        page.get_by_role("button", name="Try again").click()
    form.wait_until_sent()
    assert len(wire.posts) == 3
    assert len(set(wire.posts)) == 1


def test_what_is_lost_by_closing_is_said_before_anything_is_typed(site: str, page: Page) -> None:
    page.goto(f"{site}/before")
    says(page, "main", "If you close the page before that, it is gone. Where scripts run, your browser asks first.")
    FilledForm(page).open(site)
    says(page, "#can-seal", "If you close or reload this page before that, what you typed is gone")
    said, field = page.locator("#can-seal"), page.locator("[data-step=speaking]")
    assert said.bounding_box()["y"] < field.bounding_box()["y"]  # type: ignore[index]  # both are visible


def test_a_reload_that_somebody_takes_back_keeps_everything(site: str, page: Page) -> None:
    FilledForm(page).open(site).go_to("account")
    page.locator("#account").press_sequentially(TEXT)
    shown: list[str] = []

    def stay(dialog: Dialog) -> None:
        shown.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.reload(), 0)")
    soon(lambda: shown, page)
    assert shown == ["beforeunload"]
    expect(page.locator("#account")).to_have_value(TEXT)


def covered(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('#part-cover').open"))


def idle(page: Page, minutes: float) -> None:
    """Let time pass. The Worker's clock is real: it answers what was asked of it first."""
    page.clock.run_for(1_000)
    page.wait_for_timeout(300)
    page.clock.run_for(int(minutes * MINUTE) - 1_000)


def read_out(page: Page) -> str:
    """Everything that a screen reader finds on the page."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [node.get(key, {}).get("value", "") for node in nodes if not node["ignored"] for key in ("name", "value")]
    return "\n".join(map(str, told))


@pytest.mark.parametrize(("shared", "minutes"), [(False, 10), (True, 2)])
def test_the_page_is_covered_after_a_while(site: str, page: Page, wire: Wire, shared: bool, minutes: int) -> None:
    page.clock.install()
    form = FilledForm(page).open(site).write()
    if shared:
        page.click("#part-device summary")
        page.check("#part-shared")
    page.locator("#account").focus()
    idle(page, minutes - 0.1)
    assert not covered(page)
    page.locator("#account").press_sequentially("!")
    idle(page, minutes - 0.1)
    assert not covered(page)
    assert TEXT in read_out(page)
    idle(page, 0.2)
    assert covered(page)
    assert TEXT not in read_out(page)
    assert "This page is covered" in read_out(page)
    assert not re.search(r"\d", page.locator("#part-cover").inner_text())
    for _ in range(3):
        page.keyboard.press("Escape")
        page.wait_for_timeout(50)
        assert covered(page)
    # Nothing behind can be reached with the keyboard either.
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('#part-cover *, body')")
    page.get_by_role("button", name="Go on").click()
    assert not covered(page)
    expect(page.locator("#account")).to_be_focused()
    expect(page.locator("#account")).to_have_value(TEXT + "!")
    idle(page, minutes + 0.1)
    assert covered(page)
    page.get_by_role("button", name="Go on").click()
    form.send().wait_until_sent()
    idle(page, 11)
    assert not covered(page)
    assert len(wire.posts) == 1


def test_a_device_that_slept_covers_the_page_when_it_wakes(site: str, page: Page) -> None:
    """No time passes for timers then: whoever opens the lid is asked to go on."""
    page.clock.install()
    FilledForm(page).open(site).write()
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }")
    page.evaluate("dispatchEvent(new Event('focus'))")
    assert covered(page)


def test_what_words_opened_is_covered_too(site: str, page: Page) -> None:
    words = sent_account(site)
    page.clock.install()
    ReturnVisit(page).come_back(site, words)
    assert TEXT in read_out(page)
    idle(page, 10.1)
    assert covered(page)
    assert TEXT not in read_out(page)
    page.get_by_role("button", name="Go on").click()
    assert TEXT in read_out(page)


def test_the_spell_checker_of_the_browser_is_asked_for(site: str, page: Page) -> None:
    FilledForm(page).open(site).go_to("account")
    states = "[...document.querySelectorAll('textarea')].map((field) => field.spellcheck)"
    assert not any(page.evaluate(states))
    page.click("#part-device summary")
    page.check("#part-spelling")
    assert all(page.evaluate(states))
    page.uncheck("#part-spelling")
    assert not any(page.evaluate(states))


def test_parts_in_any_order(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site)
    buttons = page.locator("[data-part-list] button")
    assert buttons.count() == len(STEPS)
    titles = []
    for place in (len(STEPS) - 2, 4, 1):
        page.click("#part-list summary")
        buttons.nth(place).click()
        expect(page.locator(f"#step-{STEPS[place]}")).to_be_focused()
        expect(buttons.nth(place)).to_have_attribute("aria-current", "step")
        titles.append(page.title())
    count = len(STEPS)
    ending = "Share your experience"
    assert titles == [f"Step {n} of {count}: your answers - {ending}" for n in (count - 1, 5, 2)]
    form.write().send().wait_until_sent()
    assert page.title() == f"Done - {ending}"
    assert opened(wire.posts[0]).answers[0].text == TEXT


def test_a_note_comes_before_its_questions(site: str, page: Page) -> None:
    FilledForm(page).open(site).go_to("people")
    part = page.locator("[data-step=people]")
    expect(part.locator("[data-question]").first).to_be_hidden()
    says(page, "[data-step=people]", "You can skip all of them")
    part.get_by_role("button", name="Pass over this part").click()
    expect(page.locator("#step-telling")).to_be_focused()
    page.click("#back")
    part.get_by_role("button", name="Show the questions").click()
    expect(part.locator("[data-question] input").first).to_be_focused()
    expect(part.get_by_role("button", name="Show the questions")).to_be_hidden()


def test_prompts_are_open_one_at_a_time(site: str, page: Page) -> None:
    FilledForm(page).open(site).go_to("account")
    prompts = page.locator(".heard-prompts details")
    assert prompts.count() > 1
    for place in range(prompts.count()):
        prompts.nth(place).locator("summary").click()
        assert page.locator(".heard-prompts details[open]").count() == 1


def test_a_text_that_may_only_be_short(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().go_to("message")
    field = page.locator('[data-most="500"] textarea')
    says_left = page.locator('[data-most="500"] [id$=-left]')
    expect(says_left).to_be_hidden()
    # A character outside the basic plane counts once.
    field.fill("\U0001f33f" * 499)
    expect(says_left).to_have_text("1 characters left here.")
    field.fill("a" * 507)
    expect(says_left).to_have_text("7 characters too many here.")
    page.click("#next")
    says(page, "#message", "7 characters too long")
    expect(field).to_be_focused()
    page.click("#part-list summary")
    page.locator("[data-part-list] button").last.click()
    says(page, "#message", "7 characters too long")
    assert wire.posts == []
    field.fill("a" * 500)
    form.send().wait_until_sent()


@pytest.mark.parametrize(("value", "shown"), [("yes", True), ("not-sure", True), ("no", False), ("unsaid", False)])
def test_help_now_is_shown_before_anything_is_sent(site: str, page: Page, wire: Wire, value: str, shown: bool) -> None:
    FilledForm(page).open(site).go_to("safety")
    urgent = page.locator(".heard-urgent")
    expect(urgent).to_be_hidden()
    page.check(f"[data-step=safety] input[value={value}]")
    expect(urgent).to_be_visible(visible=shown)
    assert wire.posts == []


def test_questions_about_oneself_come_after_the_check(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().go_to("check")
    page.click("[data-after-check-list] button")
    expect(page.locator("#step-about-you")).to_be_focused()
    assert page.title().startswith("Your answers - ")
    page.locator("[data-step=about-you] input[type=radio]").first.check()
    page.get_by_role("button", name="Back to the check").click()
    expect(page.locator("#step-check")).to_be_focused()
    form.send().wait_until_sent()
    assert [answer.topic for answer in opened(wire.posts[0]).answers] == ["account", "about-you"]


def test_a_copy_for_oneself(site: str, page: Page, wire: Wire, tmp_path: Path) -> None:
    FilledForm(page).open(site).write(TEXT + "\n\U0001f33f").go_to("check")
    page.click("#part-copy summary")
    says(page, "#part-copy", "can be found by others")
    with page.expect_download() as download:
        page.click("[data-copy=save]")
    download.value.save_as(tmp_path / "copy")
    assert download.value.suggested_filename == "notes.txt"
    copied = (tmp_path / "copy").read_text("utf-8")
    assert f"What would you like to tell us?\n{TEXT}\n\U0001f33f\n" in copied
    assert "Do you want seven words?\nNo, I do not want a way back" in copied
    assert "Inquiry" not in copied
    assert all(request.method == "GET" for request in wire.requests)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("[data-copy=print]")
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(page.locator("#summary")).to_be_visible()
    expect(page.locator("#send")).to_be_hidden()
    expect(page.locator("#exit-link")).to_be_hidden()


def test_the_leaflet_has_the_words_that_the_form_shows(site: str, page: Page) -> None:
    page.goto(f"{site}/leaflet")
    words = page.locator("main .heard-words__word").all_inner_texts()
    numbers = page.locator("main .heard-words__number").all_inner_texts()
    FilledForm(page).open(site)
    assert page.locator("#fingerprint-words").text_content() == " ".join(words)
    assert page.locator("#fingerprint-numbers").text_content() == " ".join(numbers)
