"""A real installation in a folder of its own, real databases, and a real server process."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from crypto.frame import Frame
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_letter
from intake.engine import create_engine, database_url
from intake.migration import migrate
from intake.rows import NewLetter
from intake.store import Store
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.intake.sites import Site

DAY = date(2026, 11, 23)


def submission(text: str = samples.TEXT) -> bytes:
    """Return one real submission: frame and sealed letter."""
    sealed = seal_letter(samples.letter(text), [samples.ROOT.identity.recipient, throwaway_recipient()])
    return Frame(1, secrets.token_bytes(16), secrets.token_bytes(32)).encode() + sealed


def new_letter(*, once: bytes | None = None, size: int = 65_536, day: date = DAY) -> NewLetter:
    """Return a letter for the store, which does not care what is inside."""
    sealed = secrets.token_bytes(size)
    return NewLetter(1, secrets.token_bytes(16), secrets.token_bytes(32), day, sealed, once)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'letters.sqlite'}"
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture
def open_store() -> Iterator[Callable[[str], Store]]:
    """A function that migrates the database at a URL and opens a store on it."""
    opened = []

    def open_at(url: str) -> Store:
        engine = create_engine(database_url(url, Path()), 5)
        migrate(engine)
        opened.append(Store(engine))
        return opened[-1]

    yield open_at
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[str], Store], engine_url: str) -> Store:
    """An empty store on either engine."""
    return open_store(engine_url)


@pytest.fixture
def sqlite_store(open_store: Callable[[str], Store], tmp_path: Path) -> Store:
    """An empty store on SQLite."""
    return open_store(f"sqlite:///{tmp_path / 'letters.sqlite'}")


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """An installation with its key, its tables, and a card that is valid today."""
    here = Installed(tmp_path / "data")
    here.run("init")
    here.install(samples.card())
    yield here
    here.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for a whole module, with a card that is valid today."""
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield Site(here, http)
        assert here.stop() == 0
    assert here.errors.read_text() == ""
