"""A window of the room that was let in, without a browser, and whoever sits before it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from html import unescape

import httpx

from reviewer.cases.casework import open_casework
from reviewer.cases.log import Act
from reviewer.cases.rows import Mark
from reviewer.cases.seat import Seat
from reviewer.cases.unsealing import OpenedPanel
from reviewer.room.letters import Letters
from tests.reviewer.room.shelves import READER, Shelves
from tests.reviewer.room.test_entrance import OWN, Door
from tests.reviewer.test_calls import at, unlocked

TODAY = date.today()


class Window(Door):
    """A window that was let in, and whoever sits before it."""

    def __init__(self, letters: Letters) -> None:
        super().__init__(letters)
        self.work = letters.work
        self.letters = letters
        self.own = {**self.cookie(), **OWN}

    def get(self, path: str, code: int = 200) -> str:
        return self._read(self.ask("GET", path, headers=self.own), code)

    def post(self, path: str, code: int = 200, /, **fields: str) -> str:
        return self._read(self.ask("POST", path, headers=self.own, data=fields), code)

    def logged(self, *acts: Act) -> list[tuple[str, str, str]]:
        return [(one.who, one.act, one.subject) for one in self.work.store.entries() if not acts or one.act in acts]

    def _read(self, answer: httpx.Response, code: int) -> str:
        assert answer.status_code == code, answer.text
        return unescape(re.sub(r"\s+", " ", answer.text))


@contextmanager
def window(shelves: Shelves, reader: str | None = READER) -> Iterator[Window]:
    panel = unlocked(shelves.panel)
    with at(shelves.station) as desk, open_casework(desk, OpenedPanel(panel)) as work:
        person = next((one for one in work.store.readers() if one.name == reader), None)
        yield Window(Letters(desk, replace(work, seat=Seat((1, 2), alone=False, reader=person)), panel))


def person_of(window: Window, shelves: Shelves) -> str:
    line = window.work.store.line(shelves.account.digest.hex())
    assert line is not None
    return line.person


def mark_for_two(window: Window, shelves: Shelves) -> None:
    window.work.store.mark("cy", person_of(window, shelves), shelves.account.digest.hex(), Mark.TWO)


def use_up_the_day(window: Window, _shelves: Shelves) -> None:
    window.work.store.note(READER, Act.OPENED, [f"{number:064x}" for number in range(4)], TODAY)
