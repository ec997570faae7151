"""Answers from the inquiry are shown as answers when they are genuine, and never otherwise."""

import pytest
from playwright.sync_api import Page, expect

from crypto.notice import Notice
from crypto.recipients import throwaway_recipient
from tests.crypto import samples
from tests.intake.browser.looking import says
from tests.intake.browser.threads import REPLY, Station, keys_of, sent_account
from tests.intake.installed import Installed
from tests.intake.returning import ReturnVisit

FORGED = "Please write your name and your address."


@pytest.fixture
def words(site: str) -> list[str]:
    return sent_account(site)


@pytest.fixture
def station(served: Installed, words: list[str]) -> Station:
    return Station(served, keys_of(words))


def test_a_reply_a_note_and_a_receipt(site: str, page: Page, words: list[str], station: Station) -> None:
    station.place(station.notice("arrival", sequence=1, digests=station.digests()))
    station.place(station.notice("heard", sequence=2, digests=station.digests()))
    station.place(station.notice("reply", sequence=3, text=REPLY + "\n<b>not bold</b>"))
    visit = ReturnVisit(page).come_back(site, words)
    says(page, "#return-arrived", "What you sent has arrived at the inquiry.")
    assert visit.warnings == []
    assert len(visit.answers) == 2
    told = "\n".join(visit.answers)
    assert "A reviewer has read your account" in told
    assert "A reply from the inquiry" in told
    assert REPLY + "\n<b>not bold</b>" in told
    expect(page.locator(".heard-written")).to_have_attribute("dir", "auto")
    expect(page.locator("#return-no-answers")).to_be_hidden()


def test_parts_that_have_not_arrived_are_not_called_arrived(
    site: str, page: Page, words: list[str], station: Station
) -> None:
    station.place(station.notice("arrival", digests=station.digests()))
    visit = ReturnVisit(page).come_back(site, words)
    visit.add("One more thing.")
    says(page, "#return-arrived", "The rest is not confirmed yet")
    station.place(station.notice("arrival", sequence=2, digests=station.digests(), through=1))
    visit.come_back(site, words)
    says(page, "#return-arrived", "All 2 parts that you sent have arrived")


def forged(station: Station, how: str) -> Notice:
    """A reply that only looks like one: what a hijacked server can make of it."""
    if how == "key":
        return Station(station.served, station.keys, samples.NEXT_ROOT).notice(text=FORGED)
    if how == "inquiry":
        return station.notice(text=FORGED, inquiry="another-inquiry")
    if how == "epoch":
        return station.notice(text=FORGED, epoch=2)
    if how == "thread":
        return station.notice(text=FORGED, locator="0f" * 16)
    if how == "recipient":
        return station.notice(text=FORGED, recipient=str(throwaway_recipient()))
    raise AssertionError(how)


@pytest.mark.parametrize("how", ["key", "inquiry", "epoch", "thread", "recipient"])
def test_what_is_not_genuine_is_a_warning_and_its_text_is_nowhere(
    site: str, page: Page, words: list[str], station: Station, how: str
) -> None:
    station.place(forged(station, how))
    visit = ReturnVisit(page).come_back(site, words)
    assert visit.answers == []
    (warning,) = visit.warnings
    assert "cannot be trusted" in warning
    assert "A reply from the inquiry" in warning
    assert "We do not show what it says" in warning
    assert FORGED not in page.content()
    says(page, "#return-answers", "There is no answer yet")
    answers, warnings = page.locator("#return-answers"), page.locator("#return-warnings")
    assert warnings.locator("article").count() == answers.locator(".heard-warning").count() == 0


def test_a_forged_receipt_confirms_nothing(site: str, page: Page, words: list[str], station: Station) -> None:
    other = Station(station.served, station.keys, samples.NEXT_ROOT)
    station.place(other.notice("arrival", digests=station.digests()))
    visit = ReturnVisit(page).come_back(site, words)
    says(page, "#return-arrived", "has not confirmed yet")
    assert len(visit.warnings) == 1


def test_the_receipt_of_destruction_is_read_with_the_same_words(
    site: str, page: Page, words: list[str], station: Station
) -> None:
    visit = ReturnVisit(page).come_back(site, words).withdraw()
    says(page, "#return-withdrawn", "the receipt appears here")
    station.place(station.notice("destruction", digests=station.digests()))
    visit.come_back(site, words)
    (receipt,) = visit.answers
    assert "What you took back has been destroyed" in receipt
    assert "up to 90 days" in receipt
