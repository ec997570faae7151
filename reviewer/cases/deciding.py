"""What people decide about a thread: the one way for the commands and for the reading room. Each decision is noted together with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.cases.casework import Casework
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark
from reviewer.cases.showing import Shelf
from reviewer.cases.store import Line
from reviewer.desk import Desk
from reviewer.dossier import open_dossier
from reviewer.entries import LetterEntry
from reviewer.errors import ReaderError
from reviewer.opening import Unlocked


@dataclass(frozen=True)
class Decider:
    """Decides for one station, as those who sit at `work`. Methods raise ReaderError, ReadingError, CaseStoreError."""

    desk: Desk
    work: Casework
    panel: Sequence[Unlocked] = field(repr=False)

    def line(self, entry: LetterEntry) -> Line:
        """Return what a list says of a letter that can be decided about."""
        line = self.work.line(entry)
        if line is None:
            raise ReaderError("Only a letter that counts can be decided about; see `reviewer list`.")
        return line

    def mark(self, entry: LetterEntry, mark: Mark, *, remove: bool) -> None:
        """Give a thread the mark `RISK` or `TWO`, or take it back. That a thread takes two people is taken back by two."""
        line = self.line(entry)
        self.work.seat.require(Right.READ)
        if mark is Mark.TWO and remove:
            self.work.require_two(entry, Right.READ)
        self.work.store.mark(self.work.seat.who, line.person, entry.digest, mark, remove=remove)

    def release(self, entry: LetterEntry) -> None:
        """Note that a thread may be used as its choices allow. Refused while none counts as Yes."""
        line = self.line(entry)
        self.work.require_two(entry, Right.RELEASE)
        dossier = open_dossier(self.desk.ledger, Shelf(self.desk, self.work, self.panel).read, entry)
        if not any(choice.counts for choice in dossier.effective.choices):
            raise ReaderError(
                "No choice in this thread counts as Yes, so nothing of it may be used. See `reviewer thread`."
            )
        self.work.store.mark(self.work.seat.who, line.person, entry.digest, Mark.RELEASED)
