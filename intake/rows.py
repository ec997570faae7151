"""What goes into the store and comes out of it, without a word about databases."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

from crypto.bundle import TO_INTAKE, TO_STATION, Direction

# Directions of the panel's bundles, and the generation that two sides begin with.
OUTWARD: Final[Direction] = TO_STATION["panel"]
INWARD: Final[Direction] = TO_INTAKE["panel"]
FIRST_GENERATION: Final = 1


@dataclass(frozen=True)
class NewLetter:
    """A sealed letter to store. Lengths in bytes: locator 16, access_hash 32, once 32 or None.

    `sequence` is its place in its thread; `access_hash` is kept with the thread, when the letter is its first.
    """

    kind: int
    locator: bytes = field(repr=False)
    access_hash: bytes = field(repr=False)
    day: date
    sealed: bytes = field(repr=False)
    once: bytes | None = field(default=None, repr=False)
    sequence: int = 0

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 (32 bytes) of the sealed letter: its key. First asked for in the writer's thread, beside the requests."""
        return hashlib.sha256(self.sealed).digest()

    @property
    def size(self) -> int:
        """Bytes of the sealed letter."""
        return len(self.sealed)

    @property
    def place(self) -> int:
        """The first 63 bits of the digest: where the sealed bytes stand."""
        return int.from_bytes(self.digest[:8], "big") >> 1


@dataclass(frozen=True)
class ThreadLetter:
    """A letter that somebody with return words puts into their thread.

    Lengths in bytes: locator 16, access_hash 32, next_locator 16 (only a replacement's means anything).
    """

    letter: NewLetter
    next_locator: bytes = field(repr=False)


Outcome = Literal["stored", "order", "gone", "closed", "full"]


@dataclass(frozen=True)
class Standing:
    """What became of a letter that was put, and the next free place in its thread."""

    outcome: Outcome
    sequence: int = 0


@dataclass(frozen=True)
class BundleRow:
    """One bundle: its place (direction, generation, sequence), header fields, record count, ISO week (YYYYWW).

    `previous` and `chain` have 64 hex digits; `chain` is None while an export is unfinished.
    """

    direction: Direction
    generation: int
    sequence: int
    inquiry: str
    epoch: int
    previous: str
    count: int
    week: int
    chain: str | None = None


@dataclass(frozen=True)
class Reconciled:
    """How many letters a new generation finds: known to `both` sides, only `here`, only `there`.

    `erased` are those that were taken back and of which the station is told again that they are gone; `lost` those that
    are on neither side, though nobody took them back.
    """

    both: int
    here: int
    there: int
    erased: int
    lost: int


@dataclass(frozen=True)
class RetentionDays:
    """For how many days what is kept; 0 keeps all but drafts.

    Drafts count from when they were last saved, letters from when the station confirmed them, answers and receipts from
    when they came, records of danger from when the safeguarding lead acknowledged them.
    """

    drafts: int
    letters: int
    answers: int
    receipts: int
    dangers: int = 0


@dataclass(frozen=True)
class Forgotten:
    """How many were erased, or would be: drafts, letters taken back, other letters, answers, destruction receipts, records of danger."""

    drafts: int
    taken_back: int
    letters: int
    answers: int
    receipts: int
    dangers: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.drafts + self.taken_back + self.letters + self.answers + self.receipts + self.dangers


@dataclass(frozen=True)
class Overdue:
    """A record of danger that nobody acknowledged in time: its digest (32 bytes), and how many days ago it came."""

    digest: bytes
    days: int


@dataclass(frozen=True)
class DangerSurvey:
    """How many records there are for the safeguarding lead, and never a word of whom they are about.

    `open` wait for a bundle; `arrived` are at the lead's station, `acknowledged` of these were taken on there, and `set_aside`
    could not be read there. `overdue` are those that came too long ago and were not acknowledged, oldest first.
    """

    total: int
    open: int
    arrived: int
    acknowledged: int
    set_aside: int
    overdue: tuple[Overdue, ...]


@dataclass(frozen=True)
class Survey:
    """How many letters for the panel there are, and threads by state ("open", "withdrawn", "replaced").

    `delivered` were taken in. Of these `confirmed` have an outcome from the station (`set_aside` and `destroyed` among them),
    `open` wait for a bundle, `missing` are in a bundle that the station has not confirmed; the rest was taken back before a
    bundle carried it. `kept` still have their sealed bytes here. `unfinished` of those delivered are parts of calls that broke off.
    """

    delivered: int
    confirmed: int
    set_aside: int
    destroyed: int
    open: int
    missing: int
    kept: int
    unfinished: int
    drafts: int
    threads: Mapping[str, int]
