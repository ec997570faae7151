"""`reviewer replies`: what waits for a second reader, who reads it and signs it."""

import argparse
from typing import Any

from reviewer.cases.replies import seen_of
from reviewer.cases.replying import Draft, Replier
from reviewer.cases.rows import ReplyRow
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.wording import add_text_options, has_text, read_text
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_text
from reviewer.errors import AnswerError, SettingsError
from reviewer.reading import SHORT_ID
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer replies
  reviewer replies --sign 2 --reader bo
  reviewer replies --change 2 --text-file better.txt
  reviewer replies --discard 2

  Without options it lists them, without a word of them. Whoever signs one did not write it, and is shown it first. Other words need
  somebody else to sign them again."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "replies", "list the replies that wait for a second reader, or sign one", _EXAMPLE)
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--sign", type=int, metavar="N", help="read reply N, and sign it")
    acts.add_argument("--change", type=int, metavar="N", help="put other words into reply N: --text or --text-file")
    acts.add_argument("--discard", type=int, metavar="N", help="take reply N out; nobody is sent it")
    add_text_options(parser, "the other words, with --change")
    parser.add_argument("--language", metavar="TAG", help="with --change: their language (default: as before)")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List, sign, change or discard."""
    if (options.change is not None) != has_text(options):
        raise SettingsError("--change N goes with the other words: --text or --text-file.")
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            replier = Replier(desk, work, panel)
            said = _act(replier, options)
            waiting = replier.waiting()
    if options.json:
        say_json({"demonstration": desk.demonstration, "waiting": [_fields(row) for row in waiting]})
    elif said:
        say(said)
    else:
        for row in waiting:
            say(
                f"{row.number}  to letter {row.digest[:SHORT_ID]}, by {row.by}, {row.day}, {len(row.text.split())} word(s)"
            )
        if not waiting:
            say("No reply waits.")


def _act(replier: Replier, options: argparse.Namespace) -> str:
    """Do what was asked, and say what was done; nothing when it was only to list."""
    if options.sign is not None:
        row = replier.one(options.sign)
        _confirm(row, "Sign this and send it to that person?", yes=options.yes)
        replier.sign_waiting(row.number, seen_of(row))
        return "Signed and sealed. It leaves with the next `reviewer export`."
    if options.change is not None:
        row = replier.one(options.change)
        draft = Draft(read_text(options, "the reply"), options.language or row.language)
        replier.change(row.number, seen_of(row), draft)
        return f"Reply {row.number} has other words, and waits for somebody else to sign them."
    if options.discard is not None:
        row = replier.one(options.discard)
        _confirm(row, "Discard this?", yes=options.yes)
        replier.discard(row.number, seen_of(row))
        return f"Reply {row.number} was discarded."
    return ""


def _confirm(row: ReplyRow, question: str, *, yes: bool) -> None:
    # Also with --yes: nobody signs words that they were not shown.
    note(safe_text(row.text))
    if not yes and ask(f"{question} Type yes: ").strip().lower() != "yes":
        raise AnswerError("Nothing was done.")


def _fields(row: ReplyRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "letter": row.digest,
        "by": row.by,
        "day": row.day,
        "language": row.language,
        "text": row.text,
    }
