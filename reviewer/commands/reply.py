"""`reviewer reply`: answer one person."""

import argparse

from reviewer.answering import reply, thread_of
from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.wording import add_text_options, read_text
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_text
from reviewer.errors import AnswerError
from reviewer.noticing import Notices
from reviewer.reading import find
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer reply 3f9a2c --text-file answer.txt

  The reply is shown once more and signed only after a typed yes (or --yes)."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "reply", "answer one person", _EXAMPLE)
    parser.add_argument("id", metavar="ID", help="the first digits of the ID of the letter that is answered")
    add_text_options(parser, "what the reply says")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show, ask, sign, and keep it for the next export."""
    text = read_text(options, "the reply")
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        letter = find(desk.ledger, options.id)
        thread_of(desk.ledger, letter)
        if not options.yes:
            note(safe_text(text))
            if ask("Sign this and send it to that person? Type yes: ").strip().lower() != "yes":
                raise AnswerError("Nothing was signed.")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            work.line(letter)
            work.seat.require(Right.READ)
            notice = reply(Notices(desk.ledger, desk.vault), panel[0], letter, text)
            work.store.note(work.seat.who, Act.REPLIED, [letter.digest])
        if options.json:
            say_json({"demonstration": desk.demonstration, "notice": notice.digest, "sequence": notice.sequence})
        else:
            say("Signed and sealed. It leaves with the next `reviewer export`.")
