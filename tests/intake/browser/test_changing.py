"""What can be done with the words: add, change choices, replace them, take everything back. Nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.intake.browser.looking import says
from tests.intake.browser.threads import sent_account
from tests.intake.form import TEXT
from tests.intake.returning import ReturnVisit
from tests.wire import Wire

FURTHER = "One more thing: the office kept a diary of visits."


@pytest.fixture
def words(site: str) -> list[str]:
    return sent_account(site)


@pytest.fixture
def visit(site: str, page: Page, words: list[str]) -> ReturnVisit:
    return ReturnVisit(page).come_back(site, words)


def test_a_further_part_is_sealed_and_shown(
    site: str, visit: ReturnVisit, wire: Wire, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    visit.add(FURTHER)
    expect(visit.page.locator("#return-thread-title")).to_be_focused()
    expect(visit.page.locator("#return-live")).to_have_text("Your further part was sent, sealed.")
    expect(visit.page.locator("#return-status")).to_be_in_viewport()
    for seen in (visit, ReturnVisit(fresh().new_page()).come_back(site, words)):
        account, addition = seen.letters
        assert TEXT in account
        assert "A further part" in addition
        assert "What would you like to add?" in addition
        assert FURTHER in addition
    assert wire.carries(FURTHER) == []
    assert visit.page.locator("#return-add-text").input_value() == ""


def test_an_empty_or_half_part_is_not_sent(visit: ReturnVisit, wire: Wire) -> None:
    before = len(wire.posts)
    visit.start("add").press("add").wait_until_told("A few words are enough")
    field = visit.page.locator("#return-add-text")
    expect(field).to_be_focused()
    field.evaluate("(field) => { field.value = 'before \\ud83d after'; }")
    visit.press("add").wait_until_told("half of a character")
    assert len(wire.posts) == before


def test_without_an_answer_a_further_part_stays(visit: ReturnVisit) -> None:
    page = visit.page
    page.route("**/thread", lambda route: route.abort(), times=1)
    visit.start("add").page.fill("#return-add-text", FURTHER)
    visit.press("add").wait_until_told("Not done: there was no answer")
    assert page.locator("#return-add-text").input_value() == FURTHER
    visit.press("add").wait_until_told("further part was sent")
    assert sum(FURTHER in letter for letter in visit.letters) == 1


def test_somebody_else_with_the_words_sent_first(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    """The place is taken meanwhile: the page takes the next one by itself."""
    visit.start("add").page.fill("#return-add-text", FURTHER)
    ReturnVisit(fresh().new_page()).come_back(site, words).add("From another device.")
    visit.press("add").wait_until_told("further part was sent")
    assert ["From another device." in visit.letters[1], FURTHER in visit.letters[2]] == [True, True]


def test_choices_are_prefilled_changed_and_kept_in_history(visit: ReturnVisit) -> None:
    page = visit.page
    visit.start("choices")
    expect(page.locator("input[name=consent-research][value=no]")).to_be_checked()
    assert page.locator("#return-change-fields input:checked").count() == 1
    visit.press("choices").wait_until_told("Nothing is changed yet")
    page.check("input[name=consent-statistics][value=yes]")
    page.check("input[name=consent-research][value=later]")
    visit.press("choices").wait_until_told("new choices were sent")
    now = page.locator("#return-choices")
    expect(now).to_contain_text("I will decide later")
    expect(now).to_contain_text("May we count your answers in figures?")
    page.click("#return-earlier summary")
    expect(page.locator("#return-history")).to_contain_text("May we use your account for research?")
    expect(page.locator("#return-history dd")).to_have_text("No")
    expect(page.locator("#return-change-fields > *")).to_have_count(0)


def test_replaced_words_stop_and_the_new_ones_open_everything(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    visit.add(FURTHER)
    visit.start("replace")
    says(visit.page, "[data-panel=replace]", "stays readable with the old words")
    visit.page.click("[data-panel=replace] [data-stage=explain] [data-back]")
    new_words = visit.replace_words()
    assert new_words != words
    for seen in (visit, ReturnVisit(fresh().new_page()).come_back(site, new_words)):
        assert any(TEXT in letter for letter in seen.letters)
        assert any(FURTHER in letter for letter in seen.letters)
    old = ReturnVisit(fresh().new_page()).open(site).enter(words)
    says(old.page, "#return-problem", "These words open nothing here")
    visit.add("Sent with the new words.")
    assert any("Sent with the new words." in letter for letter in visit.letters)


def test_new_words_are_typed_again_before_the_old_ones_stop(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    visit.start("replace").press("new-words")
    visit.page.locator("#return-retype-first").fill("zzz")
    visit.press("replace")
    says(visit.page, "#return-retype-first-error", "This is not word")
    assert TEXT in ReturnVisit(fresh().new_page()).come_back(site, words).letters[0]


@pytest.mark.parametrize("keep", ["nothing", "statistics"])
def test_taking_back_has_two_steps_and_shows_nothing_afterwards(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str], keep: str
) -> None:
    page = visit.page
    visit.start("withdraw").press("ask")
    says(page, "#return-keep-missing", "Choose one of the two")
    page.check(f"input[name=return-keep][value={keep}]")
    visit.press("ask")
    says(page, "#return-keeping", "everything" if keep == "nothing" else "but the answers for figures")
    says(page, "[data-stage=sure]", "Within a day: it is erased from this website's database.")
    says(page, "[data-stage=sure]", "for up to 90 days")
    page.click("[data-stage=sure] [data-back]")
    assert TEXT in visit.letters[0]
    visit.withdraw(keep)
    for seen in (visit, ReturnVisit(fresh().new_page()).come_back(site, words)):
        says(seen.page, "#return-withdrawn", "You took back what you sent")
        expect(seen.page.locator("#return-menu")).to_be_hidden()
        expect(seen.page.locator("#return-sent")).to_be_hidden()
        assert TEXT not in seen.page.content()


def test_what_is_added_after_somebody_else_took_it_back_stays(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    visit.start("add").page.fill("#return-add-text", FURTHER)
    ReturnVisit(fresh().new_page()).come_back(site, words).withdraw()
    visit.press("add").wait_until_told("has been taken back with these words")
    assert visit.page.locator("#return-add-text").input_value() == FURTHER


def test_what_is_added_after_the_words_were_replaced_stays(
    site: str, visit: ReturnVisit, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    visit.start("add").page.fill("#return-add-text", FURTHER)
    ReturnVisit(fresh().new_page()).come_back(site, words).replace_words()
    visit.press("add").wait_until_told("no longer open anything here")
    assert visit.page.locator("#return-add-text").input_value() == FURTHER


def test_leaving_asks_first_while_something_is_not_sent(site: str, visit: ReturnVisit) -> None:
    page, asked = visit.page, list[str]()

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    visit.start("add")
    page.locator("#return-add-text").press_sequentially("One more thing")
    page.reload()
    assert asked == ["beforeunload"]
    page.wait_for_selector("html.sealing-ready")
    page.fill("#words_typed", "not sent anywhere")
    page.goto(site + "/")
    assert asked == ["beforeunload"]


def test_close_says_first_what_would_be_lost(visit: ReturnVisit) -> None:
    page = visit.start("add").page
    field = page.locator("#return-add-text")
    field.fill(FURTHER)
    page.click("#return-close")
    visit.wait_until_told("If you press Close once more, it is gone")
    field.press_sequentially(" Wait.")
    page.click("#return-close")
    assert field.input_value() == FURTHER + " Wait."
    visit.close()
    assert field.input_value() == ""


def test_a_long_thread_is_fetched_whole_only_when_asked(
    site: str, visit: ReturnVisit, wire: Wire, words: list[str]
) -> None:
    for number in range(8):
        visit.add(f"Part {number}.")
    before = len(wire.posts)
    visit.come_back(site, words)
    assert len(wire.posts) == before + 8
    says(visit.page, "#return-rest", "There are 2 more sealed things")
    says(visit.page, "#return-rest", "shows anyone who watches")
    visit.page.click("#return-more")
    expect(visit.page.locator("#return-letters > li")).to_have_count(9)
    expect(visit.page.locator("#return-rest")).to_be_hidden()
    assert len(wire.posts) == before + 10
