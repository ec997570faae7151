"""What the room shows and lets a reader do: the rules are those of the commands, which it shares (`reviewer.cases`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto.letter import Letter
from reviewer.answering import say_heard, thread_of
from reviewer.cases.casework import Casework
from reviewer.cases.duties import Duties, duties_here
from reviewer.cases.log import Act
from reviewer.cases.pace import Pace
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark
from reviewer.cases.showing import Shelf
from reviewer.cases.store import Line
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import OpenedPanel
from reviewer.desk import Desk
from reviewer.dossier import counts_now
from reviewer.entries import LetterEntry, Status
from reviewer.errors import AnswerError, ReaderError, ReadingError
from reviewer.noticing import Notices
from reviewer.opening import Unlocked
from reviewer.reading import SHORT_ID, Part, Reading, find, parts_of


@dataclass(frozen=True)
class Upcoming:
    """What comes next for the reader, what waits for two people, and how the day stands; `pace` is None while there are no readers."""

    line: Line | None
    marks: frozenset[Mark]
    unread: int
    taken_back: int
    pace: Pace | None


@dataclass(frozen=True)
class Thread:
    """One person's letters that count, none of whose text is in here; `entry` is the one that was asked for."""

    entry: LetterEntry
    lines: Sequence[Line]
    marks: frozenset[Mark]
    may_be_handed_over: bool


@dataclass(frozen=True)
class Page:
    """One part of a letter that was opened. `choices_count` says whether the choices in it are those that count now."""

    entry: LetterEntry
    number: int
    total: int
    part: Part = field(repr=False)
    letter: Letter = field(repr=False)
    choices_count: bool
    can_be_answered: bool

    @property
    def language(self) -> str:
        """The language that it was written in, and its questions asked in."""
        return self.letter.language

    @property
    def counts(self) -> bool:
        """Whether it is among the letters that count."""
        return self.entry.status == Status.IMPORTED

    @property
    def is_last(self) -> bool:
        """Whether the letter ends here."""
        return self.number == self.total


@dataclass
class Letters:
    """The letters of one station, for whoever sits at `work`, while the agent holds `panel`."""

    desk: Desk
    work: Casework
    panel: Sequence[Unlocked] = field(repr=False)
    # What was opened in this room (digests), and what of it was read to the end.
    opened: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)

    def require_unlocked(self) -> None:
        """Ask the agent for the store's key again, as each page does: a station that was locked shows nothing. Raises LockedError."""
        Strongbox(self.desk.station.cases, self.desk.cards).require_key(OpenedPanel(self.panel))

    def upcoming(self) -> Upcoming:
        """Choose what comes next. Raises ReaderError."""
        store, seat = self.work.store, self.work.seat
        seat.require(Right.READ)
        line = store.next_for(seat.reader)
        marks = store.marks(line.person) if line is not None else frozenset()
        taken_back = len(self.desk.ledger.threads_to_destroy()) + len(self.desk.ledger.parts_to_destroy())
        return Upcoming(line, marks, store.count_unseen(), taken_back, self.pace())

    def pace(self) -> Pace | None:
        """Return how many accounts the reader opened today, and how many it may hold; None while there are no readers."""
        reader = self.work.seat.reader
        return None if reader is None else self.work.store.pace(reader, date.today())

    def duties(self) -> Duties:
        """Count what is due and what waits, as far as the reader may know of it."""
        return duties_here(self.work, date.today())

    def page(self, after: tuple[int, str]) -> list[Line]:
        """Return the letters after a place (week, digest) in the list, oldest week first, as many as a page holds."""
        return self.work.store.page(self.work.seat.name, after)

    def thread(self, name: str) -> Thread:
        """Return the thread of the letter whose ID begins so. Raises ReadingError, also for one that is hidden from the reader."""
        entry = find(self.desk.ledger, name)
        self.work.line(entry)
        person = self.work.person(entry)
        lines = self.work.store.of_person(person)
        return Thread(entry, lines, self.work.store.marks(person), self.work.seat.name is not None)

    def open(self, name: str) -> str:
        """Open a letter: who may, and how many a day, is the rule of every command. Return its digest. Raises ReaderError, PaceError."""
        entry, today = find(self.desk.ledger, name), date.today()
        line = self.work.line(entry)
        if entry.digest not in self.opened:
            self.work.require_opening(entry, [line] if line is not None else [], today)
            self._read(entry)
            self.work.note_opening(entry.digest, line, today)
            self.opened.add(entry.digest)
        return entry.digest

    def part(self, name: str, number: int) -> Page:
        """Return one part of a letter that was opened before; the last one makes it read. Raises ReadingError."""
        entry = find(self.desk.ledger, name)
        line = self.work.line(entry)
        if entry.digest not in self.opened:
            raise ReadingError("Open this letter from its thread first.")
        letter = self._read(entry).opened.letter
        parts = parts_of(letter)
        if not 1 <= number <= len(parts):
            raise ReadingError("This letter has no such part.")
        page = Page(
            entry,
            number,
            len(parts),
            parts[number - 1],
            letter,
            choices_count=counts_now(self.desk.ledger, entry),
            can_be_answered=self._can_be_answered(entry),
        )
        if page.is_last:
            self.finished.add(entry.digest)
            if line is not None:
                self.work.store.mark_seen(entry.digest)
        return page

    def heard(self, name: str) -> None:
        """Sign that a reviewer has read a letter to its end. Raises ReadingError, ReaderError, AnswerError."""
        entry = find(self.desk.ledger, name)
        self.work.line(entry)
        self.work.seat.require(Right.READ)
        if entry.digest not in self.finished:
            raise ReadingError("Read this letter to its end first; then it can be said.")
        thread_of(self.desk.ledger, entry)
        with self.desk.station.locked():
            say_heard(Notices(self.desk.ledger, self.desk.vault), self.panel[0], entry)
            self.work.store.note(self.work.seat.who, Act.HEARD, [entry.digest])

    def hand_over(self, name: str, *, may_know: bool) -> None:
        """See nothing of a thread any more, or leave it to another reader. Raises ReaderError while there are no readers."""
        entry = find(self.desk.ledger, name)
        self.work.line(entry)
        if self.work.seat.name is None:
            raise ReaderError("This station has no readers yet; see `reviewer reader add`.")
        self.work.store.recuse(self.work.seat.name, self.work.person(entry), may_know=may_know)
        self.opened.discard(entry.digest)

    def _read(self, entry: LetterEntry) -> Reading:
        return Shelf(self.desk, self.work, self.panel).read(entry)

    def _can_be_answered(self, entry: LetterEntry) -> bool:
        try:
            thread_of(self.desk.ledger, entry)
        except AnswerError:
            return False
        return True


def short(digest: str) -> str:
    """Return the beginning of a digest, as lists show it."""
    return digest[:SHORT_ID]
