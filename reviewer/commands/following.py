"""`reviewer next`: what comes next for a reader, without a word of it."""

import argparse
from datetime import date
from typing import Any

from reviewer.cases.casework import Casework
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark
from reviewer.cases.store import Line
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.read import tell_pace
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_line
from reviewer.reading import SHORT_ID
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer next

  Where somebody may be at risk comes first, then the oldest week. What was taken back waits for two people and is named.
  Nobody else gets the letter meanwhile; `reviewer hand-over ID` gives it back, and no reason is asked for."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "next", "say which letter to read next, and what it is about", _EXAMPLE)
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Choose, and say what it is about."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            work.seat.require(Right.READ)
            line = work.store.next_for(work.seat.reader)
            marks = work.store.marks(line.person) if line is not None else frozenset()
            fields = _fields(desk, work, line, marks)
            if options.json:
                say_json({"demonstration": desk.demonstration} | fields)
                return
            for text in _lines(fields):
                say(text)
            tell_pace(work, date.today())


def _fields(desk: Desk, work: Casework, line: Line | None, marks: frozenset[Mark]) -> dict[str, Any]:
    taken_back = len(desk.ledger.threads_to_destroy()) + len(desk.ledger.parts_to_destroy())
    letter = None
    if line is not None:
        letter = {
            "id": line.digest,
            "kind": line.kind,
            "week": line.week,
            "language": line.language,
            "channel": line.channel,
            "topics": list(line.topics),
            "words": line.words,
            "risk": Mark.RISK in marks,
            "hint": line.hint,
            "two_people": Mark.TWO in marks,
        }
    return {"taken_back": taken_back, "unread": work.store.count_unseen(), "letter": letter}


def _lines(fields: dict[str, Any]) -> list[str]:
    lines = []
    letter = fields["letter"]
    if letter is None:
        lines.append(f"There is nothing for you to read now; {fields['unread']} letter(s) unread in all.")
    else:
        year, week = divmod(letter["week"], 100)
        when = f"{year:04}-W{week:02}" if letter["week"] else "week unknown"
        lines.append(
            f"Next: {letter['id'][:SHORT_ID]}  {letter['kind']}, {when}, {letter['channel']}, {letter['language']}"
        )
        lines.append(
            f"  {letter['words']} word(s) typed. Topics: {', '.join(map(safe_line, letter['topics'])) or 'none'}."
        )
        if letter["risk"]:
            lines.append("  RISK: somebody marked this thread.")
        elif letter["hint"]:
            lines.append("  It may tell of a risk: one of the phrases was found that are looked for.")
        if letter["two_people"]:
            lines.append("  Two people open it: name the other one with --second.")
    if fields["taken_back"]:
        lines.append(f"Taken back, waiting for two people and `reviewer destroy`: {fields['taken_back']}.")
    return lines
