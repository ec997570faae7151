"""What the station says to one survivor, or to everyone: one canonical JSON object, signed by the panel's key.

Replies, "heard", arrival and destruction receipts are sealed to the survivor of one thread. A hold is public. docs/sealing.md,
"Notices".
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from crypto.card import PanelCard
from crypto.constants import LABEL_NOTICE, NOTICE_KINDS, NOTICE_VERSION, SEALED_SIZES
from crypto.ed25519 import is_signed
from crypto.errors import LetterError, LetterSignatureError

HOLD: Final = "hold"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEX16: Final = re.compile(r"[0-9a-f]{32}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_HEX64: Final = re.compile(r"[0-9a-f]{128}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_RECIPIENT: Final = re.compile(r"age1pq1[02-9ac-hj-np-z]{1952}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_NUMBER: Final = 2**31 - 1


@dataclass(frozen=True)
class Notice:
    """One notice of version 1.

    `locator` (32 hex) and `recipient` (`age1pq1…`) are whom it is for, both "" for a hold. `sequence` counts the notices
    of a thread from 1. `digests` (64 hex each, sorted) are the letters that it answers; `through` is the highest
    sequence of that thread's letters that had arrived (arrival receipts, else 0). `days` says how long sealed remnants
    may last (destruction receipts, else 0). `valid_from` and `valid_to` (YYYY-MM-DD) date a hold, else both are "".
    """

    kind: str
    inquiry: str
    epoch: int
    locator: str
    recipient: str
    sequence: int
    digests: tuple[str, ...]
    through: int
    language: str
    text: str = field(repr=False)
    days: int
    valid_from: str
    valid_to: str
    signature: str = field(default="", repr=False)


def encode_notice(notice: Notice) -> bytes:
    """Return the canonical JSON of a signed notice, UTF-8. Raises LetterError when a field is not in the form of version 1."""
    _check(notice)
    return _encode(notice)


def parse_notice(data: bytes) -> Notice:
    """Return the notice in `data` (at most 1 MiB), which may be followed by spaces.

    Raises LetterError for anything that `encode_notice` would not have written.
    """
    content = data.rstrip(b" ")
    if len(content) > SEALED_SIZES[-1]:
        raise LetterError("The notice is larger than any notice may be.")
    try:
        document = json.loads(content.decode("utf-8"))
        if document["version"] != NOTICE_VERSION:
            raise LetterError("The notice is of a version that this program does not know; update it.")
        fields = {name: document[name] for name in Notice.__dataclass_fields__}
        notice = Notice(**{**fields, "digests": tuple(fields["digests"])})
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LetterError("The notice is not in the form of version 1.") from None
    if encode_notice(notice) != content:
        raise LetterError("The notice is not in canonical form.")
    return notice


def sign_notice(notice: Notice, sign: Callable[[bytes], bytes]) -> Notice:
    """Return `notice` signed by the panel of its epoch; `sign` is `PanelRoot.sign`."""
    return replace(notice, signature=sign(_signed(notice)).hex())


def verify_notice(notice: Notice, card: PanelCard) -> None:
    """Raise LetterSignatureError unless `notice` is signed by the panel of `card`, for its inquiry and epoch."""
    of_this_panel = (notice.inquiry, notice.epoch) == (card.inquiry, card.epoch)
    if not (of_this_panel and is_signed(_signed(notice), notice.signature, card.verify_key)):
        raise LetterSignatureError("This notice is not signed by the panel that it names.")


def _signed(notice: Notice) -> bytes:
    document = _document(notice)
    del document["signature"]
    return LABEL_NOTICE.encode("ascii") + b"\n" + _dump(document)


def _document(notice: Notice) -> dict[str, Any]:
    return {"version": NOTICE_VERSION, **asdict(notice)}


def _encode(notice: Notice) -> bytes:
    return _dump(_document(notice))


def _dump(document: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        raise LetterError("The text holds half of a character (a lone surrogate), which cannot be stored.") from None


def _check(notice: Notice) -> None:
    """Raise LetterError naming the first field (never its content) that is not what version 1 allows."""
    is_hold = notice.kind == HOLD
    digests = notice.digests
    rules = {
        "kind": notice.kind in tuple(NOTICE_KINDS),
        "inquiry": _is(_NAME, notice.inquiry),
        "epoch": _is_number(notice.epoch, 1),
        "locator": notice.locator == "" if is_hold else _is(_HEX16, notice.locator),
        "recipient": notice.recipient == "" if is_hold else _is(_RECIPIENT, notice.recipient),
        "sequence": _is_number(notice.sequence, 1),
        "digests": all(_is(_HEX32, digest) for digest in digests) and list(digests) == sorted(set(digests)),
        "through": _is_number(notice.through, 0) and (notice.through == 0 or notice.kind == "arrival"),
        "language": _is(_LANGUAGE, notice.language),
        "text": _is_text(notice.text),
        "days": _is_number(notice.days, 0) and (notice.days > 0) == (notice.kind == "destruction"),
        "dates": _dates_fit(notice.valid_from, notice.valid_to, is_hold),
        "signature": _is(_HEX64, notice.signature),
    }
    for name, holds in rules.items():
        if not holds:
            raise LetterError(f"The notice's field {name} is not in the form of version 1.")


def _dates_fit(first: object, last: object, wanted: bool) -> bool:
    if not wanted:
        return (first, last) == ("", "")
    return _is_day(first) and _is_day(last) and str(first) <= str(last)


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\r" not in value


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= _MAX_NUMBER
