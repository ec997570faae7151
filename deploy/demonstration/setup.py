"""Sets the demonstration up, or finishes what an interrupted start left undone. What is there is kept."""

import os
import secrets
import tomllib
from pathlib import Path

from crypto.minisigning import VerifyKey
from crypto.words import fingerprint_words
from deploy.demonstration.place import DemonstrationError, Place

INQUIRY_FILE = Path(__file__).resolve().parents[2] / "intake" / "content" / "inquiry.toml"


def set_up(place: Place) -> None:
    """Hold a ceremony of one, make the intake's key and tables, and let each side know the other.

    Raises DemonstrationError.
    """
    os.umask(0o077)
    try:
        for folder in (place.root, place.medium, place.carried):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DemonstrationError(
            f"The folder {place.root} cannot be used ({error.strerror}); set HEARD_DATA."
        ) from None
    card = place.custody / "panel.card"
    if not card.exists():
        _hold_ceremony(place)
    if not any(place.station.glob("cards/*")):
        place.call_reviewer("card", str(card))
    if not (place.intake / "intake.key").exists():
        place.call_intake("init")
    place.call_intake("migrate")
    if not any(place.intake.glob("panel-card*")):
        place.call_intake("card", str(card))
    if not (place.station / "intake.pub").exists():
        _trust(place)


def _hold_ceremony(place: Place) -> None:
    # Whoever has this file and the share beside it opens every letter: that is what "demonstration" means.
    place.passphrase.write_text(secrets.token_urlsafe(24) + "\n", "utf-8")
    inquiry = tomllib.loads(INQUIRY_FILE.read_text("utf-8"))["id"]
    who = ["--demonstration", "--threshold", "1", "--custodians", "1", "--inquiry", inquiry]
    place.call_reviewer("ceremony", *who, "--to", str(place.custody), "--passphrase-file", str(place.passphrase))


def _trust(place: Place) -> None:
    # In earnest a person reads these words aloud from one screen and compares them with the other.
    public = place.intake / "intake.pub"
    words, _ = fingerprint_words(VerifyKey.parse(public.read_text("ascii")).fingerprint)
    place.call_reviewer("trust", str(public), "--words", " ".join(words))
