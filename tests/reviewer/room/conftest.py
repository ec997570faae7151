from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reviewer.panel import Panel
from tests.reviewer.room.shelves import Shelves, filled
from tests.reviewer.room.windows import Window, window


@pytest.fixture(scope="session")
def made(panel: Panel, tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """Made once; each test has a copy."""
    return filled(tmp_path_factory.mktemp("shelves"), panel)


@pytest.fixture
def shelves(made: Shelves, tmp_path: Path) -> Shelves:
    return made.copied(tmp_path)


@pytest.fixture
def looking(shelves: Shelves) -> Iterator[Window]:
    with window(shelves) as opened:
        yield opened
