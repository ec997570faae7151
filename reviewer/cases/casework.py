"""Casework: the case store, open for as long as its custodians are here, brought to the ledger, and who works at it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crypto.letter import ACCOUNT, Letter
from reviewer.cases.backups import Backups
from reviewer.cases.filing import Filed, Filer, Persons
from reviewer.cases.log import Act
from reviewer.cases.pace import Order
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark, ReplyRow
from reviewer.cases.rules import Rules
from reviewer.cases.seat import Seat
from reviewer.cases.store import Line
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import Unsealer
from reviewer.desk import Desk
from reviewer.entries import LetterEntry
from reviewer.errors import ReadingError

# The same as for an ID that no letter has: that a letter is hidden from somebody is nobody's business.
NO_LETTER: Final = "No letter has that ID; see `reviewer list`."
_THESE_TWO: Final = "These two do not open this letter together; ask another person. Nothing was opened."
_NOT_TOGETHER: Final = "These two do not do this together; ask another person. Nothing was done."


class CaseStore(Order, Backups, Rules):
    """Everything in one case store: letters, log, readers, what comes next, replies, referrals, rules, and backups. Methods raise CaseStoreError."""


@dataclass(frozen=True)
class Casework:
    """An open case store, what filing came to, and who is here."""

    store: CaseStore
    filed: Filed
    filer: Filer = field(repr=False)
    seat: Seat = field(default_factory=lambda: Seat((), alone=False))

    def line(self, entry: LetterEntry) -> Line | None:
        """Return what a list says of a letter; None when it is not among those that count. Raises ReadingError for one that is hidden."""
        if self.store.is_hidden(self.person(entry), self.seat.name):
            raise ReadingError(NO_LETTER)
        return self.store.line(entry.digest)

    def person(self, entry: LetterEntry) -> str:
        """Return the name of the thread that a letter is in, or says that it is in."""
        return Persons.read(self.filer.ledger).of(entry)

    def require_opening(self, entry: LetterEntry, lines: Sequence[Line], today: date) -> None:
        """Raise ReaderError, PaceError or ReadingError unless those who are here may open `lines` of the thread that a letter is in."""
        seat, store, person = self.seat, self.store, self.person(entry)
        seat.require(Right.READ)
        if seat.second is not None and store.is_hidden(person, seat.second.name):
            raise ReadingError(_THESE_TWO)
        if Mark.TWO in store.marks(person):
            seat.require_two(Right.READ)
        for who in (seat.reader, seat.second):
            for line in lines:
                if who is not None and line.kind == ACCOUNT:
                    store.require_pace(who, line.digest, today)

    def require_two(self, entry: LetterEntry, right: Right) -> None:
        """Raise ReaderError or ReadingError unless two people are here who may do something about the thread that a letter is in."""
        self.seat.require_two(right)
        second = self.seat.second
        if second is not None and self.store.is_hidden(self.person(entry), second.name):
            raise ReadingError(_NOT_TOGETHER)

    def is_visible(self, digest: str) -> bool:
        """Say whether whoever is here may know of what was noted about a letter."""
        entry = self.filer.ledger.letter(digest)
        return entry is None or not self.store.is_hidden(self.person(entry), self.seat.name)

    def waiting_replies(self) -> list[ReplyRow]:
        """Return the replies that wait for a second reader and that whoever is here may see, oldest first."""
        gone, sent = self.filer.is_taken_back, self.filer.is_sent
        rows = self.store.replies()
        return [row for row in rows if self.is_visible(row.digest) and not gone(row.digest) and not sent(row)]

    def note_opening(self, digest: str, line: Line | None, today: date) -> None:
        """Note in the log that a letter is opened, before anybody sees it."""
        act = Act.OPENED if line is not None and line.kind == ACCOUNT else Act.LOOKED_AT
        self.store.note(self.seat.who, act, [digest], today)

    def letter(self, digest: str) -> Letter | None:
        """Return a letter that counts, from the store."""
        return self.store.letter(digest)


@contextmanager
def open_casework(
    desk: Desk,
    unsealer: Unsealer,
    step: Callable[[], None] = lambda: None,
    *,
    check: bool = True,
) -> Iterator[Casework]:
    """Open the case store with whoever holds the panel's key, and bring it to the ledger.

    `check` verifies every page first: once an unlocking, not once a command, where one unlocking serves many. Raises CaseStoreError,
    FolderError, BusyError, LedgerError.
    """
    strongbox = Strongbox(desk.station.cases, desk.cards)
    with strongbox.open(unsealer, check=check) as opening:
        store = CaseStore(opening.path, opening.key)
        try:
            filer = Filer(store, desk.ledger, desk.vault, desk.cards, unsealer)
            filed = filer.file(step)
            yield Casework(store, filed, filer)
        finally:
            store.close()
