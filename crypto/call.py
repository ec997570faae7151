"""Which call a letter comes from, where a call broke off and its parts were sent one by one. docs/sealing.md, "Calls".

The name is inside the sealed letter alone: every part has a locator of its own, so at the intake nothing says that two parts
belong together.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from crypto.constants import CALL_BYTES

_HEX16: Final = re.compile(r"[0-9a-f]{32}")
_MAX_PART: Final = 2**31 - 1


@dataclass(frozen=True)
class Call:
    """One part of a call.

    `id` is random (32 hex) and the same in all parts; `part` counts them from 1. `taken_back` says that the caller wants
    every unfinished part of the call destroyed: such a part holds nothing else.
    """

    id: str = field(repr=False)
    part: int
    taken_back: bool = False


def new_call_id() -> str:
    """Return the name of a new call (32 hex)."""
    return secrets.token_hex(CALL_BYTES)


def call_holds(call: Call) -> bool:
    """Say whether every field is what version 1 allows."""
    return (
        _is_name(call.id) and type(call.part) is int and 1 <= call.part <= _MAX_PART and type(call.taken_back) is bool
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _HEX16.fullmatch(value) is not None
