"""`reviewer backup`: the whole station in one encrypted file, and which backups there are."""

import argparse
from datetime import date
from pathlib import Path

from reviewer.archive import SIGNATURE, write_backup
from reviewer.cases.casework import Casework
from reviewer.cases.readers import Right
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.errors import BackupError, SettingsError
from reviewer.files import show
from reviewer.terminal import Progress, say, say_json
from reviewer.unlocking import InHand, unlock_panel

_EXAMPLE = """\
  reviewer backup --to /media/backup-stick
  reviewer backup --list
  reviewer backup --gone 3        (every copy of backup 3 was destroyed)

  Sealed to the newest panel and signed by it. Backups that are not gone are named whenever something is destroyed."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "backup", "write the whole station to one encrypted file", _EXAMPLE)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", type=Path, metavar="DIR", help="where to write the file and its signature")
    what.add_argument("--list", action="store_true", help="list the backups that were made")
    what.add_argument("--gone", type=int, metavar="N", help="note that every copy of backup N was destroyed")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write, list, or note."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        with at_work(desk, options, panel) as work:
            if not options.list:
                work.seat.require(Right.MANAGE)
            if options.gone is not None:
                work.store.mark_gone(work.seat.who, options.gone)
            if options.to is not None:
                _write(desk, work, panel[0], options.to)
            rows = list(work.store.backups())
    if options.json:
        backups = [
            {"number": row.number, "day": row.day, "name": row.name, "sha256": row.digest, "gone": row.gone}
            for row in rows
        ]
        say_json({"demonstration": desk.demonstration, "backups": backups})
        return
    if options.to is not None:
        for suffix in ("", SIGNATURE):
            say(f"  {show(options.to / (rows[-1].name + suffix))}")
        say("Keep both files together, apart from this machine. `reviewer restore` puts them back.")
        return
    for row in rows:
        say(f"{row.number:>4}  {row.day}  {row.name}{'  (gone)' if row.gone else ''}")


def _write(desk: Desk, work: Casework, unlocked: InHand, folder: Path) -> None:
    if unlocked.card.epoch != desk.newest.epoch:
        raise BackupError(f"A backup is sealed to the newest panel: bring shares of epoch {desk.newest.epoch}.")
    if folder.absolute().is_relative_to(desk.station.root):
        raise SettingsError("A backup does not lie in the station's own folder; choose another one with --to.")
    number = work.store.next_backup()
    with Progress("Files", 0) as progress:
        written = write_backup(desk.station, work.store, unlocked, folder, number, progress.step)
    work.store.add_backup(work.seat.who, number, written.name, written.digest, date.today())
