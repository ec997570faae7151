"""One whole journey in Firefox ESR: signed in by the pages, a call with words, and the same caller once more, while somebody else has a call in Chromium."""

from pathlib import Path

from playwright.sync_api import Browser as Chromium

from crypto.opening import Identity
from tests.intake.browser.threads import keys_of
from tests.journeys.driver import Browser, Step, walk
from tests.leaks import leaks
from tests.line.call.calling import CallPage
from tests.line.call.conftest import Fresh
from tests.line.call.office import PASSWORD, Office

TEXT = "I told a neighbour in the autumn. She believed me."
MORE = "And the office answered after a year."
OTHER = "Somebody else, at another desk. "
SECONDS = 60


def sign_in(office: Office, code: str) -> list[Step]:
    return [
        ("go", f"{office.url}/sign-in"),
        ("type", "#line-name", "sam"),
        ("type", "#line-password", PASSWORD),
        ("submit", "main form button"),
        ("type", "#line-code", code),
        ("submit", "main form button"),
        ("go", f"{office.url}/call"),
        ("wait", "html.sealing-ready"),
    ]


def first_call() -> list[Step]:
    return [
        ("click", "#line-begin"),
        ("click", "#open-words"),
        ("click", "#line-words-take"),
        ("wait", "#line-repeat"),
        ("texts", "words", "#line-words .heard-words__word"),
        *[("click", "#line-repeated")] * 7,
        ("wait", "#line-repeat-done"),
        ("click", "#line-words [data-panel-close]"),
        ("click", "#line-parts summary"),
        ("click", "#line-part-list li:nth-child(6) button"),
        ("type", "#account", TEXT),
        ("wait", "#line-keeping[data-kept=all]"),
        ("text", "kept", "#line-kept"),
        ("click", "#line-part-list li:nth-child(16) button"),
        ("click", "#line-read-back"),
        ("click", "#line-part-list li:last-child button"),
        ("click", "#line-send"),
        ("wait", "#line-sent"),
        ("submit", "#line-end"),
    ]


def second_call() -> list[Step]:
    return [
        ("wait", "html.sealing-ready"),
        ("click", "#line-ring-back"),
        ("type", "#words_typed", "{words}"),
        ("click", "#return-open"),
        ("text", "read", "#return-thread"),
        ("click", "#return-menu [data-open=add]"),
        ("type", "#return-add-text", MORE),
        ("click", "[data-go=add]"),
        ("says", "#return-status", "further part was sent"),
        ("click", "#return-close"),
        ("text", "ended", "#return-closed"),
    ]


def test_a_call_and_the_next_in_firefox(browser: Chromium, office: Office, fresh: Fresh, tmp_path: Path) -> None:
    other = CallPage(fresh("jo.b").new_page()).open(office.url).begin().take_words().go_to("account").type(OTHER)
    context = browser.new_context()
    office.enrol(context.new_page(), "sam")
    context.close()
    steps = [*sign_in(office, office.codes["sam"][0]), *first_call(), *second_call()]
    visit = walk(Browser("firefox"), steps, tmp_path, seconds=SECONDS)
    assert visit.seen["kept"] == "Saved. At most the last 5 seconds are missing."
    assert TEXT in visit.seen["read"]
    assert "no longer on this page" in visit.seen["ended"]
    words = visit.seen["words"]
    own = Identity.from_seed(keys_of(words).identity_seed)
    assert [letter.answers[-1].text for letter in office.letters("account", own)] == [TEXT]
    assert [letter.answers[0].text for letter in office.letters("addition", own)] == [MORE]
    assert visit.console == []
    assert visit.policy == []
    assert leaks([tmp_path], [TEXT, MORE, " ".join(words)]) == []
    other.type(OTHER).wait_until_saved().send().wait_until_sent()
    assert OTHER * 2 in [letter.answers[-1].text for letter in office.letters()]
