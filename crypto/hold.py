"""Legal holds: public notices of the station that nothing is destroyed from one day to another. docs/sealing.md, "Holds".

A hold stands until a later notice names its digest and so takes its place: with an earlier last day, to end it. A notice
that was replaced never counts again, and names nothing but the one that it replaced: an old one that comes once more
neither brings a hold back nor ends another.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from crypto.card import PanelCard
from crypto.errors import LetterError, LetterSignatureError
from crypto.notice import HOLD, Notice, encode_notice, parse_notice, verify_notice

# Pages show it before anybody writes.
MOST_CHARACTERS: Final = 2_000


def check_hold(hold: Notice) -> None:
    """Raise LetterError unless the notice is a hold that says something, briefly, and replaces at most one other."""
    if (
        hold.kind != HOLD
        or len(hold.digests) > 1
        or not 0 < len(hold.text.strip()) <= len(hold.text) <= MOST_CHARACTERS
    ):
        raise LetterError("The notice is not a hold in the form of version 1.")


def parse_hold(data: bytes) -> Notice:
    """Return the hold in `data`, which is its canonical JSON and nothing more. Raises LetterError."""
    hold = parse_notice(data)
    check_hold(hold)
    if encode_notice(hold) != data:
        raise LetterError("The hold is not in canonical form.")
    return hold


def verify_hold(hold: Notice, cards: Iterable[PanelCard]) -> None:
    """Raise LetterSignatureError unless one of `cards`, a chain, is of the hold's epoch and signed it."""
    card = next((card for card in cards if card.epoch == hold.epoch), None)
    if card is None:
        raise LetterSignatureError(f"There is no card here of epoch {hold.epoch}, which the hold names.")
    verify_notice(hold, card)


def hold_digest(hold: Notice) -> str:
    """Return SHA-256 (64 hex) of its canonical JSON: its name."""
    return hashlib.sha256(encode_notice(hold)).hexdigest()


def standing(holds: Iterable[Notice]) -> list[Notice]:
    """Return the holds that no other one among `holds` replaced, in their order; all are verified already."""
    known = sorted({hold_digest(hold): hold for hold in holds}.items(), key=lambda item: (item[1].sequence, item[0]))
    return [hold for digest, hold in known if not any(_replaces(other, digest, hold) for _, other in known)]


def in_force(holds: Iterable[Notice], day: date) -> list[Notice]:
    """Return the holds that stand and whose days, both ends included, hold `day`."""
    return [hold for hold in standing(holds) if hold.valid_from <= day.isoformat() <= hold.valid_to]


def last_day(holds: Sequence[Notice]) -> str:
    """Return the last day (YYYY-MM-DD) that any of them, at least one, is in force."""
    return max(hold.valid_to for hold in holds)


def _replaces(other: Notice, digest: str, hold: Notice) -> bool:
    return digest in other.digests and other.sequence > hold.sequence
