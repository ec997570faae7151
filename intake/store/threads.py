"""Threads: what somebody with return words sees, fetches, adds and takes back. docs/sealing.md, "Visits"."""

import hmac
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from crypto.constants import LETTER_KINDS, NOTICE_KINDS, THREAD_STATES, VISIT_MOST_LETTERS
from crypto.visit import Index, IndexEntry, slots_of
from intake.rows import NewLetter, Standing, ThreadLetter
from intake.schema import envelopes, letters, threads
from intake.store.erasing import erase
from intake.store.letters import Letters, envelope_row, letter_row

DRAFT: Final = LETTER_KINDS["draft"]
INHERITANCE: Final = LETTER_KINDS["inheritance"]
WITHDRAWAL: Final = LETTER_KINDS["withdrawal"]
REPLACEMENT: Final = LETTER_KINDS["replacement"]
_FIRST_NOTICE: Final = min(NOTICE_KINDS.values())
_DESTRUCTION: Final = NOTICE_KINDS["destruction"]
_NO_HASH: Final = bytes(32)


class Threads(Letters):
    """Threads by their locator (16 bytes), opened by SHA-256 (32 bytes) of the access that was shown."""

    def index(self, locator: bytes, access_hash: bytes, today: date, draft_days: int) -> Index | None:
        """Return what there is for these words, or None when they open nothing here.

        The same questions are asked of the database whatever there is.
        """
        with self._reading() as connection:
            thread = _thread(connection, locator, access_hash)
            rows = connection.execute(_listing(locator)).all()
        if thread is None or thread.state == "replaced":
            return None
        withdrawn = thread.state == "withdrawn"
        shown = [row for row in rows if (row.kind == _DESTRUCTION) or not withdrawn]
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
            thread = _thread(connection, locator, access_hash)
            found = connection.execute(_letter_of(locator, digest)).first()
        if thread is None or thread.state == "replaced":
            return False, None
        served = found is not None and (thread.state == "open" or found.kind == _DESTRUCTION)
        return True, found.sealed if found is not None and served else None

    def put(self, new: ThreadLetter) -> Standing | None:
        """Store one letter of a thread durably; None when the words open nothing. Repeating it changes nothing.

        Raises StoreUnavailableError.
        """
        with self._durable() as connection:
            standing = self._put(connection, new)
        if standing is None or standing.outcome != "stored":
            # What is refused takes a commit as well, so that its time tells nothing.
            self.probe()
        return standing

    def discard(self, locator: bytes, access_hash: bytes) -> Standing | None:
        """Erase the thread's draft. Raises StoreUnavailableError."""
        with self._durable() as connection:
            thread = _thread(connection, locator, access_hash)
            if thread is not None and thread.state == "open":
                remove(connection, _slot(locator, DRAFT))
                return Standing("stored", thread.next_sequence)
        self.probe()
        return None if thread is None or thread.state == "replaced" else Standing("closed")

    def _put(self, connection: Connection, new: ThreadLetter) -> Standing | None:
        letter = new.letter
        thread = _thread(connection, letter.locator, letter.access_hash)
        if thread is not None and _known(connection, letter):
            return Standing("stored", thread.next_sequence)
        if thread is None:
            if letter.kind not in {DRAFT, INHERITANCE} or _exists(connection, letter.locator):
                return None
            _open_thread(connection, letter)
            thread = _thread(connection, letter.locator, letter.access_hash)
        if thread is None or thread.state == "replaced":
            return None
        standing = _refusal(connection, new, thread)
        if standing is None:
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
        remove(connection, _slot(letter.locator, DRAFT))
    if letter.kind == WITHDRAWAL:
        _withdraw(connection, letter)
    if letter.kind == REPLACEMENT:
        _replace(connection, new)
    connection.execute(insert(letters), [letter_row(letter)])
    connection.execute(insert(envelopes), [envelope_row(letter)])
    if letter.kind == INHERITANCE:
        _set_next(connection, letter.locator, 1)
    elif letter.kind != DRAFT:
        _set_next(connection, letter.locator, letter.sequence + 1)


def _withdraw(connection: Connection, letter: NewLetter) -> None:
    """Close the thread and those whose words it replaced; erase all that they hold, and forget their drafts."""
    held = or_(threads.c.locator == letter.locator, threads.c.current == letter.locator)
    remove(connection, letters.c.locator.in_(select(threads.c.locator).where(held)) & (letters.c.kind == DRAFT))
    # Replacements stay until they are carried: without them the station would not know whose withdrawal this is.
    content = letters.c.locator.in_(select(threads.c.locator).where(held)) & (letters.c.kind != REPLACEMENT)
    erase(connection, connection.scalars(select(letters.c.digest).where(content)).all())
    # The words before stay replaced: they open nothing, not even this.
    own = threads.c.locator == letter.locator
    connection.execute(update(threads).where(own).values(state="withdrawn", closed_day=letter.day))


def _replace(connection: Connection, new: ThreadLetter) -> None:
    """Stop the old words and let the new ones lead to all that the old ones held. A draft is left behind."""
    old = new.letter.locator
    remove(connection, _slot(old, DRAFT))
    held = or_(threads.c.locator == old, threads.c.current == old)
    connection.execute(update(threads).where(held).values(current=new.next_locator))
    connection.execute(
        update(threads).where(threads.c.locator == old).values(state="replaced", closed_day=new.letter.day)
    )


def _listing(locator: bytes) -> Any:
    """Return the query for all that a thread holds: notices, then the draft, then letters in their order."""
    rank = case((letters.c.kind >= _FIRST_NOTICE, 0), (letters.c.kind == DRAFT, 1), else_=2)
    columns = (letters.c.kind, letters.c.size, letters.c.locator, letters.c.digest, letters.c.erased, letters.c.day)
    wanted = select(*columns).where(_held_by(locator))
    return wanted.order_by(rank, letters.c.sequence, letters.c.digest).limit(VISIT_MOST_LETTERS)


def _held_by(locator: bytes) -> Any:
    """Return the condition for letters of a thread and of those whose words it replaced."""
    moved = select(threads.c.locator).where(threads.c.current == locator, threads.c.current != threads.c.locator)
    return or_(letters.c.locator == locator, letters.c.locator.in_(moved))


def _letter_of(locator: bytes, digest: bytes) -> Any:
    both = letters.join(envelopes, letters.c.place == envelopes.c.place)
    return (
        select(letters.c.kind, envelopes.c.sealed)
        .select_from(both)
        .where(letters.c.digest == digest, _held_by(locator))
    )


def _thread(connection: Connection, locator: bytes, access_hash: bytes) -> Row[Any] | None:
    """Return the thread if the access is its own, compared in constant time."""
    thread = connection.execute(select(threads).where(threads.c.locator == locator)).first()
    same = hmac.compare_digest(access_hash, thread.access_hash if thread is not None else _NO_HASH)
    return thread if same else None


def _exists(connection: Connection, locator: bytes) -> bool:
    return connection.execute(select(threads.c.state).where(threads.c.locator == locator)).first() is not None


def _is_open(connection: Connection, locator: bytes, other: bytes) -> bool:
    found = connection.execute(select(threads.c.state).where(threads.c.locator == locator)).first()
    return found is not None and found.state == "open" and locator != other


def _known(connection: Connection, letter: NewLetter) -> bool:
    """Say whether these very bytes are, or were, a letter of this thread."""
    wanted = select(letters.c.size).where(letters.c.digest == letter.digest, letters.c.locator == letter.locator)
    return connection.execute(wanted).first() is not None


def _count(connection: Connection, locator: bytes) -> int:
    return connection.scalar(select(func.count()).select_from(letters).where(_held_by(locator))) or 0


def _open_thread(connection: Connection, letter: NewLetter) -> None:
    row = {
        "locator": letter.locator,
        "access_hash": letter.access_hash,
        "state": "open",
        "current": letter.locator,
        "next_sequence": 0,
    }
    connection.execute(insert(threads), [row])


def _set_next(connection: Connection, locator: bytes, sequence: int) -> None:
    connection.execute(update(threads).where(threads.c.locator == locator).values(next_sequence=sequence))


def _slot(locator: bytes, kind: int) -> Any:
    return (letters.c.locator == locator) & (letters.c.kind == kind)


def remove(connection: Connection, wanted: Any) -> int:
    """Remove letters that leave no tombstone: drafts, and receipts that a newer one replaces."""
    digests: Sequence[bytes] = connection.scalars(select(letters.c.digest).where(wanted)).all()
    erase(connection, digests)
    connection.execute(delete(letters).where(letters.c.digest.in_(digests)))
    return len(digests)
