"""`intake card FILE`: which panel letters are sealed to, and which safeguarding lead records of danger."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.constants import Purpose
from intake.clock import today
from intake.commands.result import Result, fingerprint_fields, fingerprint_lines
from intake.folder import Folder
from intake.installation import install_card, read_card
from intake.settings import Settings

# Whose card it is, what is sealed to it, and where its fingerprint is printed.
_WORDS: Final[Mapping[Purpose, tuple[str, str, str]]] = {
    "panel": ("card", "accounts", "the printed leaflet"),
    "lead": ("safeguarding lead's card", "records of danger", "the lead's printed sheet"),
}


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Install the card after every check that can be made here, and show its fingerprint for a person to compare."""
    card = read_card(Path(arguments.file), None)
    new = install_card(Folder(settings.data), card)
    state = "is now in use" if new else "was in use already"
    whose, takes, print_out = _WORDS[card.purpose]
    lines = [
        f"The {whose} of {card.inquiry}, epoch {card.epoch}, {state}; it takes {takes} from {card.valid_from} to {card.valid_to}.",
        f"{card.threshold} of {card.custodians} custodians open what is sealed to it. Compare with {print_out}:",
        *fingerprint_lines(card.fingerprint),
    ]
    if card.demonstration:
        lines.append("This is a DEMONSTRATION: nobody guards its key. Never use it for real accounts.")
    if not card.is_valid_on(today()):
        lines.append(f"Today is outside these dates: no new {takes} are taken.")
    return Result(
        lines,
        {
            "purpose": card.purpose,
            "inquiry": card.inquiry,
            "epoch": card.epoch,
            **fingerprint_fields(card.fingerprint),
            "valid_from": card.valid_from.isoformat(),
            "valid_to": card.valid_to.isoformat(),
            "demonstration": card.demonstration,
            "new": new,
        },
    )
