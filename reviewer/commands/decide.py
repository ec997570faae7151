"""`reviewer mark` and `reviewer release`: what people decide about a thread."""

import argparse
from collections.abc import Mapping
from typing import Final

from reviewer.cases.deciding import Decider
from reviewer.cases.rows import Mark
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.entries import LetterEntry
from reviewer.reading import find
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

MARKS: Final[Mapping[str, Mark]] = {"risk": Mark.RISK, "two-people": Mark.TWO}
_MARK = """\
  reviewer mark 3f9a2c --as risk
  reviewer mark 3f9a2c --as two-people

  risk: its letters are read first. two-people: nobody opens the thread alone any more; taking that back takes two as well."""
_RELEASE = """\
  reviewer release 3f9a2c --reader ann --second bo

  A publisher and a second reader decide together that a thread may be used as its choices allow. It is refused while no choice
  counts as Yes. Nothing leaves the station by it."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    for name, summary, example in (
        ("mark", "mark a thread, so that it is read first, or by two people only", _MARK),
        ("release", "decide, two people together, that a thread may be used", _RELEASE),
    ):
        parser = add_command(commands, name, summary, example)
        parser.add_argument("id", metavar="ID", help="the first digits of the ID of any of its letters")
        if name == "mark":
            parser.add_argument("--as", dest="mark", choices=sorted(MARKS), required=True, help="which mark")
            parser.add_argument("--remove", action="store_true", help="take the mark back")
        add_share_options(parser)
        add_reader_options(parser, two=True)
        parser.set_defaults(run=run, decision=name)


def run(options: argparse.Namespace) -> None:
    """Note what was decided by those who are here."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        entry = find(desk.ledger, options.id)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            mark, remove = _decide(Decider(desk, work, panel), entry, options)
    if options.json:
        say_json({"demonstration": desk.demonstration, "mark": mark.value, "removed": remove})
    else:
        say(f"{'Taken back' if remove else 'Noted'}: {mark.value}.")


def _decide(decider: Decider, entry: LetterEntry, options: argparse.Namespace) -> tuple[Mark, bool]:
    """Decide, and return which mark was given or taken back. Raises ReaderError."""
    if options.decision == "release":
        decider.release(entry)
        return Mark.RELEASED, False
    mark = MARKS[options.mark]
    decider.mark(entry, mark, remove=options.remove)
    return mark, options.remove
