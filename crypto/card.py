"""The panel card: the public half of an epoch, which the intake side and every page hold. The safeguarding lead has one too.

Three lines, each ended by LF: the canonical JSON body; `signature ` and 128 hex; `previous ` and 128 hex or `-`. Both
signatures are Ed25519 over the label, LF, and the first line. docs/sealing.md, "Panel card".
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crypto.constants import CARD_FORMATS, CARD_VERSION, LABEL_CARD, Purpose
from crypto.ed25519 import is_signed
from crypto.errors import CardError, CardSignatureError, KeyFileError, RecipientError, SecretInCardError
from crypto.minisigning import VerifyKey
from crypto.recipients import Recipient
from crypto.words import fingerprint_words

_MAX_BYTES: Final = 8_192
_FORM: Final = re.compile(
    rb"(?P<body>\{[^\n]*\})\nsignature (?P<own>[0-9a-f]{128})\nprevious (?P<previous>[0-9a-f]{128}|-)\n"
)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
# age identities, PEM keys, and minisign secret keys: their base64 starts so, plain or encrypted, and so do their comments.
_SECRET: Final = re.compile(
    rb"AGE-SECRET-KEY|AGE-PLUGIN-|PRIVATE KEY|secret key|mnemonic|RWQAAEIy|RWRTY0Iy", re.IGNORECASE
)
_MAX_CUSTODIANS: Final = 16
_OTHER_PURPOSE: Final[dict[Purpose, str]] = {
    "panel": "This is the panel's card, and the safeguarding lead's is needed here.",
    "lead": "This is the safeguarding lead's card, and the panel's is needed here: letters are never sealed to the lead.",
}
_MAX_EPOCH: Final = 9_999


@dataclass(frozen=True)
class PanelCard:
    """One epoch of a panel.

    `recipient` is an `age1pq1…` string, `verify_key` an Ed25519 key (64 hex), `minisign_key` the bare base64 line of a
    minisign public key. Accounts are taken from `valid_from` to `valid_to`, both included. `threshold` of `custodians`
    open it. `signature` is its own (128 hex), `previous_signature` the previous epoch's or "". `purpose` says whose it is:
    letters are sealed to the panel's alone, records of danger to the safeguarding lead's alone.
    """

    inquiry: str
    epoch: int
    recipient: str
    verify_key: str
    minisign_key: str
    valid_from: date
    valid_to: date
    threshold: int
    custodians: int
    demonstration: bool
    signature: str = ""
    previous_signature: str = ""
    purpose: Purpose = "panel"

    @property
    def body(self) -> bytes:
        """The first line of the card, without its LF."""
        fields = {
            "format": CARD_FORMATS[self.purpose],
            "version": CARD_VERSION,
            "inquiry": self.inquiry,
            "epoch": self.epoch,
            "recipient": self.recipient,
            "verify_key": self.verify_key,
            "minisign_key": self.minisign_key,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat(),
            "threshold": self.threshold,
            "custodians": self.custodians,
            "demonstration": self.demonstration,
        }
        return json.dumps(fields, separators=(",", ":")).encode("ascii")

    @property
    def signed(self) -> bytes:
        """The bytes that both signatures cover."""
        return LABEL_CARD.encode("ascii") + b"\n" + self.body

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 (32 bytes) of what the signatures cover."""
        return hashlib.sha256(self.signed).digest()

    @property
    def fingerprint_words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The fingerprint as six words, and as their six numbers, to compare aloud or on paper."""
        return fingerprint_words(self.fingerprint)

    def is_valid_on(self, day: date) -> bool:
        """Say whether new accounts are taken on `day`."""
        return self.valid_from <= day <= self.valid_to

    def days_left(self, day: date) -> int:
        """Return how many days after `day` new accounts are still taken; negative once expired."""
        return (self.valid_to - day).days


def encode_card(card: PanelCard) -> bytes:
    """Return the card's file."""
    previous = card.previous_signature or "-"
    return card.body + f"\nsignature {card.signature}\nprevious {previous}\n".encode("ascii")


def parse_card(data: bytes, purpose: Purpose | None = "panel") -> PanelCard:
    """Return the card in `data` (at most 8 KiB) after its own signature verified; `purpose` None takes either.

    Raises SecretInCardError before anything else if a secret key may be in it, CardError, CardSignatureError.
    """
    if _SECRET.search(data):
        raise SecretInCardError("This file may hold a secret key. Take only the public panel.card from the station.")
    match = _FORM.fullmatch(data) if len(data) <= _MAX_BYTES else None
    if match is None:
        raise CardError("This is not a panel card; take the file panel.card from the station again.")
    try:
        card = _read_body(json.loads(match["body"]), match)
    except (ValueError, KeyError, TypeError, RecursionError, RecipientError, KeyFileError):
        raise CardError("The panel card is damaged; take it from the station again.") from None
    if encode_card(card) != data:
        raise CardError("The panel card is not in canonical form; take it from the station again.")
    _verify(card.verify_key, card.signature, card, "The card's own signature does not match: it was altered.")
    if purpose not in {None, card.purpose}:
        raise CardError(_OTHER_PURPOSE[card.purpose])
    return card


def verify_succession(card: PanelCard, previous: PanelCard) -> None:
    """Check that `card` follows `previous`: same inquiry and purpose, a later epoch, signed by the previous key.

    Raises CardError, CardSignatureError.
    """
    if (card.inquiry, card.purpose) != (previous.inquiry, previous.purpose) or card.epoch <= previous.epoch:
        raise CardError("The new card is for another inquiry or purpose, or not for a later epoch.")
    _verify(
        previous.verify_key,
        card.previous_signature,
        card,
        "The new card was not signed by the key of the card in use.",
    )


def _read_body(body: dict[str, Any], match: re.Match[bytes]) -> PanelCard:
    """Build the card; wrong shapes raise KeyError, TypeError or ValueError."""
    purposes: dict[str, Purpose] = {CARD_FORMATS["panel"]: "panel", CARD_FORMATS["lead"]: "lead"}
    purpose = purposes.get(body.pop("format"))
    if purpose is None or body.pop("version") != CARD_VERSION:
        raise CardError("The panel card is of a version that this program does not know; update it.")
    card = PanelCard(
        **{
            **body,
            "valid_from": date.fromisoformat(body["valid_from"]),
            "valid_to": date.fromisoformat(body["valid_to"]),
        },
        signature=match["own"].decode("ascii"),
        previous_signature="" if match["previous"] == b"-" else match["previous"].decode("ascii"),
        purpose=purpose,
    )
    Recipient.parse(card.recipient)
    VerifyKey.parse(card.minisign_key)
    if not _is_in_range(card):
        raise ValueError("a field is out of range")
    return card


def _is_in_range(card: PanelCard) -> bool:
    numbers: tuple[Any, ...] = (card.epoch, card.threshold, card.custodians)
    switch: Any = card.demonstration
    return (
        all(type(number) is int for number in numbers)
        and 1 <= card.epoch <= _MAX_EPOCH
        and 1 <= card.threshold <= card.custodians <= _MAX_CUSTODIANS
        and type(switch) is bool
        and _NAME.fullmatch(card.inquiry) is not None
        and _HEX32.fullmatch(card.verify_key) is not None
        and card.valid_from <= card.valid_to
    )


def _verify(key: str, signature: str, card: PanelCard, sentence: str) -> None:
    if not is_signed(card.signed, signature, key):
        raise CardSignatureError(sentence)
