"""The log of closings: every withdrawal and replacement of words, outside every backup, so that a restore can do them again.

    magic (16) | id (16) | chain (32) | entry …
    entry: length of body u32 | body (`intake.closing`) | chain (32)

The chain begins with the id and covers every body, so nothing can be taken out, changed or put in between. An entry is on
the disk before the database commits. Nothing here is readable: letters are sealed, and a day is the finest time.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

from intake.closing import ALTERED, BODY_SIZES, Closed
from intake.errors import ClosingsError, StoreUnavailableError
from intake.folder import new_file, sync_folder

_MAGIC: Final = b"heard closed v1\n"
_ID_BYTES: Final = 16
_CHAIN_BYTES: Final = 32
HEAD_BYTES: Final = len(_MAGIC) + _ID_BYTES + _CHAIN_BYTES
_LENGTH: Final = struct.Struct(">I")
_LABEL: Final = b"heard/v1/closings"
_SECONDS_BETWEEN: Final = 0.01
_COPY_BYTES: Final = 1_048_576


@dataclass(frozen=True)
class Point:
    """How far a log went: its id (32 hex), the number of its entries, its chain value (64 hex) and its length in bytes."""

    log: str
    count: int
    chain: str
    length: int

    def encode(self) -> str:
        """Return it as the database keeps it."""
        return f"{self.log} {self.count} {self.chain} {self.length}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `encode` wrote."""
        log, count, chain, length = text.split(" ")
        return cls(log, int(count), chain, int(length))

    @classmethod
    def first(cls, log: str) -> Self:
        """Return the beginning of the log with that id."""
        return cls(log, 0, _link(bytes(_CHAIN_BYTES), bytes.fromhex(log)).hex(), HEAD_BYTES)


_MISSING: Final = "The log of closings is missing; bring a copy with `intake replay --log FILE`."
_FOREIGN: Final = (
    "The log of closings is of another installation, or was begun after the backup was made; bring the right one with "
    "`intake replay --log FILE`."
)
_CUT: Final = (
    "The log of closings is cut short or damaged: what is sound of it ends before the backup was made. Bring a later copy with "
    "`intake replay --log FILE`."
)


class OpenLog:
    """A log that this process has locked. Nobody else adds to it until it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        head = file.read(HEAD_BYTES)
        self.log = head[len(_MAGIC) : len(_MAGIC) + _ID_BYTES].hex()
        if len(head) != HEAD_BYTES or head != _head(self.log):
            raise ClosingsError(ALTERED)

    def after(self, point: Point) -> Iterator[tuple[Closed, Point]]:
        """Yield every entry after `point`, each with the point behind it. A last entry that is torn does not count.

        Of what stands before, only the chain value is compared: `verify` reads all of it. Raises ClosingsError.
        """
        if point.log != self.log:
            raise ClosingsError(_FOREIGN)
        self._file.seek(point.length - _CHAIN_BYTES)
        found = self._file.read(_CHAIN_BYTES)
        if len(found) < _CHAIN_BYTES:
            raise ClosingsError(_CUT)
        if found.hex() != point.chain:
            raise ClosingsError(ALTERED)
        while (body := self._read(point)) is not None:
            point = _behind(point, body)
            yield Closed.parse(body), point

    def verify(self, point: Point) -> Point:
        """Read the whole log and return its end. Raises ClosingsError unless it is sound and `point` is one of its points."""
        if point.log != self.log:
            raise ClosingsError(_FOREIGN)
        first = end = Point.first(self.log)
        met = first == point
        for _, behind in self.after(first):
            met, end = met or behind == point, behind
        if not met:
            raise ClosingsError(_CUT if end.count < point.count else ALTERED)
        return end

    def append(self, point: Point, closed: Closed) -> Point:
        """Add an entry after `point`, durably, and return the point behind it. What was torn there is written over.

        Raises StoreUnavailableError when the disk refuses.
        """
        body = closed.encode()
        behind = _behind(point, body)
        try:
            self.cut(point)
            self._file.write(_LENGTH.pack(len(body)) + body + bytes.fromhex(behind.chain))
            self._sync()
        except OSError:
            raise StoreUnavailableError("disk") from None
        return behind

    def cut(self, point: Point) -> None:
        """Take away what stands after `point`. Raises OSError."""
        if self._file.seek(0, os.SEEK_END) > point.length:
            self._file.truncate(point.length)
            self._sync()
        self._file.seek(point.length)

    def _read(self, point: Point) -> bytes | None:
        """Return the body of the entry after `point`; None at the end, and where a crash tore the last entry.

        A power cut may also leave zeroes where it was to stand. Anything else that does not fit was altered.
        """
        prefix = self._file.read(_LENGTH.size)
        if len(prefix) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(prefix)
        if length not in BODY_SIZES:
            self._require_torn(prefix)
            return None
        body = self._file.read(length)
        chain = self._file.read(_CHAIN_BYTES)
        if len(chain) < _CHAIN_BYTES:
            return None
        if chain.hex() != _behind(point, body).chain:
            self._require_torn(b"")
            return None
        return body

    def _require_torn(self, block: bytes) -> None:
        """Raise ClosingsError unless nothing follows but zeroes."""
        while not any(block):
            block = self._file.read(_COPY_BYTES)
            if not block:
                return
        raise ClosingsError(ALTERED)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


class ClosingsLog:
    """The log at `path`. Several processes of one machine may share it; each waits up to `seconds` for its turn."""

    def __init__(self, path: Path, seconds: float = 10) -> None:
        self.path = path
        self._seconds = seconds

    def begin(self, log: str) -> None:
        """Make an empty log with that id, unless it is there. Never replaces another. Raises ClosingsError, FolderError."""
        if not self.path.exists():
            with new_file(self.path) as file:
                file.write(_head(log))
        with self.opened() as there:
            if there.log != log:
                raise ClosingsError(
                    f"There is a log of closings of another installation at {self.path}. To restore a backup, run "
                    "`intake restore FILE`; to begin anew, move that log away first."
                )

    def unused(self) -> str | None:
        """Return the id of a log that is here and was begun but never used. Raises ClosingsError."""
        if not self.path.exists():
            return None
        with self.opened() as here:
            return here.log if next(here.after(Point.first(here.log)), None) is None else None

    @contextmanager
    def opened(self) -> Iterator[OpenLog]:
        """Lock the log and yield it. Raises ClosingsError when it is missing or no log, StoreUnavailableError when busy."""
        try:
            file = self.path.open("r+b")
        except FileNotFoundError:
            raise ClosingsError(_MISSING) from None
        except OSError as error:
            raise ClosingsError(f"The log of closings cannot be opened ({error.strerror}).") from None
        with file:
            self._lock(file.fileno())
            yield OpenLog(file)

    def adopt(self, copy: Path, point: Point) -> None:
        """Put a copy from elsewhere in this log's place when it is sound, holds `point`, and goes further than what is here.

        What is here and does not hold `point` is set aside. Raises ClosingsError, also when the two went different ways.
        """
        with ClosingsLog(copy, self._seconds).opened() as other:
            there = other.verify(point)
        if self.path.exists():
            end = self._end(point)
            if end is None:
                self.set_aside()
            else:
                shorter, longer = sorted((end, there), key=lambda one: one.count)
                with ClosingsLog(copy if longer == there else self.path, self._seconds).opened() as log:
                    log.verify(shorter)
                if longer == end:
                    return
        with copy.open("rb") as reading, new_file(self.path) as writing:
            shutil.copyfileobj(reading, writing, _COPY_BYTES)

    def set_aside(self) -> None:
        """Move a log that fits nothing out of the way, and keep it beside."""
        self.path.rename(self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}"))
        sync_folder(self.path.parent)

    def _end(self, point: Point) -> Point | None:
        """Return the end of the log that is here, or None when it is not sound or not the one of `point`."""
        try:
            with self.opened() as here:
                return here.verify(point)
        except ClosingsError:
            return None

    def _lock(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StoreUnavailableError("busy") from None
                time.sleep(_SECONDS_BETWEEN)


def new_log() -> str:
    """Return the id (32 hex) of a new log."""
    return secrets.token_hex(_ID_BYTES)


def _head(log: str) -> bytes:
    first = Point.first(log)
    return _MAGIC + bytes.fromhex(log) + bytes.fromhex(first.chain)


def _behind(point: Point, body: bytes) -> Point:
    chain = _link(bytes.fromhex(point.chain), body)
    return Point(point.log, point.count + 1, chain.hex(), point.length + _LENGTH.size + len(body) + _CHAIN_BYTES)


def _link(chain: bytes, body: bytes) -> bytes:
    return hashlib.sha256(_LABEL + chain + hashlib.sha256(body).digest()).digest()
