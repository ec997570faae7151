"""`reviewer search`: which letters hold some words."""

import argparse

from reviewer.cases.searching import look_for
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_line
from reviewer.reading import SHORT_ID
from reviewer.terminal import ask, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer search

  The words are asked for, since what is typed after a command may stay in the shell's history. All of them have to be there; `teach*`
  finds every word that begins so. Only IDs are shown, unless --excerpts is given."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "search", "find letters by words in them", _EXAMPLE)
    parser.add_argument("--words", metavar="TEXT", help="the words (default: ask)")
    parser.add_argument("--excerpts", action="store_true", help="show the place where they stand")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Ask, look, list."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        words = options.words or ask("Words to look for: ")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            shown = look_for(work, words, excerpts=options.excerpts)
    if options.json:
        fields = [
            {"id": one.line.digest, "kind": one.line.kind, "week": one.line.week}
            | ({"excerpt": one.excerpt} if options.excerpts else {})
            for one in shown
        ]
        say_json({"demonstration": desk.demonstration, "found": fields})
        return
    for one in shown:
        excerpt = f"  {safe_line(' '.join(one.excerpt.split()))}" if options.excerpts else ""
        say(f"{one.line.digest[:SHORT_ID]}  {one.line.kind}{excerpt}")
    say(f"{len(shown)} letter(s).")
