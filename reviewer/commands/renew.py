"""`reviewer renew`: end the time in which an older epoch's shares open the case store."""

import argparse

from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import OpenedPanel
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.terminal import say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer renew --share share-1-of-3.json --share share-3-of-3.json

  Once the new epoch's bundles go both ways. The case store is written again under a new key, which the newest epoch's shares alone
  open. Backups of before still open with the older shares."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "renew", "put the case store under a new key of the newest epoch alone", _EXAMPLE)
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Note it, then write the store again."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        with at_work(desk, options, panel) as work:
            work.seat.require(Right.MANAGE)
            work.store.note(work.seat.who, Act.RENEWED, [f"epoch {desk.newest.epoch}"])
        strongbox = Strongbox(desk.station.cases, desk.cards)
        epoch = strongbox.renew(OpenedPanel(panel), [unlocked.card.epoch for unlocked in panel])
    if options.json:
        say_json({"demonstration": desk.demonstration, "epoch": epoch})
    else:
        say(f"The case store has a new key. Shares of epoch {epoch} alone open it.")
