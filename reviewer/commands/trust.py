"""`reviewer trust`: believe an intake side, after a person compared the words of its key."""

import argparse
from pathlib import Path

from reviewer.commands.options import Commands, add_command, station
from reviewer.terminal import ask, mark_demonstration, note, say, say_json
from reviewer.trust import Candidate, check_replacement, keep

_EXAMPLE = """\
  reviewer trust intake.pub

  Telephone the intake side's operator, who runs `intake check` and reads out six words.
  Type what you hear: words or numbers, in any case, with or without commas."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "trust", "trust the intake side whose words a person has compared", _EXAMPLE)
    parser.add_argument("file", type=Path, metavar="FILE", help="the intake side's public key, intake.pub")
    parser.add_argument("--words", metavar='"…"', help="the six words or numbers, instead of typing them when asked")
    parser.add_argument("--replace", action="store_true", help="replace the key that is trusted now")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Compare, then trust."""
    candidate = Candidate.read(options.file)
    place = station(options)
    place.create()
    mark_demonstration(any(card.demonstration for card in place.all_cards()), options.json)
    check_replacement(place, candidate, options.replace)
    if options.words is None:
        note("The fingerprint of the key in this file is:")
        note("  " + " ".join(candidate.words))
        note("  " + " ".join(candidate.numbers))
        note("Compare it with what the intake side reads out over the telephone. Type the words you hear, not these.")
    candidate.confirm(ask("Six words or numbers: ") if options.words is None else options.words)
    keep(place, candidate)
    if options.json:
        say_json({"trusted": True, "fingerprint": {"words": candidate.words, "numbers": candidate.numbers}})
        return
    say("The words match. This station now takes bundles that this intake side signed:")
    say("  " + " ".join(candidate.words))
    say("  " + " ".join(candidate.numbers))
