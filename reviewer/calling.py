"""Calls that broke off: which letters are parts of one, and which of them the caller wants destroyed.

Nothing but the sealed letters says that parts belong together. docs/sealing.md, "Calls".
"""

from typing import Final

from sqlalchemy import Update, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from crypto.constants import LETTER_KINDS
from crypto.letter import UNFINISHED, Letter
from reviewer.entries import LetterEntry, Status

# The claim of a part by which everything unfinished of its call is taken back.
TAKES_BACK: Final = '{"taken_back": true}'
_UNFINISHED: Final = LETTER_KINDS[UNFINISHED]
_ACCOUNT: Final = LETTER_KINDS["account"]
_TAKEN_BACK: Final = (Status.WITHDRAWN, Status.DESTROYED)


def name_call(entry: LetterEntry, letter: Letter) -> LetterEntry:
    """Note in `entry` which part of which call an opened letter says it is, if any."""
    if letter.call is not None:
        entry.call, entry.part = letter.call.id, letter.call.part
        entry.claim = TAKES_BACK if letter.call.taken_back else None
    return entry


def is_unfinished(entry: LetterEntry) -> bool:
    """Say whether a letter is a part of a call that says something."""
    return entry.kind == _UNFINISHED and entry.call is not None and entry.claim != TAKES_BACK


def take_back() -> Update:
    """Return the statement by which nobody reads the parts of a call any more that its caller, or the words of its account, took back.

    Whatever order they came in: it looks at all calls, and changes nothing when it is done again.
    """
    other = aliased(LetterEntry)
    asked = (col(other.claim) == TAKES_BACK) & (col(other.status) == Status.IMPORTED)
    with_account = (col(other.kind) == _ACCOUNT) & col(other.status).in_(_TAKEN_BACK)
    ended = select(col(other.call)).where(col(other.call).is_not(None), or_(asked, with_account))
    parts = (col(LetterEntry.kind) == _UNFINISHED) & (col(LetterEntry.claim).is_distinct_from(TAKES_BACK))
    current = col(LetterEntry.status) == Status.IMPORTED
    return update(LetterEntry).where(parts, current, col(LetterEntry.call).in_(ended)).values(status=Status.WITHDRAWN)
