"""What goes into the store and comes out of it, without a word about databases."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

# Directions of bundles, and the generation that two sides begin with.
OUTWARD: Final = "intake to station"
INWARD: Final = "station to intake"
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

    direction: str
    generation: int
    sequence: int
    inquiry: str
    epoch: int
    previous: str
    count: int
    week: int
    chain: str | None = None
