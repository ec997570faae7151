"""A whole thread as a page shows it: what each letter is and whether it counts, and never what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reviewer.cases.readers import Right
from reviewer.cases.showing import Shelf
from reviewer.cases.store import Line
from reviewer.choices import Standing
from reviewer.dossier import BROKE_OFF, CARRIES_KEYS, NO_WORDS, SIGNED, Dossier, Outline, Sheet, outline
from reviewer.entries import LetterEntry, Status
from reviewer.naming import kind_of
from reviewer.reading import find
from reviewer.remedies import can_be_looked_at, remedy
from reviewer.room.letters import Letters

_STATES: Final[Mapping[str, str]] = {
    "open": "The person can come back with their words, and can be answered.",
    "withdrawn": "The person took everything back: nobody reads it any more. It waits for two people and reviewer destroy.",
    "destroyed": "The person took everything back, and it was destroyed.",
    "replaced": "The words of this thread were replaced.",
    "waiting": "The account of this thread has not arrived: nothing of it is acted on.",
    "unfinished call": "A call that broke off. No choice in it counts, and it cannot be answered.",
    "no return words": "No return words were taken, or no account of it counts: this person cannot be answered.",
}
_OUTCOMES: Final[Mapping[str, str]] = {
    Status.WAITING: "It waits, and is not acted on",
    Status.WITHDRAWN: "Taken back: nobody reads it any more, and it waits for two people",
    Status.DESTROYED: "Taken back, and destroyed",
    Status.MISSING: "Missing: its file is not here; restore the station's newest copy",
    Status.SET_ASIDE: "Set aside",
}


@dataclass(frozen=True)
class Leaf:
    """One letter of a thread. `line` is what the case store says of it, None when it is not among those that count."""

    sheet: Sheet
    line: Line | None
    was_opened: bool

    @property
    def entry(self) -> LetterEntry:
        """The ledger's row."""
        return self.sheet.entry

    @property
    def kind(self) -> str:
        """What its record says that it is."""
        return kind_of(self.entry)

    @property
    def outcome(self) -> str:
        """Whether it counts and is who it says, or why not: verified again when the thread was opened, else as import found it."""
        if self.entry.status != Status.IMPORTED:
            words = _OUTCOMES[self.entry.status]
            return f"{words}: {self.entry.reason}" if self.entry.reason else words
        if self.line is None and self.sheet.reading is None:
            return (
                "It counts, and is not in the case store: it needs the shares of another epoch, or its file is missing"
            )
        if self.sheet.reading is not None:
            return f"It counts: {self.sheet.verification}, verified again now"
        return f"It counts: {self._at_import()}, verified when it was imported"

    @property
    def is_apart(self) -> bool:
        """Whether it was set aside."""
        return self.entry.status == Status.SET_ASIDE

    @property
    def remedy(self) -> str:
        """What to do about it, where it does not count."""
        return remedy(self.entry.reason)

    @property
    def can_be_opened(self) -> bool:
        """Whether there is anything to show of it: what was taken back is nobody's to read."""
        if self.entry.status in {Status.SET_ASIDE, Status.WAITING}:
            return can_be_looked_at(self.entry.reason)
        return self.line is not None

    def _at_import(self) -> str:
        if self.sheet.is_unfinished:
            return BROKE_OFF
        if self.kind != "account":
            return SIGNED
        return CARRIES_KEYS if self.entry.verify_key else NO_WORDS


@dataclass(frozen=True)
class Whole:
    """A thread. While it was not opened, `thread` has neither letters' contents nor choices, and `deciding` is empty."""

    entry: LetterEntry
    thread: Outline = field(repr=False)
    leaves: Sequence[Leaf]
    apart: Sequence[Leaf]
    deciding: Sequence[Sheet] = field(repr=False)
    is_opened: bool
    can_be_opened: bool

    @property
    def state(self) -> str:
        """What the thread is now, in a sentence."""
        return _STATES[self.thread.state]

    @property
    def is_clear(self) -> bool:
        """Whether choices count at all."""
        return self.thread.effective.standing is Standing.CLEAR

    @property
    def is_taken_back(self) -> bool:
        """Whether there are no choices any more, because everything was taken back."""
        return self.thread.effective.standing is Standing.TAKEN_BACK


@dataclass(frozen=True)
class Threads:
    """The threads of one room."""

    letters: Letters

    def whole(self, name: str) -> Whole:
        """Return the thread of the letter whose ID begins so: with the choices in it when every letter that counts was opened in this room.

        Raises ReaderError, ReadingError, also for a thread that is hidden from the reader.
        """
        letters, work = self.letters, self.letters.work
        entry = find(letters.desk.ledger, name)
        work.line(entry)
        work.seat.require(Right.READ)
        lines = {line.digest: line for line in work.store.of_person(work.person(entry))}
        is_opened = bool(lines) and lines.keys() <= letters.opened
        thread = self._shelf().dossier(entry) if is_opened else outline(letters.desk.ledger, entry)
        leaves = [
            Leaf(sheet, lines.get(sheet.entry.digest), sheet.entry.digest in letters.opened) for sheet in thread.sheets
        ]
        return Whole(
            entry,
            thread,
            [leaf for leaf in leaves if not leaf.is_apart],
            [leaf for leaf in leaves if leaf.is_apart],
            thread.deciding if isinstance(thread, Dossier) else (),
            is_opened,
            bool(lines),
        )

    def open(self, name: str) -> str:
        """Open every letter of a thread, by the rule of `reviewer thread`: each is noted, each account counts. Return its digest.

        What was opened in this room before is not noted again. Raises ReaderError, PaceError, ReadingError.
        """
        letters = self.letters
        entry = find(letters.desk.ledger, name)
        dossier = self._shelf().open_thread(entry, noted=letters.opened)
        letters.opened |= {sheet.entry.digest for sheet in dossier.sheets if sheet.reading is not None}
        return entry.digest

    def _shelf(self) -> Shelf:
        return Shelf(self.letters.desk, self.letters.work, self.letters.panel)
