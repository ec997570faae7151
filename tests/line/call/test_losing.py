"""Whatever breaks while a worker types: at most the last 5 seconds are missing, the page says so, and the call goes on where it was."""

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.opening import Identity
from tests import chromium
from tests.intake.browser.threads import keys_of
from tests.line.call.calling import TEXT, CallPage
from tests.line.call.conftest import DESK, Fresh
from tests.line.call.office import Office
from tests.line.call.typing import LOST_SECONDS, Typist

KEPT = "Saved. At most the last 5 seconds are missing."
# How often each thing is broken, each time at another moment.
TURNS = [1, *(pytest.param(turn, marks=pytest.mark.all) for turn in range(2, 8))]
# Seconds are counted here, so nothing else may use the machine.
pytestmark = pytest.mark.alone


@pytest.fixture
def luck() -> random.Random:
    return random.Random(time.time_ns())  # noqa: S311 - words to type


@pytest.fixture(params=TURNS, ids=lambda turn: f"turn-{turn}")
def point(luck: random.Random) -> float:
    """The moment when something breaks, in seconds after typing began."""
    drawn = luck.uniform(0.4, 12)
    print(f"breaks after {drawn:.1f} seconds")
    return drawn


def account_in(office: Office, words: list[str]) -> str:
    """Return what the draft of these words holds of the account."""
    drafts = office.letters("draft", Identity.from_seed(keys_of(words).identity_seed))
    assert len(drafts) <= 1
    return "".join(answer.text or "" for draft in drafts for answer in draft.answers if answer.id == "account")


@contextlib.contextmanager
def doomed(browser: Browser, office: Office) -> Iterator[tuple[Page, Callable[[], None]]]:
    """A page in a browser of its own, and what kills that browser with all its processes at once."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    launched = browser.browser_type.launch(executable_path=chromium.executable(), args=chromium.flags())
    context = launched.new_context(viewport=DESK)
    office.let_in(context, "jo.b")
    page = context.new_page()
    own = [one for one in psutil.Process().children(recursive=True) if one.pid not in before]
    assert len(own) > 2

    def kill() -> None:
        for process in own:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    yield page, kill
    launched.close()


def test_a_browser_that_is_killed_leaves_all_but_five_seconds(
    browser: Browser, office: Office, fresh: Fresh, luck: random.Random, point: float
) -> None:
    with doomed(browser, office) as (page, kill):
        call = CallPage(page).open(office.url).begin().take_words()
        call.go_to("speaking").page.check("input[name=speaking][value=with-me]")
        chosen_at = time.monotonic()
        call.go_to("account")
        typist = Typist(call, luck).type_for(point)
        assert call.kept == KEPT or point < LOST_SECONDS
        at = time.monotonic()
        kill()
    kept = account_in(office, call.words)
    assert typist.missing(kept, at) == ""
    if not kept:
        # Nothing was saved yet, and there is nothing to go on with.
        assert point < LOST_SECONDS
        return
    # Signed in again, the caller's words bring it back, all fields as they were, and the page says what can be missing.
    again = CallPage(fresh().new_page()).open(office.url)
    again.says("#line-start", "the last 5 seconds before it stopped can be missing")
    again.ring_back(call.words).page.click("#return-resume")
    again.says("#line-message", "the last 5 seconds before it stopped can be missing")
    found = again.page.input_value("#account")
    assert typist.missing(found, at) == ""
    if at - chosen_at > LOST_SECONDS:
        expect(again.page.locator("input[name=speaking][value=with-me]")).to_be_checked()
    again.type("Going on.").wait_until_saved()
    with again.page.expect_response("**/thread"):
        again.send().wait_until_sent()
    assert [letter for letter in office.letters() if letter.answers[-1].text == found + "Going on."]


def test_without_words_what_the_caller_agreed_to_is_with_the_inquiry(
    browser: Browser, office: Office, luck: random.Random, point: float
) -> None:
    before = {letter.call for letter in office.letters("unfinished")}
    with doomed(browser, office) as (page, kill):
        call = CallPage(page).open(office.url).begin().agree("yes").go_to("account")
        typist = Typist(call, luck).type_for(point)
        at = time.monotonic()
        kill()
    parts = [letter for letter in office.letters("unfinished") if letter.call not in before]
    # One place for each call: what was saved later replaced what was saved before.
    assert len(parts) <= 1
    found = "".join(answer.text or "" for part in parts for answer in part.answers)
    assert typist.missing(found, at) == ""
    assert parts or point < LOST_SECONDS


def test_a_call_that_agreed_to_nothing_leaves_nothing(browser: Browser, office: Office, luck: random.Random) -> None:
    count = "SELECT count(*) FROM letters"
    before = office.on_letters(count)
    with doomed(browser, office) as (page, kill):
        call = CallPage(page).open(office.url).begin().agree("no").go_to("account")
        Typist(call, luck).type_for(4)
        assert call.kept == "Nothing of this call is kept until it is sent."
        kill()
    assert office.on_letters(count) == before


def test_a_server_that_is_killed_is_noticed_and_caught_up_with(
    office: Office, call: CallPage, luck: random.Random, point: float
) -> None:
    call.begin().take_words().go_to("account")
    typist = Typist(call, luck).type_for(point)
    at = time.monotonic()
    office.installed.stop(signal.SIGKILL)
    assert typist.missing(account_in(office, call.words), at) == ""
    typist.type_for(7)
    call.says("#line-trouble", "There is no answer from the service. Nothing typed is lost")
    assert call.kept.startswith("Not saved since") or point < LOST_SECONDS
    office.end()
    office.begin()
    # Without anybody's doing.
    call.wait_until_saved()
    expect(call.page.locator("#line-trouble")).to_be_hidden()
    assert account_in(office, call.words) == typist.text
    assert call.kept == KEPT


def test_the_network_may_be_gone_for_minutes(office: Office, call: CallPage, luck: random.Random, point: float) -> None:
    call.begin().take_words().go_to("account")
    typist = Typist(call, luck).type_for(point)
    at = time.monotonic()
    call.page.context.set_offline(True)
    typist.type_for(8)
    call.says("#line-trouble", "There is no answer from the service")
    assert typist.missing(account_in(office, call.words), at) == ""
    call.send()
    # The try has ended, without an answer.
    expect(call.page.locator("#line-send")).to_be_enabled(timeout=chromium.PATIENCE)
    call.says("#line-trouble", "There is no answer from the service")
    call.says("#line-sending", "Not sent yet")
    assert call.page.input_value("#account") == typist.text
    call.page.context.set_offline(False)
    call.wait_until_saved()
    assert account_in(office, call.words) == typist.text
    call.send().wait_until_sent()


LOST_SESSIONS = {"expiry": "You are signed out", "sign-out": "You are signed out", "lock": "Your session is locked"}


@pytest.mark.parametrize("how", LOST_SESSIONS)
def test_a_session_that_ends_keeps_the_page_and_goes_on_after_signing_in_again(
    office: Office, call: CallPage, luck: random.Random, how: str, point: float
) -> None:
    page = call.page
    if not office.codes.get("jo.b"):
        if "jo.b" in office.codes:
            office.reset("jo.b")
        office.enrol(page, "jo.b")
        call.open(office.url)
    call.begin().take_words().go_to("account")
    typist = Typist(call, luck).type_for(point)
    at = time.monotonic()
    if how == "sign-out":
        other = page.context.new_page()
        other.goto(office.url + "/")
        with other.expect_navigation():
            other.click("text=Sign out")
        other.close()
    elif how == "lock":
        other = page.context.new_page()
        other.goto(office.url + "/unlock")
        other.close()
    else:
        office.end_sessions()
    typist.type_for(7)
    call.says("#line-trouble", LOST_SESSIONS[how])
    assert typist.missing(account_in(office, call.words), at) == ""
    assert page.input_value("#account") == typist.text
    with page.context.expect_page() as opened:
        page.click("#line-sign-in")
    if how == "lock":
        opened.value.fill("#line-password", "four quiet herons at dusk")
        with opened.value.expect_navigation():
            opened.value.locator("main form button").first.click()
    else:
        office.sign_in(opened.value, "jo.b")
    opened.value.close()
    # It may have gone on by itself already.
    page.dispatch_event("#line-go-on", "click")
    call.wait_until_saved()
    expect(page.locator("#line-trouble")).to_be_hidden()
    assert account_in(office, call.words) == typist.text
    call.send().wait_until_sent()


def test_leaving_a_field_does_not_make_what_is_saved_look_unsaved(call: CallPage) -> None:
    call.begin().take_words().write(TEXT).wait_until_saved().go_to("safe")
    call.page.wait_for_timeout(6_500)
    assert call.kept == KEPT
    call.wait_until_saved()


def test_the_typist_notices_what_is_missing(call: CallPage, luck: random.Random) -> None:
    call.begin().go_to("account")
    typist = Typist(call, luck).type_for(6.5)
    now = time.monotonic()
    assert typist.missing(typist.text, now) == ""
    assert typist.missing("", now) != ""
    assert typist.missing(typist.text[:-3], now) == ""
    assert TEXT not in typist.text
