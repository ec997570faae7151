"""`reviewer heard`: tell a person that a reviewer has read what they sent."""

import argparse

from reviewer.answering import say_heard, thread_of
from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.noticing import Notices
from reviewer.reading import find
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = "  reviewer heard 3f9a2c"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "heard", "tell a person that a reviewer has read what they sent", _EXAMPLE)
    parser.add_argument("id", metavar="ID", help="the first digits of a letter's ID, as `list` shows them")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Sign and keep it for the next export."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        letter = find(desk.ledger, options.id)
        thread_of(desk.ledger, letter)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            work.line(letter)
            work.seat.require(Right.READ)
            notice = say_heard(Notices(desk.ledger, desk.vault), panel[0], letter)
            work.store.note(work.seat.who, Act.HEARD, [letter.digest])
        if options.json:
            say_json({"demonstration": desk.demonstration, "notice": notice.digest, "sequence": notice.sequence})
        else:
            say("Signed and sealed. It leaves with the next `reviewer export`.")
