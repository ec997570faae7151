"""What was set aside, as a page lists it: that it is there, why, and what to do. Nothing of it is opened for that."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.cases.filing import Persons
from reviewer.cases.store import PAGE
from reviewer.entries import LetterEntry, Status
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
    hidden = _hidden(letters)
    shown = [row.digest for row in letters.work.store.aside() if row.digest not in hidden]
    end = number * PAGE
    entries = [letters.desk.ledger.letter(digest) for digest in shown[end - PAGE : end]]
    here = [Aside(entry) for entry in entries if entry is not None]
    return AsidePage(here, len(shown), number + 1 if len(shown) > end else None)


def _hidden(letters: Letters) -> frozenset[str]:
    """Return what was set aside (digests) of threads that the reader does not get: the ledger says whose each is, in one pass."""
    ledger, persons = letters.desk.ledger, letters.work.store.hidden_persons(letters.work.seat.name)
    if not persons:
        return frozenset()
    known = Persons.read(ledger)
    aside = (called for called in ledger.roll() if called.status == Status.SET_ASIDE)
    return frozenset(called.digest for called in aside if known.of(called) in persons)
