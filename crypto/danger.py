"""A record of danger: what a worker of the phone line writes for the safeguarding lead. docs/sealing.md, "Records of danger".

One canonical JSON object under the same rules as a letter, sealed to the lead's card and a throwaway key. It is no letter: it
names no call, no thread and no worker, and no time but the day.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from crypto.constants import LINE_CHANNELS, RECORD_KINDS, RECORD_VERSION, SEALED_SIZES
from crypto.errors import LetterError

(DANGER,) = RECORD_KINDS
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEX16: Final = re.compile(r"[0-9a-f]{32}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_NUMBER: Final = 2**31 - 1
_TEXTS: Final = ("said", "who", "done", "more")


@dataclass(frozen=True)
class DangerRecord:
    """One record of version 1.

    `card` is the fingerprint (64 hex) of the lead's card, `locator` 32 hex and random. `day` (YYYY-MM-DD) is when it was
    written. `said` gives rise to it, `who` is in danger, `done` is what was done, `called` are the numbers or services that
    were called, in their order, `more` is whatever else the lead should know. At least one of the four texts is not empty.
    """

    kind: str
    inquiry: str
    epoch: int
    card: str
    channel: str
    language: str
    locator: str
    day: str
    said: str = field(repr=False)
    who: str = field(repr=False)
    done: str = field(repr=False)
    called: tuple[str, ...] = field(repr=False)
    more: str = field(repr=False)


def encode_danger(record: DangerRecord) -> bytes:
    """Return the canonical JSON of `record`, UTF-8, without padding. Raises LetterError for a field that version 1 does not allow."""
    _check(record)
    document = {"version": RECORD_VERSION, **asdict(record)}
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        raise LetterError("The text holds half of a character (a lone surrogate), which cannot be stored.") from None


def parse_danger(data: bytes) -> DangerRecord:
    """Return the record in `data` (at most 1 MiB), which may be followed by spaces.

    Raises LetterError for anything that `encode_danger` would not have written.
    """
    content = data.rstrip(b" ")
    if len(content) > SEALED_SIZES[-1]:
        raise LetterError("The record is larger than any record may be.")
    try:
        document = json.loads(content.decode("utf-8"))
        if document["version"] != RECORD_VERSION:
            raise LetterError("The record is of a version that this program does not know; update it.")
        fields: dict[str, Any] = {name: document[name] for name in DangerRecord.__dataclass_fields__}
        record = DangerRecord(**{**fields, "called": tuple(fields["called"])})
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LetterError("The record is not in the form of version 1.") from None
    if encode_danger(record) != content:
        raise LetterError("The record is not in canonical form.")
    return record


def _check(record: DangerRecord) -> None:
    """Raise LetterError naming the first field (never its content) that is not what version 1 allows."""
    texts = [getattr(record, name) for name in _TEXTS]
    rules = {
        "kind": record.kind == DANGER,
        "inquiry": _is(_NAME, record.inquiry),
        "epoch": type(record.epoch) is int and 1 <= record.epoch <= _MAX_NUMBER,
        "card": _is(_HEX32, record.card),
        "channel": record.channel in LINE_CHANNELS,
        "language": _is(_LANGUAGE, record.language),
        "locator": _is(_HEX16, record.locator),
        "day": _is_day(record.day),
        "texts": all(map(_is_text, texts)) and any(text.strip() for text in texts),
        "called": all(_is_text(number) and number.strip() for number in record.called),
    }
    for name, holds in rules.items():
        if not holds:
            raise LetterError(f"The record's field {name} is not in the form of version 1.")


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\r" not in value


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
