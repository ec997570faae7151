"""`reviewer read`: open letters and print them, without leaving anything of them on disk."""

import argparse
import sys
from collections.abc import Iterable

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_json
from reviewer.entries import LetterEntry, Status
from reviewer.errors import SettingsError
from reviewer.reading import Reading, find, read
from reviewer.terminal import note, say
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer read 3f9a2c
  reviewer read 3f9a2c --share share-1-of-3.json --share share-3-of-3.json
  reviewer read --all --json

  What a letter holds that could move a terminal's cursor or hide text is shown as ⟦U+202E⟧.
  --json prints each letter exactly as it was sealed, one a line."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "read", "open a letter and print it", _EXAMPLE)
    parser.add_argument(
        "id", nargs="*", metavar="ID", help="the first digits of a letter's ID, at least 6, as `list` shows them"
    )
    parser.add_argument("--all", action="store_true", help="every imported letter, oldest week first")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open and print."""
    if options.all == bool(options.id):
        raise SettingsError("Name the letters to read (see `reviewer list`), or say --all.")
    with open_desk(station(options), options.json) as desk:
        entries = _imported(desk) if options.all else [find(desk.ledger, name) for name in options.id]
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        for entry in entries:
            reading = read(entry, desk.vault, panel)
            _print_json(reading) if options.json else _print(reading)
        if options.all and (aside := desk.ledger.counts().set_aside):
            note(f"{aside} set aside, not shown; see `reviewer list`.")


def _imported(desk: Desk) -> Iterable[LetterEntry]:
    return (entry for entry in desk.ledger.letters() if entry.status == Status.IMPORTED)


def _print(reading: Reading) -> None:
    for line in reading.lines():
        say(line)
    say()


def _print_json(reading: Reading) -> None:
    if sys.stdout.isatty():
        # The same JSON value, with what a terminal must not see escaped.
        say(safe_json(reading.content.decode("utf-8")))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(reading.content + b"\n")
    sys.stdout.buffer.flush()
