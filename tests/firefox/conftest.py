"""One real site for the Firefox tests of a module, and what it stored."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

import pytest

from crypto.errors import NoMatchError
from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from tests.browser import node
from tests.crypto import samples
from tests.intake.installed import Installed


@dataclass(frozen=True)
class Site:
    """A running site: `url`, and the installation behind it."""

    url: str
    here: Installed

    def letters(self, identity: Identity = samples.ROOT.identity) -> list[Letter]:
        """Return every stored letter that `identity` opens, by sequence; the panel's, unless another is given."""
        with closing(sqlite3.connect(self.here.data / "letters.sqlite")) as connection:
            rows = connection.execute("select sealed from envelopes").fetchall()
        opened = []
        for (sealed,) in rows:
            with suppress(NoMatchError):
                opened.append(open_letter(sealed, identity))
        return sorted(opened, key=lambda letter: letter.sequence)


@pytest.fixture(scope="session", autouse=True)
def node_modules() -> None:
    """The locked packages, puppeteer-core among them."""
    if not (node.BROWSER / "node_modules" / "puppeteer-core").exists():
        node.run([*node.npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield Site(here.url, here)
    assert here.errors.read_text() == ""
