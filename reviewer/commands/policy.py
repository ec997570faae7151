"""`reviewer policy`: rules of this station that its custodians choose."""

import argparse
from typing import Final

from reviewer.cases.readers import Right
from reviewer.cases.rules import Signing
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_SIGNING: Final = {one.value.replace(" ", "-"): one for one in Signing}
_EXAMPLE: Final = """\
  reviewer policy
  reviewer policy --replies two-people --reader ann

  two-people: whoever writes a reply never signs it alone; a second reader reads it first, at once or later. Custodians choose, and the log says it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "policy", "show or choose the rules of this station", _EXAMPLE)
    parser.add_argument("--replies", choices=sorted(_SIGNING), help="how many people a reply takes")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Choose, and show."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            if options.replies is not None:
                work.seat.require(Right.MANAGE)
                work.store.choose_signing(work.seat.who, _SIGNING[options.replies])
            signing = work.store.signing()
    if options.json:
        say_json({"demonstration": desk.demonstration, "replies": signing.value.replace(" ", "-")})
    else:
        say(f"Replies are signed by {signing.value}.")
