"""Every page and every state of the survivors' site, looked at by axe and by checks of our own.

`make test` looks at the states of `CHOSEN`, in English and from right to left; `make test-all` at all of them, in every language,
light, dark, wide and in forced colours.
"""

import pytest
from playwright.sync_api import Browser

from tests.access.checks import EVERY, axe, covered, sideways, spaced, targets
from tests.access.site import OTHERS, RIGHT_TO_LEFT, Site
from tests.access.stage import DARK, FORCED, LARGE, LIGHT, Check, Look, stage, take
from tests.access.walks import SCRIPTED
from tests.access.walks_plain import PLAIN

WALKS = SCRIPTED | PLAIN
# Of each walk, states that between them show everything that pages are made of.
CHOSEN = {
    "information": {"/", "/easy", "/sealing", "/leaflet"},
    "sharing": {"people, veiled", "message, too long", "safety", "words typed wrongly", "check"},
    "returning": {"a wrong word", "answers and a warning"},
    "sharing_plain": {"/share without scripts", "a child at risk, text browsers"},
    "returning_plain": {"answers and a warning, without scripts"},
}


def faults(browser: Browser, site: Site, code: str, look: Look, name: str, chosen: set[str] | None = None) -> list[str]:
    with stage(browser, site, code, look, scripts=name in SCRIPTED) as made:
        return take(WALKS[name], made, EVERY, chosen)


@pytest.mark.parametrize("name", CHOSEN)
def test_chosen_states(browser: Browser, site: Site, name: str) -> None:
    assert faults(browser, site, "en", LIGHT, name, CHOSEN[name]) == []


def test_chosen_states_from_right_to_left_and_dark(browser: Browser, site: Site) -> None:
    assert faults(browser, site, RIGHT_TO_LEFT, DARK, "sharing", {"safety", "check"}) == []


@pytest.mark.all
@pytest.mark.parametrize("look", [LIGHT, DARK, LARGE, FORCED], ids=str)
@pytest.mark.parametrize("name", WALKS)
def test_every_state(browser: Browser, site: Site, look: Look, name: str) -> None:
    assert faults(browser, site, "en", look, name) == []


@pytest.mark.all
@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", WALKS)
def test_every_state_in_every_language(browser: Browser, site: Site, code: str, name: str) -> None:
    assert faults(browser, site, code, LIGHT, name) == []


@pytest.mark.all
@pytest.mark.parametrize("name", WALKS)
def test_every_state_wide_from_right_to_left(browser: Browser, site: Site, name: str) -> None:
    assert faults(browser, site, RIGHT_TO_LEFT, LARGE, name) == []


@pytest.mark.all
@pytest.mark.parametrize("name", WALKS)
def test_what_was_chosen_is_on_the_way(browser: Browser, site: Site, name: str) -> None:
    with stage(browser, site, "en", scripts=name in SCRIPTED) as made:
        states = list(WALKS[name](made))
    assert len(states) == len(set(states))
    assert CHOSEN.get(name, set()) <= set(states)


# The content policy stops styles in attributes, so they are set by script.
PLANTED: list[tuple[Check, str, str]] = [
    (axe, "main.append(new Image())", "image-alt"),
    (axe, "main.querySelector('h1').style.color = '#888'", "color-contrast"),
    (
        axe,
        "Object.assign(main.querySelector('p').style, { background: '#fff', color: '#666' })",
        "color-contrast-enhanced",
    ),
    (
        axe,
        "for (const a of footer.querySelectorAll('a')) Object.assign(a.style, { display: 'block', minHeight: 0, height: '9px', width: '9px' }); for (const li of footer.querySelectorAll('li')) li.style.margin = 0",
        "target-size",
    ),
    (axe, "main.querySelector('h2').outerHTML = '<h4>Ways</h4>'", "heading-order"),
    (axe, "main.append(Object.assign(document.createElement('input'), { type: 'text' }))", "label"),
    (
        sideways,
        "main.append(Object.assign(document.createElement('pre'), { textContent: 'wide '.repeat(99) }))",
        "px wide",
    ),
    (covered, "Object.assign(main.querySelector('p').style, { height: '9px', overflow: 'hidden' })", "cut off"),
    (covered, "main.querySelectorAll('p')[1].style.marginTop = '-60px'", "one over another"),
    (
        spaced,
        "Object.assign(main.querySelector('.govuk-button').style, { width: '100px', whiteSpace: 'nowrap', padding: 0 })",
        "out of its box",
    ),
    (
        targets,
        "Object.assign(main.querySelector('.govuk-button').style, { minHeight: 0, padding: 0 })",
        "px: a.govuk-button",
    ),
]


def test_what_is_planted_is_found(browser: Browser, site: Site) -> None:
    # Without scripts, so that axe is seen to work there; it works where they run, or every other test here would fail.
    with stage(browser, site, "en", scripts=False) as made:
        page = made.page
        for check, plant, sign in PLANTED:
            page.goto(made.url + "/")
            page.evaluate(
                f"() => {{ const [main, footer] = ['main', 'footer'].map((name) => document.querySelector(name)); {plant} }}"
            )
            found = check(page)
            assert [line for line in found if sign in line], (check.__name__, sign, found)
