"""`reviewer recuse` and `reviewer hand-over`: a thread that a reader does not get any more."""

import argparse

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.errors import ReaderError
from reviewer.reading import find
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_RECUSE = """\
  reviewer recuse 3f9a2c

  "I may know this person": from then on you see nothing of the thread, as if it were not here. Nobody is told, and the log does
  not say it. It cannot be undone, since you could not name the thread any more."""
_HAND_OVER = """\
  reviewer hand-over 3f9a2c

  Somebody else reads it. No reason is asked for, and none is kept."""


def add(commands: Commands) -> None:
    """Describe both commands."""
    for name, summary, example, may_know in (
        ("recuse", "see nothing of a thread any more, because you may know the person", _RECUSE, True),
        ("hand-over", "leave a thread to another reader, without a reason", _HAND_OVER, False),
    ):
        parser = add_command(commands, name, summary, example)
        parser.add_argument("id", metavar="ID", help="the first digits of the ID of any of its letters")
        add_share_options(parser)
        add_reader_options(parser)
        parser.set_defaults(run=run, may_know=may_know)


def run(options: argparse.Namespace) -> None:
    """Keep it."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        entry = find(desk.ledger, options.id)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            work.line(entry)
            if work.seat.name is None:
                raise ReaderError("This station has no readers yet; see `reviewer reader add`.")
            work.store.recuse(work.seat.name, work.person(entry), may_know=options.may_know)
    if options.json:
        say_json({"demonstration": desk.demonstration, "done": True})
    else:
        say("You see nothing of it any more." if options.may_know else "Somebody else gets it.")
