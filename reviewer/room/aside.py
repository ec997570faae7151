"""What was set aside, as a page lists it: that it is there, why, and what to do. Nothing of it is opened for that."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.cases.filing import Persons
from reviewer.cases.store import PAGE
from reviewer.entries import LetterEntry
from reviewer.naming import kind_of
from reviewer.remedies import remedy
from reviewer.room.letters import Letters


@dataclass(frozen=True)
class Aside:
    """One letter that was set aside."""

    entry: LetterEntry

    @property
    def kind(self) -> str:
        """What its record says that it is."""
        return kind_of(self.entry)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return remedy(self.entry.reason)


@dataclass(frozen=True)
class AsidePage:
    """One page of them, of `total`, and the number of the page after it, if there is one."""

    letters: Sequence[Aside]
    total: int
    after: int | None


def aside_page(letters: Letters, number: int) -> AsidePage:
    """Return a page (from 1) of what was set aside, oldest week first. Threads that whoever is here may know are left out."""
    work, ledger = letters.work, letters.desk.ledger
    hidden, persons = work.store.hidden_persons(work.seat.name), Persons.read(ledger)
    entries = [entry for row in work.store.aside() if (entry := ledger.letter(row.digest)) is not None]
    shown = [Aside(entry) for entry in entries if persons.of(entry) not in hidden]
    end = number * PAGE
    return AsidePage(shown[end - PAGE : end], len(shown), number + 1 if len(shown) > end else None)
