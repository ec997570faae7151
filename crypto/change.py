"""What a signed letter may change: taking back, other words, and what the first letter under other words holds.

docs/sealing.md, "Letters of a thread".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from crypto.constants import WITHDRAWAL_KEEPS
from crypto.errors import LetterError

Keep = Literal["nothing", "statistics"]
_HEX16: Final = re.compile(r"[0-9a-f]{32}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_RECIPIENT: Final = re.compile(r"age1pq1[02-9ac-hj-np-z]{1952}")


@dataclass(frozen=True)
class Withdrawal:
    """Everything is taken back; `keep` says whether the answers that were chosen from a list may stay as statistics."""

    keep: Keep


@dataclass(frozen=True)
class Replacement:
    """The thread goes on under other words.

    `locator` has 32 hex, `access_hash` 64 (SHA-256 of the new access), `recipient` is `age1pq1…`, `verify_key` 64 hex.
    """

    locator: str
    access_hash: str
    recipient: str
    verify_key: str


@dataclass(frozen=True)
class Inheritance:
    """What opens the letters of the words before: sealed to the new words alone.

    `locator` (32 hex) and `verify_key` (64 hex) are those of the thread before, `identity` (64 hex) its age seed.
    """

    locator: str
    verify_key: str
    identity: str = field(repr=False)


Change = Withdrawal | Replacement | Inheritance
_CLASSES: Final[Mapping[str, type[Change]]] = {
    "withdrawal": Withdrawal,
    "replacement": Replacement,
    "inheritance": Inheritance,
}
_PATTERNS: Final[Mapping[type[Change], Mapping[str, re.Pattern[str]]]] = {
    Withdrawal: {"keep": re.compile("|".join(WITHDRAWAL_KEEPS))},
    Replacement: {"locator": _HEX16, "access_hash": _HEX32, "recipient": _RECIPIENT, "verify_key": _HEX32},
    Inheritance: {"locator": _HEX16, "verify_key": _HEX32, "identity": _HEX32},
}


def read_change(kind: object, document: Mapping[str, Any]) -> Change:
    """Return the change in parsed JSON of a letter of `kind`. Raises LetterError, KeyError or TypeError."""
    wanted = _CLASSES.get(kind) if isinstance(kind, str) else None
    if wanted is None:
        raise LetterError("The letter changes something that its kind cannot change.")
    return wanted(**document)


def change_holds(change: Change) -> bool:
    """Say whether every field has the form that version 1 allows."""
    patterns = _PATTERNS[type(change)]
    return all(
        isinstance(value, str) and patterns[name].fullmatch(value) is not None for name, value in vars(change).items()
    )
