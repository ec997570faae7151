"""`reviewer reply`: answer one person, from a template or in words of one's own."""

import argparse

from reviewer.answering import thread_of
from reviewer.cases.replying import Draft, Replier
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.wording import add_text_options, has_text, read_text
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_text
from reviewer.entries import LetterEntry
from reviewer.errors import AnswerError, SettingsError
from reviewer.reading import find
from reviewer.reply_templates import chosen, load_templates
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer reply 3f9a2c --text-file answer.txt
  reviewer reply 3f9a2c --template question --fill "Did the school answer you?"

  The reply is shown once more and signed only after a typed yes (or --yes). Where replies take two people (`reviewer policy`), name the other
  one with --second, who reads it as well; without, it waits in `reviewer replies` until somebody else has read and signed it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "reply", "answer one person", _EXAMPLE)
    parser.add_argument("id", metavar="ID", help="the first digits of the ID of the letter that is answered")
    parser.add_argument("--template", metavar="NAME", help="begin from that template; see `reviewer templates`")
    parser.add_argument(
        "--fill",
        action="append",
        default=[],
        metavar='"…"',
        help="words for a blank of the template; repeat in its order",
    )
    add_text_options(parser, "what the reply says")
    parser.add_argument("--language", metavar="TAG", help="its language (default: the template's, else en)")
    add_share_options(parser)
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show, ask, and sign it, or keep it for a second reader."""
    if options.template is None and options.fill:
        raise SettingsError("--fill goes with --template.")
    if options.template is not None and has_text(options):
        raise SettingsError("Give a template, or words of your own, not both.")
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("panel")
        letter = find(desk.ledger, options.id)
        thread_of(desk.ledger, letter)
        draft = _draft(desk, options)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            said, fields = _answer(Replier(desk, work, panel), letter, draft, options)
        if options.json:
            say_json({"demonstration": desk.demonstration} | fields)
        else:
            say(said)


def _draft(desk: Desk, options: argparse.Namespace) -> Draft:
    if options.template is None:
        return Draft(read_text(options, "the reply"), options.language or "en")
    template = chosen(load_templates(desk.station), options.template)
    words = options.fill or [ask(f"{blank}: ") for blank in template.blanks]
    return Draft(template.filled(words), options.language or template.language)


def _answer(
    replier: Replier, letter: LetterEntry, draft: Draft, options: argparse.Namespace
) -> tuple[str, dict[str, object]]:
    """Sign the reply or keep it; return what to say of it, for people and for programs."""
    replier.check(letter, draft)
    waits = replier.takes_two() and replier.work.seat.reader is not None and replier.work.seat.second is None
    question = "Keep this for a second reader?" if waits else "Sign this and send it to that person?"
    if not options.yes or replier.work.seat.second is not None:
        note(safe_text(draft.text))
    if not options.yes and ask(f"{question} Type yes: ").strip().lower() != "yes":
        raise AnswerError("Nothing was signed.")
    if waits:
        number = replier.prepare(letter, draft)
        return f"Reply {number} waits for a second reader: `reviewer replies --sign {number}`.", {"waiting": number}
    notice = replier.sign(letter, draft)
    return (
        "Signed and sealed. It leaves with the next `reviewer export`.",
        {"notice": notice.digest, "sequence": notice.sequence},
    )
