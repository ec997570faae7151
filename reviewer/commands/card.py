"""`reviewer card`: install the public card of a panel whose ceremony was held elsewhere."""

import argparse
from pathlib import Path

from reviewer.commands.options import Commands, add_command, station
from reviewer.station import read_card
from reviewer.terminal import mark_demonstration, say, say_json

_EXAMPLE = "  reviewer card panel.card"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "card", "install the public card of a panel", _EXAMPLE)
    parser.add_argument("file", type=Path, metavar="FILE", help="the file panel.card of the ceremony")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Install a card."""
    card = read_card(options.file)
    mark_demonstration(card.demonstration, options.json)
    place = station(options)
    place.create()
    place.install_card(card)
    words, numbers = card.fingerprint_words
    if options.json:
        fingerprint = {"words": words, "numbers": numbers}
        say_json(
            {
                "demonstration": card.demonstration,
                "inquiry": card.inquiry,
                "epoch": card.epoch,
                "fingerprint": fingerprint,
            }
        )
        return
    say(f"The card of {card.inquiry}, epoch {card.epoch}, is installed. Its fingerprint:")
    say("  " + " ".join(words))
    say("  " + " ".join(numbers))
