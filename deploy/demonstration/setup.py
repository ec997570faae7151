"""Sets the demonstration up, or finishes what an interrupted start left undone. What is there is kept."""

import os
import secrets
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crypto.minisigning import VerifyKey
from crypto.words import fingerprint_words
from deploy.demonstration.place import DemonstrationError, Place
from deploy.demonstration.workers import set_up_workers

INQUIRY_FILE = Path(__file__).resolve().parents[2] / "intake" / "content" / "inquiry.toml"


def set_up(place: Place) -> None:
    """Hold ceremonies of one for the panel and the safeguarding lead, make the intake's key and tables, make all known, add workers.

    Raises DemonstrationError.
    """
    os.umask(0o077)
    try:
        for folder in (place.root, place.lead.root, place.medium, place.carried):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DemonstrationError(
            f"The folder {place.root} cannot be used ({error.strerror}); set HEARD_DATA."
        ) from None
    # Side by side: each is a program of its own, and the first start is what a person waits for.
    with ThreadPoolExecutor() as pool:
        sides = (("panel", place), ("lead", place.lead))
        made = [pool.submit(_set_up_station, side, purpose) for purpose, side in sides]
        made.append(pool.submit(_set_up_intake, place))
        for one in made:
            one.result()
        trusts = [pool.submit(_trust, side, place.intake / "intake.pub") for _, side in sides]
        for purpose, side in sides:
            if not any(place.intake.glob(f"{purpose}-card*")):
                place.call_intake("card", str(side.card))
        for one in trusts:
            one.result()
    set_up_workers(place)


def _set_up_intake(place: Place) -> None:
    if not (place.intake / "intake.key").exists():
        place.call_intake("init")
    place.call_intake("migrate")


def _set_up_station(place: Place, purpose: str) -> None:
    if not place.card.exists():
        _hold_ceremony(place, purpose)
    if not any(place.station.glob("cards/*")):
        place.call_reviewer("card", str(place.card))


def _hold_ceremony(place: Place, purpose: str) -> None:
    # Whoever has this file and the share beside it opens every letter: that is what "demonstration" means.
    place.passphrase.write_text(secrets.token_urlsafe(24) + "\n", "utf-8")
    inquiry = tomllib.loads(INQUIRY_FILE.read_text("utf-8"))["id"]
    who = ["--purpose", purpose, "--demonstration", "--threshold", "1", "--custodians", "1", "--inquiry", inquiry]
    place.call_reviewer("ceremony", *who, "--to", str(place.custody), "--passphrase-file", str(place.passphrase))


def _trust(place: Place, public: Path) -> None:
    if (place.station / "intake.pub").exists():
        return
    # In earnest a person reads these words aloud from one screen and compares them with the other.
    words, _ = fingerprint_words(VerifyKey.parse(public.read_text("ascii")).fingerprint)
    place.call_reviewer("trust", str(public), "--words", " ".join(words))
