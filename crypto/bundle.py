"""Bundles: how letters, notices and confirmations cross between the two sides. What is in a record: `crypto.records`.

docs/sealing.md, "Bundles".

    magic (16) | records | end record
    record: length of body u32 | kind u8 | sequence u64 | body

The first record (kind 0) is the header, canonical JSON; the last (kind 255) holds the number of records between and the
chain value. The chain covers each record's kind, sequence and digest of its body, so nothing can be dropped, added,
repeated or reordered; a detached minisign signature covers the file, and its trusted comment repeats the figures.
"""

import hashlib
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, BinaryIO, Final, Literal

from crypto.constants import DIGEST_BYTES, LABEL_BUNDLE_CHAIN, SEALED_SIZES, Purpose
from crypto.errors import BundleFormatError, BundleSignatureError
from crypto.minisigning import BundleSigner, VerifyKey, prehash

Direction = Literal["intake to station", "station to intake", "intake to lead", "lead to intake"]
# Two chains that have nothing to do with each other: what goes to the panel's station, and to the safeguarding lead's.
TO_STATION: Final[Mapping[Purpose, Direction]] = {"panel": "intake to station", "lead": "intake to lead"}
TO_INTAKE: Final[Mapping[Purpose, Direction]] = {"panel": "station to intake", "lead": "lead to intake"}
DIRECTIONS: Final = (*TO_STATION.values(), *TO_INTAKE.values())
_SIDES: Final[Mapping[Direction, str]] = {
    "intake to station": "intake",
    "station to intake": "station",
    "intake to lead": "for-lead",
    "lead to intake": "lead",
}
FIRST_PREVIOUS: Final = "0" * 64

_MAGIC: Final = b"heard bundle v1\n"
_PREFIX: Final = struct.Struct(">IBQ")
_END_BODY: Final = struct.Struct(">Q32s")
_ERASED_BODY: Final = struct.Struct(f">B32s{DIGEST_BYTES}s")
_HEADER_KIND: Final = 0
_END_KIND: Final = 255
_MAX_BODY_BYTES: Final = SEALED_SIZES[-1] + 1_024
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_DAMAGED: Final = "The bundle is damaged; copy it from its source again."


class RecordKind(IntEnum):
    """What a record holds."""

    LETTER = 1
    CONFIRMATION = 2
    CARD = 3
    NOTICE = 4
    CLOSED = 5
    HOLD = 6
    ERASED = 7
    RESYNC = 8
    FORGOTTEN = 9
    LOG = 10


def purpose_of(direction: Direction) -> Purpose:
    """Return whose chain bundles of a direction are in."""
    return "lead" if direction in {TO_STATION["lead"], TO_INTAKE["lead"]} else "panel"


def bundle_side(direction: Direction) -> str:
    """Return how the names of a direction's bundles begin, so that those of both chains can lie on one medium."""
    return _SIDES[direction]


@dataclass(frozen=True)
class BundleHeader:
    """Where a bundle stands: its direction, inquiry and epoch, and its place in the chain of that direction.

    `previous` is the chain value (64 hex) of the bundle before it, `FIRST_PREVIOUS` for the first.
    """

    direction: Direction
    inquiry: str
    epoch: int
    generation: int
    sequence: int
    previous: str


@dataclass(frozen=True)
class Record:
    """One record: its kind, its place from 1, and its body (bytes)."""

    kind: RecordKind
    sequence: int
    body: bytes


@dataclass(frozen=True)
class BundleSummary:
    """What a complete bundle adds up to: the number of records and the chain value (64 hex)."""

    header: BundleHeader
    count: int
    chain: str

    @property
    def trusted_comment(self) -> str:
        """What the signature's trusted comment says, for people and for `minisign -V`."""
        header = self.header
        return (
            f"heard bundle, {header.direction}, {header.inquiry}, epoch {header.epoch}, generation {header.generation}, "
            f"sequence {header.sequence}, count {self.count}, previous {header.previous}, chain {self.chain}"
        )


class BundleWriter:
    """Writes one bundle into `target`, a record at a time."""

    def __init__(self, target: BinaryIO, header: BundleHeader) -> None:
        self._target = target
        self._header = header
        self._count = 0
        body = _encode_header(header)
        self._chain = _link(b"", _HEADER_KIND, 0, body)
        target.write(_MAGIC + _PREFIX.pack(len(body), _HEADER_KIND, 0) + body)

    def add(self, kind: RecordKind, body: bytes) -> None:
        """Add one record. Raises BundleFormatError when `body` is too large for a bundle."""
        if len(body) > _MAX_BODY_BYTES:
            raise BundleFormatError("A record is too large for a bundle.")
        self._count += 1
        self._chain = _link(self._chain, kind, self._count, body)
        self._target.write(_PREFIX.pack(len(body), kind, self._count))
        self._target.write(body)

    def add_erased(self, kind: RecordKind, digest: bytes, body_hash: bytes, *, forgotten: bool = False) -> None:
        """Stand in for a record that was written before and has been erased since.

        `digest` (32 bytes) is the letter's name, `body_hash` SHA-256 of the record's body at that time. The chain goes on
        as if the record were there, so what follows the bundle still does. `forgotten`: the letter was not taken back, the
        station confirmed it, and only this side no longer keeps it.
        """
        self._count += 1
        body = _ERASED_BODY.pack(kind, body_hash, digest)
        self._chain = _link_hash(self._chain, kind, self._count, body_hash)
        left_out = RecordKind.FORGOTTEN if forgotten else RecordKind.ERASED
        self._target.write(_PREFIX.pack(len(body), left_out, self._count) + body)

    def finish(self) -> BundleSummary:
        """Write the end record and return what the bundle adds up to."""
        body = _END_BODY.pack(self._count, self._chain)
        self._target.write(_PREFIX.pack(len(body), _END_KIND, self._count + 1) + body)
        return BundleSummary(self._header, self._count, self._chain.hex())


class BundleReader:
    """Reads one bundle from `source` in constant memory.

    `header` is there at once; iterating yields the records; after the last one `summary` is there. Everything raises
    BundleFormatError for a byte that `BundleWriter` would not have written, bytes after the end included.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        if _read_exactly(source, len(_MAGIC)) != _MAGIC:
            raise BundleFormatError("This is not a Heard bundle of version 1.")
        kind, body = self._next(0)
        if kind != _HEADER_KIND:
            raise BundleFormatError(_DAMAGED)
        self.header = _parse_header(body)
        self.summary: BundleSummary | None = None
        self._chain = _link(b"", _HEADER_KIND, 0, body)

    def __iter__(self) -> Iterator[Record]:
        """Yield each record once."""
        count = 0
        while True:
            kind, body = self._next(count + 1)
            if kind == _END_KIND:
                self._finish(count, body)
                return
            count += 1
            try:
                record = Record(RecordKind(kind), count, body)
            except ValueError:
                raise BundleFormatError("The bundle holds a record of an unknown kind; update this program.") from None
            self._chain = _link_record(self._chain, record)
            yield record

    def _next(self, sequence: int) -> tuple[int, bytes]:
        length, kind, found = _PREFIX.unpack(_read_exactly(self._source, _PREFIX.size))
        if found != sequence or length > _MAX_BODY_BYTES:
            raise BundleFormatError(_DAMAGED)
        return kind, _read_exactly(self._source, length)

    def _finish(self, count: int, body: bytes) -> None:
        if body != _END_BODY.pack(count, self._chain) or self._source.read(1):
            raise BundleFormatError(_DAMAGED)
        self.summary = BundleSummary(self.header, count, self._chain.hex())


def sign_bundle(source: BinaryIO, summary: BundleSummary, key: BundleSigner) -> bytes:
    """Return the `.minisig` file of the bundle in `source`, read from its start."""
    source.seek(0)
    return key.sign_prehashed(prehash(source), summary.trusted_comment)


def verify_bundle(source: BinaryIO, signature: bytes, key: VerifyKey) -> BundleSummary:
    """Check a whole bundle: the signature first, then every record, then the comment. `source` is left at its start.

    Raises BundleSignatureError, BundleFormatError. Memory stays within one record (1 MiB).
    """
    source.seek(0)
    comment = key.verify(source, signature)
    source.seek(0)
    reader = BundleReader(source)
    for _ in reader:
        pass
    summary = reader.summary
    source.seek(0)
    if summary is None or summary.trusted_comment != comment:
        raise BundleSignatureError("The bundle's signature is for another bundle; copy both files again.")
    return summary


def erased_digest(record: Record) -> bytes:
    """Return the digest (32 bytes) of the letter that an ERASED or FORGOTTEN record stands in for."""
    digest: bytes = _ERASED_BODY.unpack(record.body)[2]
    return digest


def _link(chain: bytes, kind: int, sequence: int, body: bytes) -> bytes:
    return _link_hash(chain, kind, sequence, hashlib.sha256(body).digest())


def _link_record(chain: bytes, record: Record) -> bytes:
    if record.kind not in {RecordKind.ERASED, RecordKind.FORGOTTEN}:
        return _link(chain, record.kind, record.sequence, record.body)
    try:
        kind, body_hash, _ = _ERASED_BODY.unpack(record.body)
    except struct.error:
        raise BundleFormatError(_DAMAGED) from None
    if kind != RecordKind.LETTER:
        raise BundleFormatError("The bundle leaves out something that is no letter.")
    return _link_hash(chain, kind, record.sequence, body_hash)


def _link_hash(chain: bytes, kind: int, sequence: int, body_hash: bytes) -> bytes:
    place = struct.pack(">BQ", kind, sequence)
    return hashlib.sha256(LABEL_BUNDLE_CHAIN.encode("ascii") + chain + place + body_hash).digest()


def _encode_header(header: BundleHeader) -> bytes:
    return json.dumps(asdict(header), separators=(",", ":")).encode("ascii")


def _parse_header(body: bytes) -> BundleHeader:
    try:
        header = _checked(BundleHeader(**json.loads(body)))
    except (ValueError, TypeError, RecursionError):
        raise BundleFormatError(_DAMAGED) from None
    if _encode_header(header) != body:
        raise BundleFormatError(_DAMAGED)
    return header


def _checked(header: BundleHeader) -> BundleHeader:
    """Return `header` when every field is in range; raise TypeError or ValueError otherwise."""
    numbers: tuple[Any, ...] = (header.epoch, header.generation, header.sequence)
    if not (
        header.direction in DIRECTIONS
        and _NAME.fullmatch(header.inquiry)
        and _HEX32.fullmatch(header.previous)
        and all(type(number) is int and 1 <= number < 2**31 for number in numbers)
    ):
        raise ValueError("a field is out of range")
    return header


def _read_exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) != length:
        raise BundleFormatError("The bundle is cut short; copy it from its source again.")
    return data
