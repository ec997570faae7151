"""A backup's file, the same for SQLite and PostgreSQL: everything of one installation, or all that the phone line keeps.

    magic (16) | records | end record
    record: length of body u32 | kind u8 | body
    kind 1, a file: length of name u8 | name | content
    kind 2, a row: length of JSON u32 | JSON of table and columns | sealed letter (empty for other tables)
    kind 255, the end: number of records u64 | SHA-256 of every byte before this record

A file that was cut short, extended or damaged is refused before anything is read from it into a service. The hash finds
accidents; who can write the file can write its hash, so a backup is kept where the key is kept.
"""

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, Final

from sqlalchemy import Date, LargeBinary, Table

from intake.errors import BackupError
from intake.schema import bundles, conditions, dangers, envelopes, erasures, holds, letters, threads

_PREFIX: Final = struct.Struct(">IB")
_END: Final = struct.Struct(">Q32s")
_JSON_LENGTH: Final = struct.Struct(">I")
_FILE_KIND: Final = 1
_ROW_KIND: Final = 2
_END_KIND: Final = 255
_MAX_BODY_BYTES: Final = 2 * 1_048_576
_CUT: Final = "The backup is cut short; take another copy."
_DAMAGED: Final = "The backup is damaged; take another copy."


@dataclass(frozen=True)
class Kind:
    """What a backup is of: its first 16 bytes, the tables whose rows it may hold, and what it is called."""

    magic: bytes
    tables: Mapping[str, Table]
    of: str


def kind_of(magic: bytes, of: str, *tables: Table) -> Kind:
    """Return the kind of a backup of those tables."""
    return Kind(magic, {table.name: table for table in tables}, of)


LETTERS: Final = kind_of(
    b"heard backup v1\n", "Heard's intake", threads, letters, envelopes, erasures, bundles, holds, dangers, conditions
)


@dataclass(frozen=True)
class KeptFile:
    """A file of the data folder: its name there and its content (bytes)."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class KeptRow:
    """A row of the table with that name."""

    table: str
    columns: Mapping[str, Any] = field(repr=False)


class ArchiveWriter:
    """Writes one backup into `target`, a record at a time."""

    def __init__(self, target: BinaryIO, kind: Kind = LETTERS) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self._count = 0
        self._write(kind.magic)

    def add_file(self, kept: KeptFile) -> None:
        """Add one small file."""
        name = kept.name.encode("ascii")
        self._add(_FILE_KIND, bytes([len(name)]) + name + kept.content)

    def add_row(self, kept: KeptRow) -> None:
        """Add one row."""
        plain = {name: _to_json(value) for name, value in kept.columns.items() if name != "sealed"}
        document = json.dumps({"table": kept.table, "columns": plain}, separators=(",", ":")).encode("ascii")
        self._add(_ROW_KIND, _JSON_LENGTH.pack(len(document)) + document + (kept.columns.get("sealed") or b""))

    def finish(self) -> int:
        """Write the end and return the number of records."""
        self._target.write(_PREFIX.pack(_END.size, _END_KIND) + _END.pack(self._count, self._hash.digest()))
        return self._count

    def _add(self, kind: int, body: bytes) -> None:
        self._count += 1
        self._write(_PREFIX.pack(len(body), kind))
        self._write(body)

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        self._target.write(data)


def verify_archive(source: BinaryIO, kind: Kind = LETTERS) -> int:
    """Read a whole backup and return its number of records; `source` is left at its start. Raises BackupError."""
    count = sum(1 for _ in read_archive(source, kind))
    source.seek(0)
    return count


def read_archive(source: BinaryIO, kind: Kind = LETTERS) -> Iterator[KeptFile | KeptRow]:
    """Yield every record of the backup in `source`, from its start, in constant memory.

    Raises BackupError, for the hash only at the end: call `verify_archive` before acting on any of it.
    """
    source.seek(0)
    digest = hashlib.sha256()
    if (magic := source.read(len(kind.magic))) != kind.magic:
        raise BackupError(f"This is not a backup of {kind.of}, or of a version that this program does not know.")
    digest.update(magic)
    count = 0
    while True:
        prefix = _read_exactly(source, _PREFIX.size)
        length, record = _PREFIX.unpack(prefix)
        if length > _MAX_BODY_BYTES:
            raise BackupError(_DAMAGED)
        body = _read_exactly(source, length)
        if record == _END_KIND:
            if body != _END.pack(count, digest.digest()) or source.read(1):
                raise BackupError(_DAMAGED)
            return
        digest.update(prefix + body)
        count += 1
        yield _parse(record, body, kind.tables)


def _parse(record: int, body: bytes, tables: Mapping[str, Table]) -> KeptFile | KeptRow:
    try:
        if record == _FILE_KIND:
            end = 1 + body[0]
            return KeptFile(body[1:end].decode("ascii"), body[end:])
        if record == _ROW_KIND:
            return _parse_row(body, tables)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error, RecursionError):
        raise BackupError(_DAMAGED) from None
    raise BackupError("The backup holds a record of an unknown kind; update this program.")


def _parse_row(body: bytes, tables: Mapping[str, Table]) -> KeptRow:
    (length,) = _JSON_LENGTH.unpack_from(body)
    start = _JSON_LENGTH.size
    document = json.loads(body[start : start + length])
    table = tables[document["table"]]
    columns = {name: _from_json(table, name, value) for name, value in document["columns"].items()}
    if table is envelopes:
        columns["sealed"] = body[start + length :]
    if table is dangers:
        columns["sealed"] = body[start + length :] or None
    return KeptRow(table.name, columns)


def _to_json(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _from_json(table: Table, name: str, value: Any) -> object:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _read_exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) != length:
        raise BackupError(_CUT)
    return data
