from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.station import Station
from tests.reviewer.panel import PLAN, Intake, Panel, new_station


@pytest.fixture(autouse=True)
def nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents are found in the station then; a database of other tests may have set it."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture(scope="session")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """One real ceremony, two of three, for every test that only reads."""
    return Panel.held(tmp_path_factory.mktemp("panel") / "shares")


@pytest.fixture(scope="session")
def later(panel: Panel, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """The epoch after that, signed by it."""
    return Panel.held(tmp_path_factory.mktemp("later") / "shares", replace(PLAN, epoch=2), panel.root)


@pytest.fixture
def intake(panel: Panel, tmp_path: Path) -> Intake:
    medium = tmp_path / "medium"
    medium.mkdir()
    return Intake(panel.card, medium)


@pytest.fixture
def station(panel: Panel, intake: Intake, tmp_path: Path) -> Station:
    return new_station(tmp_path / "station", panel, intake)
