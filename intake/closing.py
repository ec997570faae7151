"""One closing as the log holds it: with all that doing it again on an older database needs.

closing u8 | day u32 | sequence u32 | locator 16 | access hash 32 | next locator 16 | next access hash 32 |
length u32 | sealed letter | length u32 | sealed inheritance (empty when there is none)
"""

import struct
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Self

from crypto.constants import ACCESS_BYTES, LOCATOR_BYTES, SEALED_SIZES
from crypto.records import Closing
from intake.errors import ClosingsError

ALTERED: Final = "The log of closings was altered; bring another copy with `intake replay --log FILE`."
_LENGTH: Final = struct.Struct(">I")
_BODY: Final = struct.Struct(f">BII{LOCATOR_BYTES}s{ACCESS_BYTES}s{LOCATOR_BYTES}s{ACCESS_BYTES}s")
_CLOSINGS: Final[tuple[Closing, ...]] = ("withdrawn", "replaced")
_SIZES: Final = frozenset({*SEALED_SIZES, 0})
BODY_SIZES: Final = frozenset(
    _BODY.size + 2 * _LENGTH.size + sealed + inheritance for sealed in SEALED_SIZES for inheritance in _SIZES
)


@dataclass(frozen=True)
class Closed:
    """One closing, with all that doing it again needs.

    Lengths in bytes: locators 16, access hashes 32. `sealed` is the signed letter, `sequence` its place, `day` when it
    came. The last three are of the words that replaced these (zero and empty for a withdrawal): `inheritance` is their
    first letter.
    """

    closing: Closing
    day: date
    sequence: int
    locator: bytes = field(repr=False)
    access_hash: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    next_locator: bytes = field(default=bytes(LOCATOR_BYTES), repr=False)
    next_access_hash: bytes = field(default=bytes(ACCESS_BYTES), repr=False)
    inheritance: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """Return the body of the entry."""
        head = _BODY.pack(
            _CLOSINGS.index(self.closing),
            self.day.toordinal(),
            self.sequence,
            self.locator,
            self.access_hash,
            self.next_locator,
            self.next_access_hash,
        )
        return head + b"".join(_LENGTH.pack(len(part)) + part for part in (self.sealed, self.inheritance))

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body. Raises ClosingsError for anything that `encode` would not have written."""
        try:
            number, day, sequence, locator, access_hash, next_locator, next_access_hash = _BODY.unpack_from(body)
            sealed, end = _part(body, _BODY.size)
            inheritance, end = _part(body, end)
            closed = cls(
                _CLOSINGS[number],
                date.fromordinal(day),
                sequence,
                locator,
                access_hash,
                sealed,
                next_locator,
                next_access_hash,
                inheritance,
            )
        except (struct.error, IndexError, ValueError, OverflowError):
            raise ClosingsError(ALTERED) from None
        plain = closed.closing == "withdrawn" and any(next_locator + next_access_hash + inheritance)
        if plain or not sealed or end != len(body):
            raise ClosingsError(ALTERED)
        return closed


def _part(body: bytes, start: int) -> tuple[bytes, int]:
    """Return one length-prefixed part of a body and where it ends. Raises struct.error, ValueError."""
    (length,) = _LENGTH.unpack_from(body, start)
    end = start + _LENGTH.size + length
    if length not in _SIZES or end > len(body):
        raise ValueError("another length")
    return body[start + _LENGTH.size : end], end
