"""What people took back: which letters those are, and when their sealed bytes go.

At once, as a rule. Under a legal hold a letter that the station has not confirmed stays, sealed and served to nobody, until
it has: the station's copy is what the hold preserves, and without this there would be none.
"""

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, select

from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from intake.schema import letters, threads
from intake.store.erasing import erase
from intake.store.holding import is_held
from intake.store.letters import EXPORTED

_WITHDRAWAL: Final = LETTER_KINDS["withdrawal"]
_REPLACEMENT: Final = LETTER_KINDS["replacement"]
_UNFINISHED: Final = LETTER_KINDS["unfinished"]
# Withdrawals and replacements stay: without them the station would not know whose withdrawal it is. A receipt comes
# after its withdrawal.
_STAYING: Final = (_WITHDRAWAL, _REPLACEMENT, NOTICE_KINDS["destruction"])


def withdrawn_locators() -> Select[tuple[bytes]]:
    """Return the query for threads of which all was taken back, by their words or by those that replaced them."""
    end = threads.alias("end")
    return select(threads.c.locator).join(end, threads.c.current == end.c.locator).where(end.c.state == "withdrawn")


def taken_back() -> ColumnElement[bool]:
    """Return the condition for the letters of those threads, and for parts of a call that the station destroyed.

    Which call a part is of is sealed: that it was taken back is known here only when the station says what it did.
    """
    destroyed = letters.c.confirmed.is_not(None) & (letters.c.confirmed == "destroyed")
    return letters.c.locator.in_(withdrawn_locators()) | ((letters.c.kind == _UNFINISHED) & destroyed)


def due(connection: Connection, content: ColumnElement[bool], day: date) -> ColumnElement[bool]:
    """Return the condition for what of `content`, which was taken back, is to be erased on `day`."""
    wanted = content & letters.c.kind.not_in(_STAYING) & letters.c.erased.is_(False)
    if is_held(connection, day):
        wanted &= letters.c.confirmed.is_not(None) | letters.c.kind.not_in(EXPORTED)
    return wanted


def erase_due(connection: Connection, content: ColumnElement[bool], day: date) -> int:
    """Erase the sealed bytes of what is due and return of how many letters that was."""
    return erase(connection, connection.scalars(select(letters.c.digest).where(due(connection, content, day))).all())
