"""Referring: from what somebody typed to a referral that two people decided, and to what must follow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from reviewer.cases.casework import Casework
from reviewer.cases.deciding import Decider
from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.cases.referrals import Basis, NewReferral, Referral
from reviewer.cases.store import Line
from reviewer.entries import LetterEntry
from reviewer.errors import ReadingError, ReferralError
from reviewer.holding import LEAST_PREFIX
from reviewer.reading import parts_of

FOLLOWS: Final = "Confirm that it was received."
_DAYS: Final = timedelta(days=7)
_MOST: Final = {"recipient": 200, "authority": 500, "text": 20_000, "follows": 300, "note": 1_000}
_NEEDED: Final = {
    "recipient": "Say to whom it is passed on.",
    "authority": "Say under which law or authority it is passed on.",
    "text": "Write what is passed on.",
    "follows": "Say what must follow.",
}


@dataclass(frozen=True)
class Typed:
    """A referral as somebody typed it. `basis` has IDs of letters, with `:2` for their second part; `due` is a day like 2027-05-31."""

    recipient: str = field(repr=False)
    authority: str = field(repr=False)
    text: str = field(repr=False)
    basis: Sequence[str]
    follows: str = field(repr=False)
    due: str


def due_by_default(today: date) -> date:
    """Return the day by which something must follow when nobody said another."""
    return today + _DAYS


@dataclass(frozen=True)
class Referrer:
    """Refers for one station, as those who sit at the decider's table. Methods raise ReaderError, ReadingError, CaseStoreError."""

    decider: Decider

    @property
    def work(self) -> Casework:
        """The open case store, and who is here."""
        return self.decider.work

    def check(self, entry: LetterEntry, typed: Typed, today: date) -> NewReferral:
        """Return what was typed as a referral. Raises ReferralError, which names the first field that must change."""
        line = self.decider.line(entry)
        fields = {
            name: _filled(name, getattr(typed, name), lines=name == "text")
            for name in ("recipient", "authority", "text")
        }
        basis = tuple(dict.fromkeys(self._basis(line, names) for names in typed.basis))
        if not basis:
            raise ReferralError("Name at least one letter, or part of one, that it rests on.", "basis")
        due = day_of(typed.due, "due")
        if due < today:
            raise ReferralError("What must follow cannot be due before today.", "due")
        return NewReferral(**fields, basis=basis, follows=_filled("follows", typed.follows), due=due)

    def refer(self, entry: LetterEntry, new: NewReferral) -> int:
        """Note what two people have decided to pass on, and return its number. Nothing leaves the station by it."""
        line = self.decider.line(entry)
        self.work.require_two(entry, Right.REFER)
        return self.work.store.add_referral(self.work.seat.who, line.person, entry.digest, new)

    def listed(self) -> list[Referral]:
        """Return the referrals that whoever is here may see, oldest first."""
        self.work.seat.require(Right.REFER)
        return list(visible(self.work))

    def one(self, number: int) -> Referral:
        """Return one of them. Raises ReferralError."""
        found = next((referral for referral in self.listed() if referral.number == number), None)
        if found is None:
            raise ReferralError(f"There is no referral {number}; see `reviewer referrals`.")
        return found

    def write_out(self, number: int) -> Referral:
        """Note that a referral is written out, and return it. Raises ReferralError when its account was taken back."""
        referral = self.one(number)
        if referral.text is None:
            raise ReferralError(
                f"What referral {number} passed on is written out no more: the account was taken back by the person who wrote it."
            )
        self.work.store.note(self.work.seat.who, Act.WROTE_OUT, [f"referral {number}"])
        return referral

    def follow_up(self, number: int, day: str, note: str) -> None:
        """Note on which day (like 2027-05-31) what must follow was done. Raises ReferralError."""
        self.one(number)
        done = day_of(day, "day")
        self.work.store.follow_up(self.work.seat.who, number, done, _short("note", note))

    def _basis(self, line: Line, name: str) -> Basis:
        prefix, _, part = name.strip().lower().partition(":")
        lines = self.work.store.of_person(line.person)
        found = [one for one in lines if len(prefix) >= LEAST_PREFIX and one.digest.startswith(prefix)]
        if len(found) != 1:
            raise ReferralError("What it rests on must be letters of this thread, by the IDs that it shows.", "basis")
        letter = self.work.letter(found[0].digest)
        if letter is None:
            raise ReadingError("A letter that it rests on is not here any more.")
        number = int(part) if part.isascii() and part.isdigit() else -1 if part else 0
        if not 0 <= number <= len(parts_of(letter)):
            raise ReferralError("A letter that it rests on has no such part.", "basis")
        return found[0].digest, number


def visible(work: Casework) -> Iterator[Referral]:
    """Yield the referrals that are not hidden from whoever is here, without what rests on an account that was taken back."""
    for referral in work.store.referrals():
        if work.is_visible(referral.digest):
            named = {referral.digest, *(digest for digest, _ in referral.basis)}
            is_gone = any(map(work.filer.is_taken_back, named))
            yield replace(referral, text=None, basis=(), note=None) if is_gone else referral


def day_of(typed: str, name: str) -> date:
    """Return a day that was typed like 2027-05-31. Raises ReferralError."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise ReferralError("Write the day like 2027-05-31.", name) from None


def _filled(name: str, typed: str, *, lines: bool = False) -> str:
    text = _short(name, typed)
    if not text:
        raise ReferralError(_NEEDED[name], name)
    if not lines and "\n" in text:
        raise ReferralError("This is one line, without a line break.", name)
    return text


def _short(name: str, typed: str) -> str:
    text = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > _MOST[name]:
        raise ReferralError(f"This is {len(text) - _MOST[name]} characters too long; {_MOST[name]} fit.", name)
    return text
