"""What the records of a bundle hold. docs/sealing.md, "Bundles"."""

import hashlib
import json
import re
import struct
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from crypto.constants import ACCESS_BYTES, DIGEST_BYTES, LOCATOR_BYTES, NOTICE_KINDS, SEALED_SIZES
from crypto.errors import BundleFormatError

_LETTER_PREFIX: Final = struct.Struct(f">BI{LOCATOR_BYTES}s")
_NOTICE_PREFIX: Final = struct.Struct(f">B{LOCATOR_BYTES}sI")
_CLOSED: Final = struct.Struct(f">B{LOCATOR_BYTES}s{LOCATOR_BYTES}s{ACCESS_BYTES}s")
_LOG_HEAD: Final = struct.Struct(f">Q{DIGEST_BYTES}s")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_SEALED_NOTICES: Final = frozenset(NOTICE_KINDS.values()) - {NOTICE_KINDS["hold"]}


@dataclass(frozen=True)
class LetterRecord:
    """The body of a LETTER record.

    `kind` is a code of `LETTER_KINDS` or `RECORD_KINDS`, `week` the ISO week of arrival as year * 100 + week, `locator` 16 bytes,
    `sealed` the age file.
    """

    kind: int
    week: int
    locator: bytes
    sealed: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 (32 bytes) of the sealed bytes: the letter's name on both sides."""
        return hashlib.sha256(self.sealed).digest()

    def encode(self) -> bytes:
        """Return the body of the record."""
        return _LETTER_PREFIX.pack(self.kind, self.week, self.locator) + self.sealed

    @classmethod
    def parse(cls, body: bytes) -> "LetterRecord":
        """Read a body. Raises BundleFormatError."""
        sealed = body[_LETTER_PREFIX.size :]
        if len(sealed) not in SEALED_SIZES:
            raise BundleFormatError("A letter in the bundle has a size that letters never have.")
        kind, week, locator = _LETTER_PREFIX.unpack_from(body)
        return cls(kind, week, locator, sealed)


# The last one is said of records for the safeguarding lead alone.
Outcome = Literal["imported", "set aside", "destroyed", "acknowledged"]
_OUTCOMES: Final[tuple[Outcome, ...]] = ("imported", "set aside", "destroyed", "acknowledged")


@dataclass(frozen=True)
class Confirmation:
    """The body of a CONFIRMATION record: what became of the letter with that digest (32 bytes) at the station."""

    digest: bytes
    outcome: Outcome

    def encode(self) -> bytes:
        """Return the body of the record."""
        return self.digest + bytes([_OUTCOMES.index(self.outcome)])

    @classmethod
    def parse(cls, body: bytes) -> "Confirmation":
        """Read a body. Raises BundleFormatError."""
        if len(body) != DIGEST_BYTES + 1 or body[-1] >= len(_OUTCOMES):
            raise BundleFormatError("A confirmation in the bundle is not in the form of version 1.")
        return cls(body[:DIGEST_BYTES], _OUTCOMES[body[-1]])


@dataclass(frozen=True)
class NoticeRecord:
    """The body of a NOTICE record: a sealed notice for one thread.

    `kind` is a code of `NOTICE_KINDS` other than a hold's, `locator` 16 bytes, `sequence` its place among the thread's
    notices, `sealed` the age file.
    """

    kind: int
    locator: bytes
    sequence: int
    sealed: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the body of the record."""
        return _NOTICE_PREFIX.pack(self.kind, self.locator, self.sequence) + self.sealed

    @classmethod
    def parse(cls, body: bytes) -> "NoticeRecord":
        """Read a body. Raises BundleFormatError."""
        sealed = body[_NOTICE_PREFIX.size :]
        if len(sealed) not in SEALED_SIZES:
            raise BundleFormatError("A notice in the bundle has a size that notices never have.")
        kind, locator, sequence = _NOTICE_PREFIX.unpack_from(body)
        if kind not in _SEALED_NOTICES:
            raise BundleFormatError("A notice in the bundle is of a kind that is not sealed to anyone.")
        return cls(kind, locator, sequence, sealed)


Closing = Literal["withdrawn", "replaced"]
_CLOSINGS: Final[tuple[Closing, ...]] = ("withdrawn", "replaced")


@dataclass(frozen=True)
class ClosedRecord:
    """The body of a CLOSED record: a thread that its own words closed, for the intake side to keep or to do again.

    `locator` has 16 bytes; `next_locator` (16) and `next_access_hash` (32) are those of the words that replaced it, or
    zero bytes when it was withdrawn.
    """

    closing: Closing
    locator: bytes
    next_locator: bytes = bytes(LOCATOR_BYTES)
    next_access_hash: bytes = bytes(ACCESS_BYTES)

    def encode(self) -> bytes:
        """Return the body of the record."""
        return _CLOSED.pack(_CLOSINGS.index(self.closing), self.locator, self.next_locator, self.next_access_hash)

    @classmethod
    def parse(cls, body: bytes) -> "ClosedRecord":
        """Read a body. Raises BundleFormatError."""
        if len(body) != _CLOSED.size or body[0] >= len(_CLOSINGS):
            raise BundleFormatError("A record in the bundle is not in the form of version 1.")
        number, locator, next_locator, next_access_hash = _CLOSED.unpack(body)
        closing = _CLOSINGS[number]
        if closing == "withdrawn" and any(next_locator + next_access_hash):
            raise BundleFormatError("A record in the bundle is not in the form of version 1.")
        return cls(closing, locator, next_locator, next_access_hash)


@dataclass(frozen=True)
class Resync:
    """The body of a RESYNC record, first in the first bundle of a new generation.

    `inward` and `outward` (64 hex) are the chain values of the last bundle that the station took in and sent.
    """

    inward: str
    outward: str

    def encode(self) -> bytes:
        """Return the body of the record: canonical JSON."""
        return json.dumps(asdict(self), separators=(",", ":")).encode("ascii")

    @classmethod
    def parse(cls, body: bytes) -> "Resync":
        """Read a body. Raises BundleFormatError."""
        try:
            resync = cls(**json.loads(body))
            holds = all(map(_is_chain, (resync.inward, resync.outward)))
        except (ValueError, TypeError, RecursionError):
            holds = False
        if not holds or resync.encode() != body:
            raise BundleFormatError("The bundle does not say which bundles it continues.")
        return resync


@dataclass(frozen=True)
class LogHead:
    """The body of a LOG record: how far the station's log of who read what had come, and the chain value (32 bytes) of its last entry.

    The bundle's signature vouches for it. A log that was cut off or written anew no longer has that value in that place.
    """

    count: int
    chain: bytes

    def encode(self) -> bytes:
        """Return the body of the record."""
        return _LOG_HEAD.pack(self.count, self.chain)

    @classmethod
    def parse(cls, body: bytes) -> "LogHead":
        """Read a body. Raises BundleFormatError."""
        if len(body) != _LOG_HEAD.size:
            raise BundleFormatError("The head of the station's log is not in the form of version 1.")
        return cls(*_LOG_HEAD.unpack(body))


def _is_chain(value: object) -> bool:
    return isinstance(value, str) and _HEX32.fullmatch(value) is not None
