"""The whole way with a keyboard only: everything can be reached and left, the focus is seen, and nothing lies over it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.keyboard import Keyboard
from tests.access.site import RIGHT_TO_LEFT, Site
from tests.access.stage import LARGE, LIGHT, Look, stage
from tests.access.walks import SCRIPTED
from tests.access.walks_plain import PLAIN
from tests.intake.form import TEXT, FilledForm

ZOOMED = Look("400 percent", {"viewport": {"width": 320, "height": 256}})
# A state that ends by itself, before anybody has gone round.
PASSING = "one moment"
# The states that a round is made of in `make test`; `make test-all` makes one in each.
CHOSEN = {"/", "everything unfolded", "account", "safety", "check"}


def faults(page: Page) -> list[str]:
    """Make a round forwards and one backwards; return what is wrong."""
    keyboard = Keyboard(page)
    there, found = keyboard.round()
    back, found_back = keyboard.round("Shift+Tab")
    expected = keyboard.stops()
    missed = [f"never reached: {stop}" for stop in sorted(expected - set(there))]
    missed += [f"never reached backwards: {stop}" for stop in sorted(expected - set(back))]
    return [*found, *found_back, *missed]


@pytest.mark.parametrize("look", [LIGHT, pytest.param(LARGE, marks=pytest.mark.all)], ids=str)
def test_all_the_way_from_the_start_to_the_end(browser: Browser, site: Site, look: Look) -> None:
    with stage(browser, site, "en", look) as made:
        page, keyboard = made.page, Keyboard(made.page)
        page.goto(made.url + "/")
        keyboard.go_to("main a.govuk-button").press("Enter")
        page.wait_for_url("**/before")
        keyboard.go_to("main a.govuk-button").press("Enter")
        page.wait_for_selector("html.sealing-ready")
        keyboard.go_to("input[name=speaking]").press("Space")
        expect(page.locator("input[name=speaking][value=me]")).to_be_checked()
        keyboard.press("ArrowDown")
        expect(page.locator("input[name=speaking][value=with-me]")).to_be_checked()
        next_part(keyboard, "account")
        keyboard.go_to("#account").type(TEXT)
        while page.locator("[data-step=choices]").is_hidden():
            open_note(page, keyboard)
            next_part(keyboard)
        keyboard.go_to("input[name=consent-research]").press("Space", "ArrowDown")
        next_part(keyboard, "way-back")
        keyboard.go_to("input[name=words]").press("Space").go_to("input[name=read_back]").press("Space")
        keyboard.go_to("#next").press("Enter")
        expect(page.locator("#words-heading")).to_be_focused()
        words = page.locator("#words-panel .heard-words__word").all_inner_texts()
        for asked in page.locator("[data-step=way-back] [data-retype]").all():
            keyboard.go_to(f"#{asked.locator('input').get_attribute('id')}")
            keyboard.type(words[int(asked.get_attribute("data-place") or 0)])
        next_part(keyboard, "check")
        keyboard.go_to("#summary button").press("Enter")
        expect(page.locator("[data-step]:visible h2")).to_be_focused()
        keyboard.go_to("#next").press("Space")
        keyboard.go_to("#part-copy summary").press("Enter")
        expect(page.locator("[data-copy=print]")).to_be_visible()
        keyboard.go_to("#send").press("Enter")
        expect(page.locator("#step-sent")).to_be_focused()


def open_note(page: Page, keyboard: Keyboard) -> None:
    """Show the questions of a part that has a note first: the focus is on the first of them then."""
    if page.locator("[data-note-show]:visible").count():
        keyboard.go_to("[data-note-show]").press("Enter")
        assert page.evaluate(
            "document.activeElement.matches('[data-note-content] input, [data-note-content] textarea')"
        )


def next_part(keyboard: Keyboard, step: str = "") -> None:
    """Press Next; the heading of the new part has the focus, in sight."""
    page = keyboard.page
    keyboard.go_to("#next").press("Enter")
    heading = page.locator("[data-step]:visible h2").first
    expect(heading).to_be_focused()
    found = keyboard.focus()
    assert found is not None
    # A heading that has the focus because somebody came to it needs no mark.
    assert [fault for fault in found["faults"] if "as if it had no focus" not in fault] == []
    assert not step or page.locator("[data-step]:visible").get_attribute("data-step") == step


@pytest.mark.parametrize("look", [LIGHT, pytest.param(LARGE, marks=pytest.mark.all)], ids=str)
@pytest.mark.parametrize("name", ["information", "sharing"])
def test_rounds(browser: Browser, site: Site, look: Look, name: str) -> None:
    assert rounds(browser, site, "en", look, name, CHOSEN) == []


@pytest.mark.all
@pytest.mark.parametrize(
    ("look", "code"),
    [(LIGHT, "en"), (LARGE, "en"), (ZOOMED, "en"), (LIGHT, RIGHT_TO_LEFT)],
    ids=lambda part: str(part).replace(" ", "-"),
)
@pytest.mark.parametrize("name", SCRIPTED | PLAIN)
def test_rounds_in_every_state(browser: Browser, site: Site, look: Look, code: str, name: str) -> None:
    assert rounds(browser, site, code, look, name) == []


def rounds(browser: Browser, site: Site, code: str, look: Look, name: str, chosen: set[str] | None = None) -> list[str]:
    found = []
    with stage(browser, site, code, look, scripts=name in SCRIPTED) as made:
        for state in (SCRIPTED | PLAIN)[name](made):
            if state in chosen if chosen else state != PASSING:
                found += [f"{state}: {fault}" for fault in faults(made.page)]
                if chosen and state == "/":
                    break
    return found


def test_the_cover_holds_the_focus_until_somebody_goes_on(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en") as made:
        page = FilledForm(made.page).open(made.url).write().page
        page.evaluate("document.getElementById('part-cover').showModal()")
        keyboard = Keyboard(page)
        assert faults(page) == []
        assert keyboard.stops() == set(keyboard.round()[0])
        keyboard.press("Escape")
        expect(page.locator("#part-cover")).to_be_visible()
        keyboard.go_to("#part-uncover").press("Enter")
        expect(page.locator("#part-cover")).to_be_hidden()
        assert page.locator("#account").input_value() == TEXT


@pytest.mark.parametrize(
    ("plant", "sign"),
    [
        ("document.querySelector('main a').tabIndex = -1", "never reached"),
        (
            "for (const link of document.querySelectorAll('main a')) link.style.scrollMarginTop = '-900px'; document.documentElement.style.scrollPaddingTop = 0",
            "under the bar",
        ),
        (
            "const sheet = new CSSStyleSheet(); sheet.replaceSync('* { outline: none !important; box-shadow: none !important; background: #fff !important; border-color: #fff !important }'); document.adoptedStyleSheets = [sheet]",
            "no focus",
        ),
        ("document.querySelector('main a').addEventListener('keydown', (event) => event.preventDefault())", "never"),
    ],
)
def test_what_is_planted_is_found(browser: Browser, site: Site, plant: str, sign: str) -> None:
    with stage(browser, site, "en") as made:
        made.page.goto(made.url + "/")
        made.page.evaluate(f"() => {{ {plant} }}")
        found = faults(made.page)
        assert [fault for fault in found if sign in fault], found
