"""`intake card FILE`: which panel letters are sealed to."""

import argparse
from pathlib import Path

from intake.clock import today
from intake.commands.result import Result, fingerprint_fields, fingerprint_lines
from intake.folder import Folder
from intake.installation import install_card, read_card
from intake.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Install the card after every check that can be made here, and show its fingerprint for a person to compare."""
    card = read_card(Path(arguments.file))
    new = install_card(Folder(settings.data), card)
    state = "is now in use" if new else "was in use already"
    lines = [
        f"The card of {card.inquiry}, epoch {card.epoch}, {state}; it takes accounts from {card.valid_from} to {card.valid_to}.",
        f"{card.threshold} of {card.custodians} custodians open what is sealed to it. Compare with the printed leaflet:",
        *fingerprint_lines(card.fingerprint),
    ]
    if card.demonstration:
        lines.append("This is a DEMONSTRATION panel: nobody guards its key. Never use it for real accounts.")
    if not card.is_valid_on(today()):
        lines.append("Today is outside these dates: the form takes no new account.")
    return Result(
        lines,
        {
            "inquiry": card.inquiry,
            "epoch": card.epoch,
            **fingerprint_fields(card.fingerprint),
            "valid_from": card.valid_from.isoformat(),
            "valid_to": card.valid_to.isoformat(),
            "demonstration": card.demonstration,
            "new": new,
        },
    )
