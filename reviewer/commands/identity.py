"""`reviewer identity`: write the panel's age identity to a file, for a program that is not ours to open letters with."""

import argparse
from pathlib import Path

from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.files import show, write_new
from reviewer.terminal import note, say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer identity --to /dev/shm/identity.txt --share share-1-of-3.json --share share-3-of-3.json

  The file opens every letter of its epoch without any share. Write it to memory, not to a disk, and erase it at once
  when you are done. docs/opening-with-age.md says how `age` and `age-encryption` use it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(
        commands, "identity", "write the panel's age identity, for other programs to open letters", _EXAMPLE
    )
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="a new file, readable by its owner alone"
    )
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Unlock, and write the identity of each epoch that the shares open, a line each."""
    with open_desk(station(options), options.json) as desk:
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        if desk.purpose == "panel":
            with at_work(desk, options, panel) as work:
                work.seat.require(Right.MANAGE)
                work.store.note(work.seat.who, Act.HANDED_OUT, [f"epoch {one.card.epoch}" for one in panel])
        lines = [one.keys.identity.encode() + "\n" for one in panel]
        write_new(options.to, "".join(lines).encode("ascii"))
        note("This file alone opens every letter of its epoch. Erase it as soon as you are done.")
        if options.json:
            say_json(
                {
                    "demonstration": desk.demonstration,
                    "file": str(options.to),
                    "epochs": [one.card.epoch for one in panel],
                }
            )
        else:
            say(f"The panel's identity is in {show(options.to)}.")
