"""`reviewer destroy`: destroy what people took back, two custodians together."""

import argparse

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import Desk, open_desk
from reviewer.destroying import Destroyer
from reviewer.reading import SHORT_ID
from reviewer.terminal import say, say_json
from reviewer.unlocking import unlock_panel

_REMNANT_DAYS = 90
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
        default=_REMNANT_DAYS,
        metavar="N",
        help=f"how long sealed copies may last in backups; the receipt says it (default {_REMNANT_DAYS})",
    )
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List what waits, or destroy it."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        if not options.share:
            _list(desk, as_json=options.json)
            return
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        count = Destroyer(desk.ledger, desk.vault, panel, options.remnant_days).destroy()
        if options.json:
            say_json({"demonstration": desk.demonstration, "destroyed": count})
        else:
            say(f"{count} letter(s) destroyed. The receipts leave with the next `reviewer export`.")


def _list(desk: Desk, *, as_json: bool) -> None:
    waiting = [letter.digest for letter in Destroyer(desk.ledger, desk.vault, [], _REMNANT_DAYS).waiting()]
    if as_json:
        say_json({"demonstration": desk.demonstration, "waiting": waiting})
        return
    for digest in waiting:
        say(digest[:SHORT_ID])
    say(f"{len(waiting)} letter(s) taken back. Run this again with the shares of two custodians to destroy them.")
