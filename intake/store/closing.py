"""Closing a thread: what taking back and other words do to the tables, now, or once more after a restore.

Doing it again changes nothing, in whatever order closings come: a restored service hears of them from its log, from the
station, or from both.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from crypto.records import ClosedRecord
from intake.closing import Closed
from intake.rows import NewLetter, ThreadLetter
from intake.schema import envelopes, letters, threads
from intake.store.erasing import erase
from intake.store.letters import envelope_row, letter_row
from intake.store.withdrawn import erase_due, withdrawn_locators

DRAFT: Final = LETTER_KINDS["draft"]
INHERITANCE: Final = LETTER_KINDS["inheritance"]
WITHDRAWAL: Final = LETTER_KINDS["withdrawal"]
REPLACEMENT: Final = LETTER_KINDS["replacement"]
DESTRUCTION: Final = NOTICE_KINDS["destruction"]
# Of a thread that only the station told of. No access has this hash, so nobody opens it.
UNKNOWN_ACCESS: Final = bytes(32)


def withdraw(connection: Connection, locator: bytes, day: date) -> None:
    """Close the thread and erase all that it holds, but what a legal hold keeps until the station has it."""
    _erase_held(connection, locator, day)
    # The words before stay replaced: they open nothing, not even this.
    own = threads.c.locator == locator
    connection.execute(update(threads).where(own).values(state="withdrawn", closed_day=day))


def replace(connection: Connection, old: bytes, after: bytes, day: date) -> None:
    """Stop the old words and let the new ones lead to all that the old ones held. A draft is left behind."""
    remove(connection, slot(old, DRAFT))
    leads_to = _row(connection, after)
    current = leads_to.current if leads_to is not None else after
    held = or_(threads.c.locator == old, threads.c.current == old)
    connection.execute(update(threads).where(held).values(current=current))
    connection.execute(update(threads).where(threads.c.locator == old).values(state="replaced", closed_day=day))
    end = _row(connection, current)
    if end is not None and end.state == "withdrawn":
        _erase_held(connection, current, day)


def entry_of(connection: Connection, new: ThreadLetter) -> Closed:
    """Return what the log is to say of a closing that is about to be stored."""
    letter = new.letter
    if letter.kind == WITHDRAWAL:
        return Closed("withdrawn", letter.day, letter.sequence, letter.locator, letter.access_hash, letter.sealed)
    after = _row(connection, new.next_locator)
    both = letters.join(envelopes, letters.c.place == envelopes.c.place)
    first = select(envelopes.c.sealed).select_from(both).where(slot(new.next_locator, INHERITANCE))
    return Closed(
        "replaced",
        letter.day,
        letter.sequence,
        letter.locator,
        letter.access_hash,
        letter.sealed,
        new.next_locator,
        after.access_hash if after is not None else UNKNOWN_ACCESS,
        connection.scalar(first) or b"",
    )


def redo(connection: Connection, closed: Closed) -> None:
    """Do once more what the log says."""
    kind = WITHDRAWAL if closed.closing == "withdrawn" else REPLACEMENT
    letter = NewLetter(kind, closed.locator, closed.access_hash, closed.day, closed.sealed, sequence=closed.sequence)
    state = _meet(connection, closed.locator, closed.access_hash)
    if state == ("replaced" if kind == WITHDRAWAL else "withdrawn"):
        return
    if kind == REPLACEMENT:
        after = _meet(connection, closed.next_locator, closed.next_access_hash)
        if closed.inheritance and after != "withdrawn":
            keep(connection, NewLetter(INHERITANCE, closed.next_locator, b"", closed.day, closed.inheritance))
        if state == "open":
            replace(connection, closed.locator, closed.next_locator, closed.day)
    elif state == "open":
        withdraw(connection, closed.locator, closed.day)
    keep(connection, letter)
    set_next(connection, closed.locator, closed.sequence + 1)


def close_as_told(connection: Connection, told: ClosedRecord, day: date) -> None:
    """Close a thread because the station says that its words did. One that is unknown here is remembered as closed."""
    state = _meet(connection, told.locator, UNKNOWN_ACCESS)
    if state != "open":
        return
    if told.closing == "withdrawn":
        withdraw(connection, told.locator, day)
    else:
        _meet(connection, told.next_locator, told.next_access_hash)
        replace(connection, told.locator, told.next_locator, day)


def held_by(locator: bytes) -> ColumnElement[bool]:
    """Return the condition for letters of a thread and of those whose words it replaced."""
    moved = select(threads.c.locator).where(threads.c.current == locator, threads.c.current != threads.c.locator)
    return or_(letters.c.locator == locator, letters.c.locator.in_(moved))


def is_withdrawn(connection: Connection, locator: bytes) -> bool:
    """Say whether all that a thread held was taken back."""
    return connection.execute(withdrawn_locators().where(threads.c.locator == locator)).first() is not None


def slot(locator: bytes, kind: int) -> ColumnElement[bool]:
    """Return the condition for a thread's letters of one kind."""
    return (letters.c.locator == locator) & (letters.c.kind == kind)


def keep(connection: Connection, letter: NewLetter) -> None:
    """Store a letter, unless it is or was here."""
    if connection.execute(select(letters.c.kind).where(letters.c.digest == letter.digest)).first() is None:
        connection.execute(insert(letters), [letter_row(letter)])
        connection.execute(insert(envelopes), [envelope_row(letter)])


def open_thread(connection: Connection, locator: bytes, access_hash: bytes, sequence: int) -> None:
    """Begin a thread whose next free place is `sequence`."""
    row = {
        "locator": locator,
        "access_hash": access_hash,
        "state": "open",
        "current": locator,
        "next_sequence": sequence,
    }
    connection.execute(insert(threads), [row])


def set_next(connection: Connection, locator: bytes, sequence: int) -> None:
    """Let the next free place of a thread be `sequence`, unless it is a later one already."""
    lower = (threads.c.locator == locator) & (threads.c.next_sequence < sequence)
    connection.execute(update(threads).where(lower).values(next_sequence=sequence))


def remove(connection: Connection, wanted: Any) -> int:
    """Remove letters that leave no tombstone: drafts, and receipts that a newer one replaces."""
    return forget_letters(connection, connection.scalars(select(letters.c.digest).where(wanted)).all())


def forget_letters(connection: Connection, digests: Collection[bytes]) -> int:
    """Remove the letters with those digests, tombstone and all, and return how many."""
    erase(connection, digests)
    connection.execute(delete(letters).where(letters.c.digest.in_(digests)))
    return len(digests)


def _erase_held(connection: Connection, locator: bytes, day: date) -> None:
    """Erase what is due of all that a thread and those whose words it replaced hold, and forget their drafts."""
    held = held_by(locator)
    remove(connection, held & (letters.c.kind == DRAFT))
    erase_due(connection, held, day)


def _meet(connection: Connection, locator: bytes, access_hash: bytes) -> str:
    """Return the state of a thread; begin it when it is not here, and learn its access when that was unknown."""
    thread = _row(connection, locator)
    if thread is None:
        open_thread(connection, locator, access_hash, 1)
        return "open"
    if thread.access_hash == UNKNOWN_ACCESS:
        connection.execute(update(threads).where(threads.c.locator == locator).values(access_hash=access_hash))
    set_next(connection, locator, 1)
    state: str = thread.state
    return state


def _row(connection: Connection, locator: bytes) -> Row[Any] | None:
    return connection.execute(select(threads).where(threads.c.locator == locator)).first()
