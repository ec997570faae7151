"""The way out in four kinds of browser, and what each of them keeps of somebody who only typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from intake.middleware.headers import HEADERS
from tests.elsewhere import Elsewhere, careless, leading_to, somewhere_else
from tests.journeys.driver import Browser, Step, walk
from tests.journeys.faults import faults
from tests.leaks import leaks

TEXT: Final = "The corridor smelled of rain on coats, and I told nobody."
# Firefox writes what it would open again every 15 seconds; nobody wants to wait for that.
OFTEN: Final = {"browser.sessionstore.interval": 500}
LONG_ENOUGH: Final = 3_000
SUPPORT: Final = "footer a[href='/support']"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with somewhere_else(tmp_path_factory.mktemp("elsewhere")) as there:
        yield there


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[str]:
    with leading_to(elsewhere, tmp_path_factory.mktemp("site")) as here:
        yield here.url


def typing(browser: Browser, site: str) -> list[Step]:
    """Come from the start page, and type into the form."""
    ready: list[Step] = [("wait", "html.sealing-ready"), ("until", "#next", "#account")] if browser.scripts else []
    return [("go", f"{site}/"), ("go", f"{site}/share"), *ready, ("type", "#account", TEXT)]


def test_it_leads_away_and_nothing_typed_is_left(
    browser: Browser, site: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.visits.clear()
    leave: Step = ("press", "Shift", 3) if browser.scripts else ("submit", "#exit-link")
    after: list[Step] = [("text", "title", "h1")] if browser.scripts else [("value", "kept", "#account")]
    steps = [*typing(browser, site), leave, ("says", "h1", "Weather"), ("back",), *after]
    visit = walk(browser, steps, tmp_path)
    assert set(elsewhere.visits) == {""}
    if browser.scripts:
        assert visit.seen["title"] == "You can tell us what happened"
    else:
        assert visit.seen["kept"] == ""
    found = faults(visit, tmp_path / "profile", site, [TEXT], posts=False)
    assert set(found.pop("external")) == {elsewhere.url}
    assert found == {}


def test_back_after_a_link_shows_nothing_typed(browser: Browser, site: str, tmp_path: Path) -> None:
    """Without scripts as well, where no page could empty itself. The control has the same headers, and is kept by Chromium."""
    if browser.scripts:
        # Who typed something is asked first, by a dialog of the browser: tests/intake/browser/test_leaving.py.
        steps: list[Step] = [("go", f"{site}/share"), ("wait", "html.sealing-ready"), ("submit", SUPPORT), ("back",)]
    else:
        steps = [*typing(browser, site), ("submit", SUPPORT), ("back",), ("value", "kept", "#account")]
    visit = walk(browser, steps, tmp_path / "ours")
    assert visit.seen.get("kept", "") == ""
    assert TEXT not in str(visit.seen)


def test_chromium_would_keep_it(tmp_path: Path) -> None:
    """The control: the same headers, and nothing else."""
    with careless(HEADERS) as other:
        steps: list[Step] = [
            ("go", other),
            ("type", "#kept", TEXT),
            ("submit", "#on"),
            ("back",),
            ("value", "kept", "#kept"),
        ]
        assert walk(Browser("chrome", scripts=False), steps, tmp_path).seen["kept"] == TEXT


@pytest.mark.parametrize("scripts", [True, False])
def test_firefox_keeps_nothing_of_what_is_being_typed(site: str, tmp_path: Path, scripts: bool) -> None:
    """Chromium: tests/intake/browser/test_leaving.py."""
    firefox = Browser("firefox", scripts, OFTEN)
    walk(firefox, [*typing(firefox, site), ("rest", LONG_ENOUGH)], tmp_path / "ours")
    assert leaks([tmp_path / "ours"], [TEXT]) == []
    with careless() as other:
        walk(firefox, [("go", other), ("type", "#kept", TEXT), ("rest", LONG_ENOUGH)], tmp_path / "careless")
    assert leaks([tmp_path / "careless"], [TEXT]) != []
