"""`reviewer mark`, `reviewer release` and `reviewer refer`: what people decide about a thread."""

import argparse
from collections.abc import Mapping
from typing import Final

from reviewer.cases.casework import Casework
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark
from reviewer.cases.showing import Shelf
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.dossier import open_dossier
from reviewer.entries import LetterEntry
from reviewer.errors import ReaderError
from reviewer.reading import find
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_MARKS: Final[Mapping[str, Mark]] = {"risk": Mark.RISK, "two-people": Mark.TWO}
_MARK = """\
  reviewer mark 3f9a2c --as risk
  reviewer mark 3f9a2c --as two-people

  risk: its letters are read first. two-people: nobody opens the thread alone any more; taking that back takes two as well."""
_RELEASE = """\
  reviewer release 3f9a2c --reader ann --second bo

  A publisher and a second reader decide together that a thread may be used as its choices allow. It is refused while no choice
  counts as Yes. Nothing leaves the station by it."""
_REFER = """\
  reviewer refer 3f9a2c --reader cy --second bo

  Somebody for safeguarding and a second person decide together that something is to be passed on. Nothing leaves by itself."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    for name, summary, example in (
        ("mark", "mark a thread, so that it is read first, or by two people only", _MARK),
        ("release", "decide, two people together, that a thread may be used", _RELEASE),
        ("refer", "decide, two people together, that something is to be passed on", _REFER),
    ):
        parser = add_command(commands, name, summary, example)
        parser.add_argument("id", metavar="ID", help="the first digits of the ID of any of its letters")
        if name == "mark":
            parser.add_argument("--as", dest="mark", choices=sorted(_MARKS), required=True, help="which mark")
            parser.add_argument("--remove", action="store_true", help="take the mark back")
        add_share_options(parser)
        add_reader_options(parser, two=True)
        parser.set_defaults(run=run, decision=name)


def run(options: argparse.Namespace) -> None:
    """Check who decides, and note it."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        entry = find(desk.ledger, options.id)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            line = work.line(entry)
            if line is None:
                raise ReaderError("Only a letter that counts can be decided about; see `reviewer list`.")
            mark, remove = _decide(work, options)
            if mark is Mark.RELEASED:
                _require_yes(work, Shelf(desk, work, panel), entry)
            work.store.mark(work.seat.who, line.person, entry.digest, mark, remove=remove)
    if options.json:
        say_json({"demonstration": desk.demonstration, "mark": mark.value, "removed": remove})
    else:
        say(f"{'Taken back' if remove else 'Noted'}: {mark.value}.")


def _decide(work: Casework, options: argparse.Namespace) -> tuple[Mark, bool]:
    """Return which mark is meant, when those who are here may give or take it. Raises ReaderError."""
    seat = work.seat
    if options.decision == "release":
        seat.require_two(Right.RELEASE)
        return Mark.RELEASED, False
    if options.decision == "refer":
        seat.require_two(Right.REFER)
        return Mark.REFERRED, False
    seat.require(Right.READ)
    mark = _MARKS[options.mark]
    if mark is Mark.TWO and options.remove:
        seat.require_two(Right.READ)
    return mark, options.remove


def _require_yes(work: Casework, shelf: Shelf, entry: LetterEntry) -> None:
    """Raise ReaderError unless some choice of the thread counts as Yes."""
    dossier = open_dossier(work.filer.ledger, shelf.read, entry)
    if not any(choice.counts for choice in dossier.effective.choices):
        raise ReaderError(
            "No choice in this thread counts as Yes, so nothing of it may be used. See `reviewer thread`."
        )
