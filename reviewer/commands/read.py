"""`reviewer read`: open letters and print them, without leaving anything of them on disk."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from reviewer.cases.casework import Casework
from reviewer.cases.showing import Shelf
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.reveal import reveal
from reviewer.commands.work import add_reader_options, at_work
from reviewer.danger import DangerReading, read_danger
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_json
from reviewer.dossier import counts_now
from reviewer.entries import LetterEntry
from reviewer.errors import SettingsError
from reviewer.opening import Unlocked
from reviewer.reading import SHORT_ID, Reading, find
from reviewer.terminal import note, say
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer read 3f9a2c
  reviewer read 3f9a2c --share share-1-of-3.json --share share-3-of-3.json
  reviewer read --all --json

  At a terminal it asks before each part. What a letter holds that could move a terminal's cursor or hide text is shown as
  ⟦U+202E⟧. --json prints each letter exactly as it was sealed, one a line."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "read", "open a letter and print it", _EXAMPLE)
    parser.add_argument(
        "id", nargs="*", metavar="ID", help="the first digits of a letter's ID, at least 6, as `list` shows them"
    )
    parser.add_argument(
        "--all", action="store_true", help="every imported letter, oldest week first; only while there are no readers"
    )
    parser.add_argument("--all-parts", action="store_true", help="do not ask before each part at a terminal")
    add_share_options(parser)
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open and print."""
    if options.all == bool(options.id):
        raise SettingsError("Name the letters to read (see `reviewer list`), or say --all.")
    with open_desk(station(options), options.json) as desk:
        entries = desk.ledger.imported() if options.all else [find(desk.ledger, name) for name in options.id]
        panel = use_panel(given(options), desk, desk.card_of(entries))
        if desk.purpose == "lead":
            for entry in entries:
                record = read_danger(entry, desk.vault, panel)
                _print_json(record) if options.json else _print(record)
        else:
            with at_work(desk, options, panel) as work:
                if options.all and work.seat.reader is not None:
                    raise SettingsError("Readers read one letter at a time: see `reviewer next`.")
                _read(desk, work, panel, entries, options)
        if options.all and (aside := desk.ledger.counts().set_aside):
            note(f"{aside} set aside, not shown; see `reviewer list`.")


def _read(
    desk: Desk,
    work: Casework,
    panel: Sequence[Unlocked],
    entries: Sequence[LetterEntry],
    options: argparse.Namespace,
) -> None:
    shelf, today = Shelf(desk, work, panel), date.today()
    staged = not (options.all or options.all_parts or options.json) and sys.stdin.isatty() and sys.stdout.isatty()
    for entry in entries:
        line = work.line(entry)
        work.require_opening(entry, [line] if line is not None else [], today)
        reading = shelf.read(entry)
        work.note_opening(entry.digest, line, today)
        if options.json:
            _print_json(reading)
        elif not reveal(reading, staged=staged):
            note(
                "Stopped. The letter waits for you; `reviewer hand-over` gives it to somebody else, and no reason is asked for."
            )
            return
        if line is not None:
            work.store.mark_seen(entry.digest)
        if reading.opened.letter.consents and not counts_now(desk.ledger, entry):
            _warn_of_choices(entry, as_json=options.json)
    tell_pace(work, today)


def tell_pace(work: Casework, today: date) -> None:
    """Say how many accounts a reader has opened today, and when it is time for a break."""
    if work.seat.reader is None:
        return
    pace = work.store.pace(work.seat.reader, today)
    rest = " Take a break before the next one." if pace.wants_break else ""
    note(f"{pace.opened} of {pace.limit} accounts today.{rest}")


def _print(reading: DangerReading) -> None:
    for line in reading.lines():
        say(line)
    say()


def _warn_of_choices(entry: LetterEntry, *, as_json: bool) -> None:
    short = entry.digest[:SHORT_ID]
    line = f"⟦choices⟧ Those in letter {short} are not the ones that count now: see `reviewer thread {short}`."
    note(line) if as_json else say(f"{line}\n")


def _print_json(reading: Reading | DangerReading) -> None:
    if sys.stdout.isatty():
        # The same JSON value, with what a terminal must not see escaped.
        say(safe_json(reading.content.decode("utf-8")))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(reading.content + b"\n")
    sys.stdout.buffer.flush()
