"""Drafts: saved for the words alone, saved again by and by, gone on with elsewhere, thrown away."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Dialog, Page, Request, Route, expect

from crypto.opening import Identity, open_letter
from crypto.visit import parse_request
from tests.intake.browser.looking import opened, says
from tests.intake.browser.threads import keys_of, sent_account
from tests.intake.form import TEXT, FilledForm
from tests.intake.returning import ReturnVisit
from tests.wire import Wire

MORE = " And one thing more."


def press_save(form: FilledForm) -> FilledForm:
    """Press Save, take the words that it asks for, and press Save once more."""
    page = form.page
    page.click("#save")
    page.locator("#words-panel").wait_for()
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    expect(page.locator("#next")).to_have_text("Save the draft")
    page.click("#next")
    return form


def save(form: FilledForm) -> FilledForm:
    """Save for the first time, and wait until it says that it is saved."""
    press_save(form).page.locator("[data-step=saved]").wait_for()
    return form


def drafts(wire: Wire) -> list[bytes]:
    """The sealed drafts among the requests."""
    bodies = [request.post_data_buffer or b"" for request in wire.requests if to_thread(request)]
    return [slot for request, slot in map(parse_request, bodies) if request.kind == 2]


def to_thread(request: Request) -> bool:
    return request.url.endswith("/thread")


def test_a_draft_is_saved_and_gone_on_with_elsewhere(
    site: str, page: Page, wire: Wire, fresh: Callable[[], BrowserContext]
) -> None:
    form = FilledForm(page).open(site)
    page.check("input[name=speaking][value=me]")
    form.write().go_to("choices")
    page.check("input[name=consent-research][value=no]")
    save(form)
    expect(page.locator("#step-saved")).to_be_focused()
    says(page, "[data-step=saved]", "kept for 30 days")
    says(page, "[data-step=saved]", "not even the inquiry can open it")
    (draft,) = drafts(wire)
    letter = open_letter(draft, Identity.from_seed(keys_of(form.words).identity_seed))
    assert letter.kind == "draft"
    assert wire.carries(TEXT) == wire.carries(" ".join(form.words)) == []

    there = fresh()
    other_wire, visit = Wire(there), ReturnVisit(there.new_page()).come_back(site, form.words)
    says(visit.page, "#return-draft", "It is kept for 30 more days")
    expect(visit.page.locator("#return-sent")).to_be_hidden()
    visit.page.click("#return-resume")
    other = FilledForm(visit.page, form.words)
    expect(visit.page.locator("input[name=speaking][value=me]")).to_be_checked()
    other.go_to("account")
    assert visit.page.locator("#account").input_value() == TEXT
    other.write(TEXT + MORE).go_to("way-back")
    says(visit.page, "[data-step=way-back]", "You came back with your seven words")
    visit.page.check("input[name=read_back]")
    with visit.page.expect_response("**/thread"):
        other.send().wait_until_sent()
    (sent,) = [request for request in other_wire.requests if request.url.endswith("/letters")]
    account = opened(sent.post_data_buffer or b"")
    assert (account.kind, account.locator) == ("account", letter.locator)
    assert account.consents == letter.consents
    assert visit.page.locator("[data-step=sent] .heard-words__word").all_inner_texts() == form.words

    last = ReturnVisit(fresh().new_page()).come_back(site, form.words)
    assert TEXT + MORE in last.letters[0]
    expect(last.page.locator("#return-draft")).to_be_hidden()


def test_going_on_writing_saves_again_at_most_once_a_minute(site: str, page: Page, wire: Wire) -> None:
    page.clock.install()
    form = save(FilledForm(page).open(site).write())
    page.click("#go-on")
    expect(page.locator("#account")).to_be_visible()
    for addition in (" a", " b", " c"):
        page.locator("#account").press_sequentially(addition)
    page.clock.run_for(20_000)
    assert len(drafts(wire)) == 1
    page.clock.run_for(41_000)
    says(page, "#save-status", "The draft is saved.")
    assert len(drafts(wire)) == 2
    expect(page.locator("#account")).to_be_focused()
    page.clock.run_for(200_000)
    assert len(drafts(wire)) == 2
    letter = open_letter(drafts(wire)[1], Identity.from_seed(keys_of(form.words).identity_seed))
    assert letter.answers[0].text == TEXT + " a b c"


def test_a_save_that_fails_says_so_and_is_tried_again(site: str, page: Page, wire: Wire) -> None:
    page.clock.install()
    save(FilledForm(page).open(site).write())
    page.click("#go-on")
    page.route("**/thread", lambda route: route.abort(), times=1)
    page.locator("#account").press_sequentially(" a")
    page.clock.run_for(61_000)
    says(page, "#save-status", "could not be saved again")
    page.clock.run_for(61_000)
    says(page, "#save-status", "The draft is saved.")
    assert len(drafts(wire)) == 3


def test_leaving_asks_only_for_what_is_not_saved(site: str, page: Page) -> None:
    asked = list[str]()

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    form = FilledForm(page).open(site).write()
    page.locator("#account").press_sequentially(" ")
    save(form)
    page.reload()
    assert asked == []
    save(FilledForm(page).open(site).write())
    page.click("#go-on")
    page.locator("#account").press_sequentially(" ")
    page.reload()
    assert asked == ["beforeunload"]


def test_before_words_are_taken_one_can_go_back_and_nothing_is_sent(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write()
    page.click("#save")
    page.locator("#words-panel").wait_for()
    page.click("#back")
    expect(page.locator("#account")).to_be_visible()
    assert page.locator("#account").input_value() == TEXT
    assert wire.posts == []
    form.go_to("choices")
    expect(page.locator("#next")).to_have_text("Next")


def test_without_an_answer_nothing_is_lost_and_it_says_not_saved(site: str, page: Page) -> None:
    def drop(route: Route) -> None:
        route.abort()

    page.route("**/thread", drop, times=1)
    press_save(FilledForm(page).open(site).write())
    says(page, "#message", "Not saved: there was no answer")
    expect(page.locator("#account")).to_be_visible()
    assert page.locator("#account").input_value() == TEXT
    page.click("#save")
    page.locator("[data-step=saved]").wait_for()


def test_a_draft_is_thrown_away(site: str, page: Page, fresh: Callable[[], BrowserContext]) -> None:
    form = save(FilledForm(page).open(site).write())
    visit = ReturnVisit(fresh().new_page()).come_back(site, form.words)
    visit.page.click("#return-discard")
    says(visit.page, "[data-panel=discard]", "nobody can bring it back")
    visit.press("discard").wait_until_told("thrown away")
    expect(visit.page.locator("#return-draft")).to_be_hidden()


def test_an_account_sent_with_the_words_of_its_draft_leaves_no_draft(
    site: str, page: Page, wire: Wire, fresh: Callable[[], BrowserContext]
) -> None:
    form = save(FilledForm(page).open(site).write())
    page.click("#go-on")
    form.go_to("way-back")
    page.check("input[name=read_back]")
    with page.expect_response("**/thread"):
        form.send().wait_until_sent()
    visit = ReturnVisit(fresh().new_page()).come_back(site, form.words)
    assert TEXT in visit.letters[0]
    expect(visit.page.locator("#return-draft")).to_be_hidden()
    assert wire.carries(TEXT) == []


def test_a_further_part_can_be_kept_as_a_draft(site: str, page: Page, fresh: Callable[[], BrowserContext]) -> None:
    words = sent_account(site)
    visit = ReturnVisit(page).come_back(site, words)
    visit.start("add").page.fill("#return-add-text", MORE)
    visit.press("keep").wait_until_told("Your draft was saved")
    visit.start("add").page.fill("#return-add-text", "Another part.")
    visit.press("keep").wait_until_told("There is another draft already")
    assert page.locator("#return-add-text").input_value() == "Another part."
    there = ReturnVisit(fresh().new_page()).come_back(site, words)
    there.page.click("#return-resume")
    assert there.page.locator("#return-add-text").input_value() == MORE
    there.press("add").wait_until_told("further part was sent")
    assert MORE.strip() in there.letters[1]
    expect(there.page.locator("#return-draft")).to_be_hidden()
