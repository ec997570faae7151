from pathlib import Path

import pytest

from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, new_station


@pytest.fixture(scope="session")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """One real ceremony, two of three, for every test that only reads."""
    return Panel.held(tmp_path_factory.mktemp("panel") / "shares")


@pytest.fixture
def intake(panel: Panel, tmp_path: Path) -> Intake:
    medium = tmp_path / "medium"
    medium.mkdir()
    return Intake(panel.card, medium)


@pytest.fixture
def station(panel: Panel, intake: Intake, tmp_path: Path) -> Station:
    return new_station(tmp_path / "station", panel, intake)
