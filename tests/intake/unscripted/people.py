"""Somebody who comes back with or without scripts, and what stands in the store after it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from crypto.constants import VISIT_SLOT_BYTES, VISIT_STATUSES
from crypto.letter import Letter
from crypto.opening import open_letter
from crypto.panel import PanelRoot
from crypto.thread import derive_thread
from crypto.visit import VisitAnswer, VisitRequest, open_answer, parse_index
from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.browser.threads import Station
from tests.intake.installed import Installed
from tests.intake.plain import Plain
from tests.intake.sites import BYTES, Site
from tests.threads.survivor import Survivor

PANEL = samples.ROOT.identity
FIRST = "I told a teacher. Nobody wrote it down."
MORE = "A nurse listened.\n  She wrote it down. \U0001f33f"


@dataclass
class Scripted(Survivor):
    """Somebody whose browser runs scripts: letters go to /letters, everything else to /thread."""

    words: ReturnWords = field(default_factory=ReturnWords.random)

    def __post_init__(self) -> None:
        self.keys = derive_thread(self.words)

    def send_account(self, http: httpx.Client, text: str = FIRST, choice: str = "no") -> "Scripted":
        frame, sealed = self.account(text, choice)
        assert http.post("/letters", content=frame.encode() + sealed, headers=BYTES).status_code == 201
        self.sequence = 1
        return self

    def ask_for(self, http: httpx.Client, request: VisitRequest, slot: bytes = bytes(VISIT_SLOT_BYTES)) -> VisitAnswer:
        return open_answer(http.post("/thread", content=request.encode() + slot, headers=BYTES).content, request)

    def send(self, http: httpx.Client, letter: Letter, sealed: bytes | None = None) -> "Scripted":
        answer = self.ask_for(http, *self.put(letter, sealed))
        assert answer.status == VISIT_STATUSES["stored"]
        self.sequence += letter.kind != "draft"
        return self

    def letters(self, http: httpx.Client) -> list[Letter]:
        """Return everything that the words open, as another browser would fetch it."""
        index = parse_index(self.ask_for(http, self.ask("open")).slot)
        found = []
        for entry in index.entries:
            sealed = b"".join(
                self.ask_for(http, self.ask("fetch", part=part, target=entry.digest)).slot
                for part in range(entry.parts)
            )
            found.append(self.open_letter(sealed))
        return found


def opened(plain: Plain, words: ReturnWords) -> Plain:
    """Come back."""
    plain.enter(" ".join(words.words))
    assert plain.status == 200, plain.html
    return plain


def station(site: Site, survivor: Survivor, root: PanelRoot = samples.ROOT) -> Station:
    return Station(site.here, survivor.keys, root)


@contextmanager
def locked(installed: Installed) -> Iterator[None]:
    """Hold the database so that nothing can be written."""
    connection = sqlite3.connect(installed.data / "letters.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def warnings(html: str) -> list[str]:
    return re.findall(r'(?s)<div class="heard-warning">(.*?)</div>', html)


def of_panel(site: Site, before: dict[bytes, bytes]) -> Letter:
    """Return the one new letter, as the panel opens it."""
    (sealed,) = site.new_since(before)
    return open_letter(sealed, PANEL)
