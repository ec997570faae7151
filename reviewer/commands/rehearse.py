"""`reviewer rehearse`: prove with the custodians' shares that losing some of them is survivable."""

import argparse
from datetime import date

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.custody.rehearsing import Rehearsed, rehearse
from reviewer.desk import Desk, open_desk
from reviewer.errors import MixedSharesError
from reviewer.gathering import gather
from reviewer.terminal import say, say_json

_EXAMPLE = """\
  reviewer rehearse
  reviewer rehearse --share share-1-of-3.json --share share-2-of-3.json --share share-3-of-3.json

  Bring every custodian's share. Each set that should open is put together once and compared with the card; nothing
  is unlocked and nothing of a share is kept. The custody record notes that it was done."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "rehearse", "prove that any shares which may be lost can be lost", _EXAMPLE)
    parser.add_argument("--epoch", type=int, metavar="E", help="the epoch to rehearse (default: the newest)")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Gather every share, try every set."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        card = desk.chosen(options.epoch)
        groups = gather(given(options), desk.cards, card, card.custodians)
        if [group[0] for group in groups] != [card]:
            raise MixedSharesError(f"Rehearse one epoch at a time: bring shares of epoch {card.epoch}, or say --epoch.")
        found = rehearse(groups[0][1], card)
        shares = sorted({number for numbers in found.opened for number in numbers})
        desk.custody.add("rehearsed", card.epoch, date.today(), set=found.set_number, shares=shares)
        _tell(found, desk, card.custodians - card.threshold, as_json=options.json)


def _tell(found: Rehearsed, desk: Desk, spare: int, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "demonstration": desk.demonstration,
                "set": found.set_number,
                "opened": found.opened,
                "missing": found.missing,
                "proven": not found.missing,
            }
        )
        return
    for numbers in found.opened:
        say(f"  shares {' and '.join(map(str, numbers))} open")
    if found.missing:
        say(
            f"Nothing is known of share(s) {', '.join(map(str, found.missing))}: they were not here. Rehearse again with all."
        )
        return
    say(f"Every set opens: any {spare} of the shares may be lost." if spare else "All open together; none may be lost.")
