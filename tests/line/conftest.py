"""A line of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crypto import samples
from tests.intake.installed import Installed
from tests.line.desk import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A line on SQLite."""
    with desk_at(f"sqlite:///{tmp_path / 'line.sqlite'}") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A line on either engine."""
    is_file = request.param == "sqlite"
    with desk_at(f"sqlite:///{tmp_path / 'line.sqlite'}" if is_file else request.getfixturevalue("postgresql")) as made:
        yield made


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """An installation of both sites."""
    here = Installed(tmp_path / "data")
    here.run("init")
    here.install(samples.card())
    yield here
    here.stop()
