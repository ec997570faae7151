"""Threads: what somebody with return words sees, fetches, adds and takes back. docs/sealing.md, "Visits"."""

import hmac
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, case, func, or_, select

from crypto.constants import NOTICE_KINDS, THREAD_STATES, VISIT_MOST_LETTERS
from crypto.visit import Index, IndexEntry, slots_of
from intake.rows import NewLetter, Standing, ThreadLetter
from intake.schema import envelopes, letters, threads
from intake.store.closing import (
    DESTRUCTION,
    DRAFT,
    INHERITANCE,
    REPLACEMENT,
    WITHDRAWAL,
    entry_of,
    held_by,
    keep,
    open_thread,
    remove,
    replace,
    set_next,
    slot,
    withdraw,
)
from intake.store.closings import Closings, Logging
from intake.store.letters import UNFINISHED, is_replaceable
from intake.store.transactions import require_replayed

_FIRST_NOTICE: Final = min(NOTICE_KINDS.values())
_NO_HASH: Final = bytes(32)


class Threads(Closings):
    """Threads by their locator (16 bytes), opened by SHA-256 (32 bytes) of the access that was shown."""

    def index(self, locator: bytes, access_hash: bytes, today: date, draft_days: int) -> Index | None:
        """Return what there is for these words, or None when they open nothing here.

        The same questions are asked of the database whatever there is.
        """
        with self._reading() as connection:
            require_replayed(connection)
            thread = _thread(connection, locator, access_hash)
            rows = connection.execute(_listing(locator)).all()
        if thread is None or thread.state == "replaced":
            return None
        withdrawn = thread.state == "withdrawn"
        shown = [row for row in rows if (row.kind == DESTRUCTION) or not withdrawn]
        entries = tuple(
            IndexEntry(row.kind, 0 if row.erased else slots_of(row.size), row.locator, row.digest) for row in shown
        )
        drafts = [row.day for row in shown if row.kind == DRAFT]
        days = max(1, draft_days - (today - drafts[0]).days) if drafts else 0
        state = THREAD_STATES["withdrawn" if withdrawn else "open"]
        return Index(state, days, thread.next_sequence, entries)

    def fetch(self, locator: bytes, access_hash: bytes, digest: bytes) -> tuple[bool, bytes | None]:
        """Return whether these words open a thread, and the sealed bytes of one of its letters if it is served."""
        with self._reading() as connection:
            require_replayed(connection)
            thread = _thread(connection, locator, access_hash)
            found = connection.execute(_letter_of(locator, digest)).first()
        if thread is None or thread.state == "replaced":
            return False, None
        served = found is not None and (thread.state == "open" or found.kind == DESTRUCTION)
        return True, found.sealed if found is not None and served else None

    def put(self, new: ThreadLetter) -> Standing | None:
        """Store one letter of a thread durably; None when the words open nothing. Repeating it changes nothing.

        A closing is in the log before it is committed. Raises StoreUnavailableError.
        """
        with self._logging(new.letter.kind) as log, self._durable() as connection:
            standing = self._put(connection, new, log)
        if standing is None or standing.outcome != "stored":
            # What is refused takes a commit as well, so that its time tells nothing.
            self.probe()
        return standing

    def discard(self, locator: bytes, access_hash: bytes) -> Standing | None:
        """Erase the thread's draft, or what there is of a call; "gone" when a bundle carries that already.

        Raises StoreUnavailableError.
        """
        with self._durable() as connection:
            thread = _thread(connection, locator, access_hash, is_changing=True)
            if thread is not None and thread.state == "open":
                remove(connection, slot(locator, DRAFT) | is_replaceable([locator]))
                is_carried = connection.execute(select(letters.c.kind).where(slot(locator, UNFINISHED))).first()
                return Standing("gone" if is_carried else "stored", thread.next_sequence)
        self.probe()
        return None if thread is None or thread.state == "replaced" else Standing("closed")

    def _put(self, connection: Connection, new: ThreadLetter, log: Logging | None) -> Standing | None:
        letter = new.letter
        thread = _thread(connection, letter.locator, letter.access_hash, is_changing=True)
        if thread is not None and _known(connection, letter):
            return Standing("stored", thread.next_sequence)
        if thread is None:
            if letter.kind not in {DRAFT, INHERITANCE} or _exists(connection, letter.locator):
                return None
            open_thread(connection, letter.locator, letter.access_hash, 0)
            thread = _thread(connection, letter.locator, letter.access_hash)
        if thread is None or thread.state == "replaced":
            return None
        standing = _refusal(connection, new, thread)
        if standing is None:
            if log is not None:
                log.note(connection, entry_of(connection, new))
            _store(connection, new)
            standing = Standing("stored", thread.next_sequence + (letter.kind not in {DRAFT, INHERITANCE}))
        return standing


def _refusal(connection: Connection, new: ThreadLetter, thread: Row[Any]) -> Standing | None:
    """Return why a letter cannot stand in its thread, or None."""
    letter, free = new.letter, thread.next_sequence
    if thread.state == "withdrawn":
        return Standing("closed", free)
    if letter.kind == INHERITANCE:
        count = connection.scalar(select(func.count()).where(letters.c.locator == letter.locator)) or 0
        return Standing("order", free) if count else None
    if letter.kind == DRAFT:
        return None
    if letter.sequence != free or free == 0:
        return Standing("order", free)
    if letter.kind == REPLACEMENT and not _is_open(connection, new.next_locator, letter.locator):
        return Standing("gone", free)
    if letter.kind != WITHDRAWAL and _count(connection, letter.locator) >= VISIT_MOST_LETTERS:
        return Standing("full", free)
    return None


def _store(connection: Connection, new: ThreadLetter) -> None:
    letter = new.letter
    if letter.kind == DRAFT:
        remove(connection, slot(letter.locator, DRAFT))
    if letter.kind == WITHDRAWAL:
        withdraw(connection, letter.locator, letter.day)
    if letter.kind == REPLACEMENT:
        replace(connection, letter.locator, new.next_locator, letter.day)
    keep(connection, letter)
    if letter.kind == INHERITANCE:
        set_next(connection, letter.locator, 1)
    elif letter.kind != DRAFT:
        set_next(connection, letter.locator, letter.sequence + 1)


def _listing(locator: bytes) -> Any:
    """Return the query for all that a thread holds: notices, then the draft, then letters in their order."""
    rank = case((letters.c.kind >= _FIRST_NOTICE, 0), (letters.c.kind == DRAFT, 1), else_=2)
    columns = (letters.c.kind, letters.c.size, letters.c.locator, letters.c.digest, letters.c.erased, letters.c.day)
    wanted = select(*columns).where(held_by(locator))
    return wanted.order_by(rank, letters.c.sequence, letters.c.digest).limit(VISIT_MOST_LETTERS)


def _letter_of(locator: bytes, digest: bytes) -> Any:
    both = letters.join(envelopes, letters.c.place == envelopes.c.place)
    return (
        select(letters.c.kind, envelopes.c.sealed).select_from(both).where(letters.c.digest == digest, held_by(locator))
    )


def _thread(
    connection: Connection, locator: bytes, access_hash: bytes, *, is_changing: bool = False
) -> Row[Any] | None:
    """Return the thread if the access is its own, compared in constant time.

    Who is changing it holds its row, so that of two letters for one place the second finds it taken. SQLite has one writer
    at a time anyway.
    """
    wanted = select(threads).where(threads.c.locator == locator)
    thread = connection.execute(wanted.with_for_update() if is_changing else wanted).first()
    same = hmac.compare_digest(access_hash, thread.access_hash if thread is not None else _NO_HASH)
    return thread if same else None


def _exists(connection: Connection, locator: bytes) -> bool:
    return connection.execute(select(threads.c.state).where(threads.c.locator == locator)).first() is not None


def _is_open(connection: Connection, locator: bytes, other: bytes) -> bool:
    found = connection.execute(select(threads.c.state).where(threads.c.locator == locator)).first()
    return found is not None and found.state == "open" and locator != other


def _known(connection: Connection, letter: NewLetter) -> bool:
    """Say whether these very bytes, or the same form sealed here again, are or were a letter of this thread."""
    same = letters.c.digest == letter.digest
    if letter.once is not None:
        same = or_(same, letters.c.once == letter.once)
    wanted = select(letters.c.size).where(same, letters.c.locator == letter.locator)
    return connection.execute(wanted).first() is not None


def _count(connection: Connection, locator: bytes) -> int:
    return connection.scalar(select(func.count()).select_from(letters).where(held_by(locator))) or 0
