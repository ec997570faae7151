"""`reviewer list`: which letters there are. No share is needed, since nothing secret is shown."""

import argparse
from collections.abc import Mapping
from typing import Any, Final

from crypto.constants import LETTER_KINDS, RECORD_KINDS
from reviewer.commands.options import Commands, add_command, station
from reviewer.desk import open_desk
from reviewer.entries import LetterEntry
from reviewer.reading import SHORT_ID, call_of
from reviewer.terminal import say, say_json

_EXAMPLE = "  reviewer list"
_KINDS: Final[Mapping[int, str]] = {code: name for name, code in (LETTER_KINDS | RECORD_KINDS).items()}
_UNKNOWN: Final = "unknown"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "list", "list the letters, oldest week first", _EXAMPLE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List the letters."""
    with open_desk(station(options), options.json) as desk:
        if options.json:
            say_json(
                {"demonstration": desk.demonstration, "letters": [_fields(entry) for entry in desk.ledger.letters()]}
            )
            return
        say(f"{'ID':{SHORT_ID}}  {'WEEK':8}  {'BYTES':>9}  {'BUNDLE':>6}  {'KIND':11}  STATUS")
        for entry in desk.ledger.letters():
            acknowledged = "acknowledged" if entry.acknowledged else None
            status = ": ".join(part for part in (entry.status, entry.reason, call_of(entry), acknowledged) if part)
            come = f"{_week(entry):8}  {entry.size:>9,}  {entry.bundle:>6}"
            say(f"{entry.digest[:SHORT_ID]}  {come}  {_kind(entry):11}  {status}")


def _week(entry: LetterEntry) -> str:
    year, week = divmod(entry.week, 100)
    return f"{year:04}-W{week:02}" if entry.week else "unknown"


def _kind(entry: LetterEntry) -> str:
    """Return what its record says it is. Nothing was kept of a letter that was taken back before it came."""
    return _KINDS.get(entry.kind, _UNKNOWN) if entry.size else _UNKNOWN


def _fields(entry: LetterEntry) -> dict[str, Any]:
    return {
        "id": entry.digest,
        "kind": _kind(entry),
        "week": _week(entry),
        "bytes": entry.size,
        "bundle": entry.bundle,
        "epoch": entry.epoch,
        "acknowledged": entry.acknowledged,
        "call": entry.call,
        "part": entry.part,
        "status": entry.status,
        "reason": entry.reason,
        "confirmed": entry.confirmed is not None,
    }
