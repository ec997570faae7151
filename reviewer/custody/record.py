"""The custody record: who held ceremonies, rehearsed, renewed and destroyed, day by day. One JSON line each, chained by SHA-256.

It holds names of custodians and witnesses, days, epochs and numbers of sets: no share, no key, nothing of a letter.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from reviewer.errors import CustodyRecordError
from reviewer.files import FILE_MODE, read_small

_FIRST: Final = "0" * 64
_MOST_BYTES: Final = 1 << 22
RECORDS_DESTROYED: Final = "records destroyed"
_KINDS: Final = frozenset(
    {"ceremony", "rehearsed", "renewed", "old shares destroyed", "epoch ended", RECORDS_DESTROYED}
)


@dataclass(frozen=True)
class CustodyEntry:
    """One act: its day, what it was (see the module), the epoch, and what more there is to know of it."""

    day: str
    what: str
    epoch: int
    details: dict[str, Any]


@dataclass(frozen=True)
class CustodyRecord:
    """The record of one station."""

    path: Path

    def entries(self) -> list[CustodyEntry]:
        """Return every entry, oldest first. Raises CustodyRecordError for a record that was altered."""
        return [entry for entry, _ in self._read()]

    def add(self, what: str, epoch: int, day: date, **details: Any) -> None:
        """Add an entry; it has reached the disk. Raises CustodyRecordError."""
        entries = self._read()
        previous = entries[-1][1] if entries else _FIRST
        line = _line(CustodyEntry(day.isoformat(), what, epoch, details), previous)
        descriptor = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(descriptor, "ab") as target:
            target.write(line)
            target.flush()
            os.fsync(target.fileno())

    def not_destroyed(self) -> list[CustodyEntry]:
        """Return the renewals whose old shares nobody has seen destroyed."""
        entries = self.entries()
        gone = {(entry.epoch, entry.details["set"]) for entry in entries if entry.what == "old shares destroyed"}
        return [
            entry
            for entry in entries
            if entry.what == "renewed" and (entry.epoch, entry.details["old_set"]) not in gone
        ]

    def sets(self, epoch: int) -> dict[int, str]:
        """Return the numbers of the sets that were made of an epoch, each with what its shares are on ("files", "sheets", "unknown")."""
        found: dict[int, str] = {}
        for entry in self.entries():
            if entry.epoch == epoch and entry.what == "renewed":
                found.setdefault(entry.details["old_set"], "unknown")
            if entry.epoch == epoch and entry.what in {"ceremony", "renewed"}:
                found[entry.details["set"]] = entry.details["on"]
        return found

    def _read(self) -> list[tuple[CustodyEntry, str]]:
        if not os.path.lexists(self.path):
            return []
        found: list[tuple[CustodyEntry, str]] = []
        previous = _FIRST
        for line in read_small(self.path, _MOST_BYTES).splitlines(keepends=True):
            entry = _parse(line)
            if entry is None or _line(entry, previous) != line:
                raise CustodyRecordError(
                    f"The custody record was altered or damaged at entry {len(found) + 1}; restore the station's copy."
                )
            previous = hashlib.sha256(line).hexdigest()
            found.append((entry, previous))
        return found


def _parse(line: bytes) -> CustodyEntry | None:
    try:
        document = json.loads(line)
        entry = CustodyEntry(document["day"], document["what"], document["epoch"], document["details"])
        date.fromisoformat(entry.day)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_entry = entry.what in _KINDS and type(entry.epoch) is int and type(entry.details) is dict
    return entry if is_entry else None


def _line(entry: CustodyEntry, previous: str) -> bytes:
    return json.dumps({**vars(entry), "previous": previous}).encode("ascii") + b"\n"


def described(entry: CustodyEntry) -> str:
    """Return an entry as one line for people."""
    details = entry.details
    match entry.what:
        case "ceremony":
            text = (
                f"ceremony: set {details['set']}, {details['threshold']} of {details['custodians']} on {details['on']}"
            )
        case "rehearsed":
            text = f"rehearsed: set {details['set']}, shares {_numbers(details['shares'])}"
        case "renewed":
            text = f"shares renewed: set {details['set']} on {details['on']}, after set {details['old_set']}"
        case "old shares destroyed":
            text = f"shares {_numbers(details['shares'])} of set {details['set']} destroyed before {' and '.join(details['witnesses'])}"
        case "records destroyed":
            text = f"{details['records']} record(s) of danger destroyed by custodians {_numbers(details['custodians'])}"
        case _:
            text = f"ended by custodians {_numbers(details['custodians'])}: {details['letters']} letter(s) destroyed"
    return f"{entry.day}  epoch {entry.epoch}  {text}"


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
