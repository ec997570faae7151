"""Another language where scripts run: the page changes under what was typed, which stays, and goes nowhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crypto.opening import Identity, open_letter
from crypto.visit import parse_request
from tests.crypto import samples
from tests.intake.browser.looking import altered, opened, says, try_everything_to_send
from tests.intake.browser.threads import keys_of, sent_account
from tests.intake.form import TEXT, FilledForm
from tests.intake.inquiries import MARKS, changed
from tests.intake.installed import Installed
from tests.intake.returning import ReturnVisit
from tests.wire import Wire

FURTHER = "One more thing: the office kept a diary of visits."
ADDRESSES = {"en": "", "cy": "/cy", "ar": "/ar"}
# Pressed one after another: there, across, and home.
ROUND = ("ar", "cy", "en")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("site")
    inquiry = changed(folder / "inquiry", languages=("en", "cy", "ar"))
    here = Installed(folder / "data", {"HEARD_INQUIRY": str(inquiry), "HEARD_ANSWER_GRID_MILLISECONDS": "50"})
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here
    assert here.errors.read_text() == ""


@pytest.fixture
def told(page: Page) -> Iterator[list[str]]:
    """What the page complains of: nothing, unless a test says so."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    page.on("pageerror", lambda error: lines.append(f"error: {error}"))
    yield lines
    assert lines == []


def choose(page: Page, code: str) -> None:
    """Press the button of a language, and wait until the page is in it."""
    page.click(f"[data-language-to]:visible[lang={code}]")
    page.wait_for_selector(f"html[lang={code}]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if code == "ar" else "ltr")
    text = page.locator("main").inner_text()
    assert not any(mark in text for other, mark in MARKS.items() if other != code)


def places(page: Page, panel: str = "[data-step=way-back]") -> list[str | None]:
    return [asked.get_attribute("data-place") for asked in page.locator(f"{panel} [data-retype]").all()]


@pytest.mark.usefixtures("told")
def test_everything_typed_stays_and_is_sent_in_the_language_that_is_shown(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site)
    page.check("input[name=speaking][value=me]")
    form.write("שלום " + TEXT).go_to("telling")
    page.check("input[name=told-whom][value=teacher]")
    page.check("input[name=told-whom][value=unsaid]")
    page.click("#part-device summary")
    page.check("#part-spelling")
    for code in ROUND:
        choose(page, code)
        assert page.url == f"{site}{ADDRESSES[code]}/share"
        expect(page.locator("#step-telling")).to_be_focused()
        assert page.locator("#account").input_value() == "שלום " + TEXT
        assert page.locator("#journey input:checked").count() == 3
        assert page.locator("#account").get_attribute("spellcheck") == "true"
        assert page.locator("#part-device details").get_attribute("open") is not None
        assert page.locator("form").count() == 0
    choose(page, "ar")
    form.send().wait_until_sent()
    letter = opened(wire.posts[0])
    assert len(wire.posts) == 1
    assert letter.language == "ar"
    assert all(answer.question.startswith(MARKS["ar"]) for answer in letter.answers)
    assert letter.answers[1].text == "שלום " + TEXT
    assert wire.carries(TEXT) == []


@pytest.mark.usefixtures("told")
def test_words_stay_until_the_end(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().go_to("way-back")
    page.check("input[name=words][value=yes]")
    page.click("#next")
    page.locator("#words-panel").wait_for()
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    asked = places(page)
    page.fill("#retype-first", form.words[int(asked[0] or 0)])
    page.fill("#retype-second", "zzz")
    page.click("#next")
    for code in ROUND:
        choose(page, code)
        assert page.locator("#words-panel .heard-words__word").all_inner_texts() == form.words
        assert places(page) == asked
        assert page.locator("#retype-first").input_value() == form.words[int(asked[0] or 0)]
        assert page.locator("#retype-second").input_value() == "zzz"
        expect(page.locator("#retype-second-error")).to_be_visible()
    page.fill("#retype-second", form.words[int(asked[1] or 0)])
    page.click("#next")
    form.send().wait_until_sent()
    for code in ROUND:
        choose(page, code)
        expect(page.locator("#step-sent")).to_be_focused()
        assert page.locator("[data-step=sent] .heard-words__word").all_inner_texts() == form.words
        assert page.locator("#account").input_value() == ""
    assert len(wire.posts) == 1
    assert wire.carries(" ".join(form.words)) == []


@pytest.mark.usefixtures("told")
def test_notes_the_check_and_what_comes_after_it(site: str, page: Page) -> None:
    form = FilledForm(page).open(site).write().go_to("people")
    choose(page, "ar")
    expect(page.locator("[data-step=people] [data-note-content]")).to_be_hidden()
    page.click("[data-step=people] [data-note-show]")
    choose(page, "cy")
    expect(page.locator("[data-step=people] [data-note-content]")).to_be_visible()
    form.go_to("check")
    choose(page, "ar")
    expect(page.locator("#step-check")).to_be_focused()
    expect(page.locator("#summary")).to_contain_text(TEXT)
    expect(page.locator("#summary dt").first).to_contain_text(MARKS["ar"])
    page.locator("#summary .heard-change").first.click()
    choose(page, "cy")
    page.click("#next")
    expect(page.locator("#step-check")).to_be_visible()


@pytest.mark.usefixtures("told")
def test_a_draft_goes_on_being_saved(site: str, page: Page, wire: Wire) -> None:
    page.clock.install()
    form = FilledForm(page).open(site).write()
    page.click("#save")
    page.locator("#words-panel").wait_for()
    choose(page, "ar")
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    # What was wanted is still wanted: to save.
    page.click("#next")
    page.locator("[data-step=saved]").wait_for()
    choose(page, "cy")
    expect(page.locator("#step-saved")).to_be_focused()
    page.click("#go-on")
    expect(page.locator("#account")).to_be_visible()
    page.locator("#account").press_sequentially(" a")
    page.clock.run_for(61_000)
    expect(page.locator("#save-status")).to_be_visible()
    drafts = [parse_request(body) for body in wire.posts if len(body) > 65_536]
    sealed = [slot for request, slot in drafts if request.kind == 2]
    letters = [open_letter(slot, Identity.from_seed(keys_of(form.words).identity_seed)) for slot in sealed]
    assert [letter.language for letter in letters] == ["ar", "cy"]
    assert letters[-1].answers[0].text == TEXT + " a"


def test_without_a_connection_it_says_so_and_keeps_everything(site: str, page: Page, context: BrowserContext) -> None:
    FilledForm(page).open(site).write()
    context.set_offline(True)
    page.click("[data-language-to][lang=ar]")
    says(page, "#language-message", "What you wrote is still here")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#account").input_value() == TEXT
    context.set_offline(False)
    choose(page, "ar")
    assert page.locator("#account").input_value() == TEXT
    expect(page.locator("#language-message")).to_be_hidden()


def test_another_page_than_the_form_is_not_put_in_its_place(site: str, page: Page) -> None:
    """A release in between, or a hotspot that wants to be asked first."""
    FilledForm(page).open(site).write()
    page.route("**/ar/share", lambda route: altered(route, "/static/form.", "/static/form.0"), times=1)
    page.click("[data-language-to][lang=ar]")
    says(page, "#language-message", "What you wrote is still here")
    assert page.locator("#account").input_value() == TEXT


@pytest.mark.parametrize("path", ["share", "return"])
def test_nothing_can_be_posted_afterwards(site: str, page: Page, wire: Wire, path: str) -> None:
    page.goto(f"{site}/{path}")
    page.wait_for_selector("html.sealing-ready")
    choose(page, "ar")
    choose(page, "en")
    assert page.evaluate("document.forms.length") == 0
    try_everything_to_send(page)
    assert wire.carries(TEXT) == []


@pytest.mark.usefixtures("told")
def test_coming_back_in_any_language(site: str, page: Page, wire: Wire) -> None:
    words = sent_account(site)
    visit = ReturnVisit(page).open(site)
    page.fill("#words_typed", " ".join(words))
    for code in ROUND:
        choose(page, code)
        assert page.locator("#words_typed").input_value() == " ".join(words)
    page.click("#return-open")
    visit.wait_until_opened()
    for code in ROUND:
        choose(page, code)
        assert TEXT in visit.letters[0]
        expect(page.locator("#return-entry")).to_be_hidden()
    visit.start("add").page.fill("#return-add-text", FURTHER)
    for code in ROUND:
        choose(page, code)
        assert page.locator("#return-add-text").input_value() == FURTHER
        expect(page.locator("#return-add-title")).to_be_visible()
    page.click("[data-panel=add] [data-back]")
    visit.start("choices")
    page.check("input[name=consent-statistics][value=yes]")
    choose(page, "ar")
    expect(page.locator("input[name=consent-statistics][value=yes]")).to_be_checked()
    expect(page.locator("input[name=consent-research][value=no]")).to_be_checked()
    assert MARKS["ar"] in page.locator("#return-change-fields").inner_text()
    page.click("[data-panel=choices] [data-back]")
    visit.start("withdraw")
    page.check("input[name=return-keep][value=statistics]")
    visit.press("ask")
    choose(page, "cy")
    expect(page.locator("[data-stage=sure]")).to_be_visible()
    expect(page.locator("#return-keeping")).not_to_be_empty()
    page.click("[data-stage=sure] [data-back]")
    visit.start("replace").press("new-words")
    page.locator("[data-stage=words]").wait_for()
    fresh = page.locator("[data-new-words] .heard-words__word").all_inner_texts()
    asked = places(page, "[data-panel=replace]")
    page.fill("#return-retype-first", fresh[int(asked[0] or 0)])
    choose(page, "en")
    assert page.locator("[data-new-words] .heard-words__word").all_inner_texts() == fresh
    assert places(page, "[data-panel=replace]") == asked
    assert page.locator("#return-retype-first").input_value() == fresh[int(asked[0] or 0)]
    page.fill("#return-retype-second", fresh[int(asked[1] or 0)])
    visit.press("replace").wait_until_told("Your words were replaced")
    # What was typed further up is still there.
    page.click("#return-close")
    visit.wait_until_told("If you press Close once more, it is gone")
    visit.close()
    choose(page, "ar")
    expect(page.locator("#return-closed")).to_be_visible()
    assert TEXT not in page.content()
    assert wire.carries(FURTHER) == wire.carries(" ".join(words)) == []


@pytest.mark.usefixtures("told")
def test_a_draft_that_is_gone_on_with(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write()
    page.click("#save")
    page.locator("#words-panel").wait_for()
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    page.click("#next")
    page.locator("[data-step=saved]").wait_for()
    visit = ReturnVisit(page).come_back(site, form.words)
    page.click("#return-resume")
    form.write(TEXT + " And more.").go_to("way-back")
    page.check("input[name=read_back]")
    form.go_to("check")
    for code in ROUND:
        choose(page, code)
        expect(page.locator("#step-check")).to_be_focused()
        expect(page.locator("#summary")).to_contain_text(TEXT + " And more.")
        assert page.evaluate("document.forms.length") == 0
    choose(page, "ar")
    form.send().wait_until_sent()
    choose(page, "en")
    assert page.locator("[data-step=sent] .heard-words__word").all_inner_texts() == form.words
    assert TEXT in ReturnVisit(page).come_back(site, form.words).letters[0]
    assert visit.page is page
    sent = [request for request in wire.requests if request.url.endswith("/letters")]
    assert opened(sent[0].post_data_buffer or b"").language == "ar"
