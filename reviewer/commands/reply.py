"""`reviewer reply`: answer one person."""

import argparse
from pathlib import Path

from reviewer.answering import reply, thread_of
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import open_desk
from reviewer.display import safe_text
from reviewer.errors import AnswerError, SettingsError
from reviewer.files import read_small
from reviewer.noticing import Notices
from reviewer.reading import find
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import unlock_panel

_MOST_BYTES = 1_048_576
_EXAMPLE = """\
  reviewer reply 3f9a2c --text-file answer.txt

  The reply is shown once more and signed only after a typed yes (or --yes)."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "reply", "answer one person", _EXAMPLE)
    parser.add_argument("id", metavar="ID", help="the first digits of the ID of the letter that is answered")
    parser.add_argument("--text", metavar='"…"', help="what the reply says")
    parser.add_argument("--text-file", type=Path, metavar="FILE", help="a file that holds it, in UTF-8")
    parser.add_argument("--yes", action="store_true", help="do not ask once more")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show, ask, sign, and keep it for the next export."""
    text = _text(options)
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        letter = find(desk.ledger, options.id)
        thread_of(desk.ledger, letter)
        if not options.yes:
            note(safe_text(text))
            if ask("Sign this and send it to that person? Type yes: ").strip().lower() != "yes":
                raise AnswerError("Nothing was signed.")
        panel = unlock_panel(given(options), desk.cards, desk.newest)
        notice = reply(Notices(desk.ledger, desk.vault), panel[0], letter, text)
        if options.json:
            say_json({"demonstration": desk.demonstration, "notice": notice.digest, "sequence": notice.sequence})
        else:
            say("Signed and sealed. It leaves with the next `reviewer export`.")


def _text(options: argparse.Namespace) -> str:
    """Return what is to be said, with LF line ends. Raises SettingsError, AnswerError, FolderError."""
    if (options.text is None) == (options.text_file is None):
        raise SettingsError("Give the reply as --text or as --text-file.")
    if options.text is not None:
        typed: str = options.text
    else:
        try:
            typed = read_small(options.text_file, _MOST_BYTES).decode("utf-8")
        except UnicodeDecodeError:
            raise AnswerError("The reply's file is not UTF-8; save it again as plain text.") from None
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
