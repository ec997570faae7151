"""`reviewer destroy`: destroy what people took back, two custodians together."""

import argparse
from datetime import date

from crypto.hold import in_force, last_day
from reviewer.cases.casework import Casework
from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.cases.rows import BackupRow
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.destroying import REMNANT_DAYS, Destroyer
from reviewer.errors import SettingsError
from reviewer.holding import Holds
from reviewer.reading import SHORT_ID
from reviewer.terminal import say, say_json
from reviewer.unlocking import unlock_panel

_MOST_DAYS = 3_650
_EXAMPLE = """\
  reviewer destroy
  reviewer destroy --share share-1-of-3.json --share share-3-of-3.json

  Without shares it lists what waits. With them it overwrites and removes the files, and signs a receipt for each person."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "destroy", "destroy what people took back", _EXAMPLE)
    parser.add_argument(
        "--remnant-days",
        type=int,
        default=REMNANT_DAYS,
        metavar="N",
        help="how long sealed copies may last in backups; the receipt says it, and so do the pages of the intake side "
        f"(its setting remnant_days): both must be the same (default {REMNANT_DAYS})",
    )
    add_share_options(parser)
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List what waits, or destroy it."""
    if not 1 <= options.remnant_days <= _MOST_DAYS:
        raise SettingsError(f"--remnant-days must be from 1 to {_MOST_DAYS}.")
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        if not options.share:
            _list(desk, as_json=options.json)
            return
        holds = Holds(desk.ledger, desk.vault, desk.cards)
        holds.require_none(date.today())  # before anybody types a passphrase
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        # What is destroyed here may also stand in the copy that an interrupted import left.
        desk.station.empty_incoming()
        with at_work(desk, options, panel) as work:
            count, backups = _destroy(work, Destroyer(desk.ledger, desk.vault, holds, panel, options.remnant_days))
        if options.json:
            out = [row.number for row in backups]
            say_json({"demonstration": desk.demonstration, "destroyed": count, "backups_out_of_reach": out})
            return
        say(f"{count} letter(s) destroyed. The receipts leave with the next `reviewer export`.")
        if count and backups:
            named = ", ".join(f"{row.number} of {row.day}" for row in backups)
            say(f"Out of reach, and to be destroyed by hand: backup(s) {named}. Then `reviewer backup --gone N`.")


def _destroy(work: Casework, destroyer: Destroyer) -> tuple[int, list[BackupRow]]:
    """Destroy what waits and note each letter; return how many, and the backups that may still hold them."""
    if work.seat.reader is not None:
        work.seat.require_two(Right.DESTROY, None)
    digests = [letter.digest for letter in destroyer.waiting()]
    count = destroyer.destroy(date.today())
    work.store.note(work.seat.who, Act.DESTROYED, digests)
    # What is kept as statistics, and whatever came back with a restored copy.
    work.filer.file()
    return count, work.store.out_of_reach()


def _list(desk: Desk, *, as_json: bool) -> None:
    holds = Holds(desk.ledger, desk.vault, desk.cards)
    waiting = [letter.digest for letter in Destroyer(desk.ledger, desk.vault, holds, []).waiting()]
    holding = in_force(holds.all(), date.today())
    until = last_day(holding) if holding else None
    if as_json:
        say_json({"demonstration": desk.demonstration, "waiting": waiting, "held_until": until})
        return
    for digest in waiting:
        say(digest[:SHORT_ID])
    if until is not None:
        say(
            f"{len(waiting)} letter(s) taken back. A legal hold is in force until {until}: they wait. See `reviewer hold`."
        )
        return
    say(f"{len(waiting)} letter(s) taken back. Run this again with the shares of two custodians to destroy them.")
