"""The page for calls in every state: axe, nothing cut off or sideways, large targets, valid HTML, and the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import chromium
from tests.access.checks import EVERY
from tests.access.keyboard import Keyboard
from tests.access.test_markup import faults as markup_faults
from tests.browser import node
from tests.intake.browser.threads import Station, keys_of
from tests.intake.returning import ReturnVisit
from tests.line.call.calling import TEXT, CallPage
from tests.line.call.office import Office

LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
PANELS = ("danger", "distress", "words", "keys", "destroy")


@pytest.fixture(scope="module", autouse=True)
def node_modules() -> None:
    node.install()


def new_page(browser: Browser, office: Office, look: str) -> CallPage:
    context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]  # options of a profile
    context.set_default_timeout(chromium.PATIENCE)
    office.let_in(context, "jo.b")
    return CallPage(context.new_page()).open(office.url)


def states(call: CallPage, office: Office) -> Iterator[str]:
    """Bring the page to every state, and yield its name."""
    page = call.page
    yield "before a call"
    call.begin()
    steps = page.locator("#journey [data-step]").evaluate_all("all => all.map(({dataset}) => dataset.step)")
    for step in steps:
        call.go_to(step)
        yield step
    for panel in PANELS:
        page.click(f"#open-{panel}")
        yield f"panel {panel}"
        page.keyboard.press("Escape")
    page.click("#open-words")
    page.click("#line-words-take")
    page.locator("#line-repeat").wait_for()
    yield "words, read one by one"
    call.words = page.locator("#line-words .heard-words__word").all_inner_texts()
    for _ in call.words:
        page.click("#line-repeated")
    yield "words, repeated"
    page.keyboard.press("Escape")
    call.go_to("send").page.click("#line-send")
    yield "nothing written"
    call.write(TEXT).go_to("safety").page.check("input[name=child-at-risk][value=yes]")
    yield "a child at risk"
    call.go_to("read-back").page.check("#line-read-back")
    yield "read back"
    page.context.set_offline(True)
    call.write(TEXT + " And more.").page.locator("#line-trouble").wait_for()
    yield "no network"
    page.context.set_offline(False)
    call.wait_until_saved()
    yield "saved"
    with page.expect_response("**/thread"):
        call.send().wait_until_sent()
    page.check("#line-hard-yes")
    yield "sent, and hard"
    yield from states_of_ringing_back(call, office)


def states_of_ringing_back(call: CallPage, office: Office) -> Iterator[str]:
    page = call.page
    station = Station(office.installed, keys_of(call.words))
    station.place(station.notice())
    call.open(office.url).page.click("#line-ring-back")
    yield "a caller with words"
    page.fill("#words_typed", "one two")
    page.click("#return-open")
    page.locator("#return-problem").wait_for()
    yield "wrong words"
    page.fill("#words_typed", " ".join(call.words))
    page.click("#return-open")
    page.locator("#return-thread").wait_for()
    yield "what the words open"
    for action in ("add", "choices", "replace", "withdraw"):
        ReturnVisit(page).start(action)
        yield f"ringing back, {action}"
        page.locator(f"[data-panel={action}] [data-back]:visible").click()
    page.click("#return-close")
    yield "ended"
    call.open(office.url).begin().write(TEXT).destroy()
    yield "destroyed"


@pytest.mark.parametrize(
    "look", ["wide", pytest.param("narrow", marks=pytest.mark.all), pytest.param("dark", marks=pytest.mark.all)]
)
def test_every_state_is_free_of_faults(browser: Browser, office: Office, look: str) -> None:
    call = new_page(browser, office, look)
    found = [f"{state}: {fault}" for state in states(call, office) for check in EVERY for fault in check(call.page)]
    call.page.context.close()
    assert found == []


def test_the_checks_find_what_is_planted(browser: Browser, office: Office) -> None:
    call = new_page(browser, office, "wide")
    call.page.evaluate("document.querySelector('#line-begin').style.color = '#21504f'")
    call.page.evaluate(
        "document.querySelector('#line-ring-back').style.cssText = 'min-height: 0; height: 20px; padding: 0'"
    )
    found = [fault for check in EVERY for fault in check(call.page)]
    assert [fault for fault in found if "contrast" in fault]
    assert [fault for fault in found if fault.startswith("targets")]
    call.page.context.close()


def test_the_page_is_html_as_the_standard_has_it(browser: Browser, office: Office) -> None:
    call = new_page(browser, office, "wide")
    served = call.page.request.get(office.url + "/call").text()
    call.begin().write(TEXT).page.click("#open-keys")
    assert markup_faults({"served": served, "used": call.page.content()}) == []
    call.page.context.close()


def test_a_whole_call_with_the_keyboard_alone(browser: Browser, office: Office) -> None:
    call = new_page(browser, office, "wide")
    page, keyboard = call.page, Keyboard(call.page)
    keyboard.go_to("#line-begin").press("Enter")
    expect(page.locator("#step-safe")).to_be_focused()
    keyboard.press("Alt+3").go_to("#line-words-take").press("Enter")
    for place in range(7):
        expect(page.locator("#line-repeat-place")).to_have_text(f"Word {place + 1} of 7")
        expect(page.locator("#line-repeated")).to_be_focused()
        keyboard.press("Enter")
    expect(page.locator("#line-repeat-done")).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#step-safe")).to_be_focused()
    page.wait_for_timeout(200)
    keyboard.press("Alt+g")
    expect(page.locator("#account")).to_be_focused()
    keyboard.type("Typed by keyboard.")
    call.wait_until_saved()
    keyboard.press("Alt+n")
    expect(page.locator("#step-when-where")).to_be_focused()
    keyboard.go_to("input[name=age]").press("Space")
    key = page.locator("#line-part-list button").last.get_attribute("aria-keyshortcuts")
    keyboard.press(key or "")
    expect(page.locator("#step-send")).to_be_focused()
    keyboard.go_to("#line-send").press("Enter")
    expect(page.locator("#line-sent-title")).to_be_focused()
    keyboard.go_to("#line-hard-yes").press("Space").go_to("#line-end").press("Enter")
    expect(page.locator("#line-start")).to_be_visible()
    page.context.close()


def test_the_focus_is_never_covered_and_every_stop_is_reached(browser: Browser, office: Office) -> None:
    call = new_page(browser, office, "wide")
    for state in ("start", "account", "danger"):
        if state == "account":
            call.begin().go_to("account")
        if state == "danger":
            call.page.click("#open-danger")
        keyboard = Keyboard(call.page)
        stops, faults = keyboard.round()
        assert [fault for fault in faults if "as if it had no focus" not in fault] == [], state
        assert keyboard.stops() <= set(stops), state
        # The link past the header takes room while it has the focus: whoever clicks then would miss.
        call.page.evaluate("document.activeElement.blur()")
    call.page.context.close()
