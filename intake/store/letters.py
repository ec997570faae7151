"""Letters: storing what arrives, and finding out whether anything could be stored."""

import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, insert, select, update

from crypto.constants import LETTER_KINDS
from intake.closings import ClosingsLog
from intake.rows import NewLetter
from intake.schema import dangers, envelopes, erasures, letters, probes, threads
from intake.store.dangers import DANGER, keep_dangers
from intake.store.transactions import Transactions

UNFINISHED: Final = LETTER_KINDS["unfinished"]
# What a probe writes after a failure: as much as the smallest letter.
_LETTER_SIZED: Final = bytes(65_536)


# What goes to the station: never a draft or an inheritance, which only the survivor opens.
EXPORTED: Final = tuple(
    LETTER_KINDS[kind] for kind in ("account", "addition", "choices", "withdrawal", "replacement", "unfinished")
)


def uncarried() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for letters that the next bundle is to carry.

    An erased one only where a bundle of a generation that has ended carried it: the station is told again that it is gone.
    """
    told_again = letters.c.digest.in_(select(erasures.c.digest))
    return letters.c.bundle.is_(None), letters.c.kind.in_(EXPORTED), letters.c.erased.is_(False) | told_again


class Letters(Transactions):
    """Letters as they arrive."""

    def __init__(
        self, engine: Engine, folder: Path | None = None, reserve: int = 0, log: ClosingsLog | None = None
    ) -> None:
        super().__init__(engine, folder, reserve, log)
        self._inserting = insert_if_new(letters, postgresql=self._postgresql).returning(letters.c.digest)
        self._enclosing = insert(envelopes).returning(envelopes.c.place)
        self._alarming = insert_if_new(dangers, postgresql=self._postgresql)
        self._opening = insert_if_new(threads, postgresql=self._postgresql).returning(threads.c.locator)

    def add(self, new: Sequence[NewLetter]) -> frozenset[bytes]:
        """Store `new` in one durable transaction and return the digests that the store now holds. Records of danger go apart.

        A digest is missing only when the same form (`once`) was stored before under another digest, or when its thread
        was withdrawn or its words replaced. Raises
        StoreUnavailableError, or another StoreError when one of these letters is at fault.
        """
        known = {letter.digest: letter for letter in new if letter.kind != DANGER}
        records = [letter for letter in new if letter.kind == DANGER]
        with self._durable() as connection:
            kept = keep_dangers(connection, self._alarming, records)
            added = self._add_letters(connection, known) if known else set()
        return frozenset(added | kept)

    def _add_letters(self, connection: Connection, known: Mapping[bytes, NewLetter]) -> set[bytes]:
        """Store letters (by their digests) in this transaction and return the digests that are held."""
        added = set(connection.scalars(self._inserting, [letter_row(letter) for letter in known.values()]))
        if added:
            connection.execute(self._enclosing, [envelope_row(known[digest]) for digest in added])
            opened = set(connection.scalars(self._opening, [_thread_row(known[digest]) for digest in added]))
            added -= _join(connection, [known[digest] for digest in added if known[digest].locator not in opened])
        others = known.keys() - added
        if others:
            added.update(connection.scalars(select(letters.c.digest).where(letters.c.digest.in_(others))))
        return added

    def probe(self) -> None:
        """Write one row durably, as large as a letter when the last attempt failed. Raises StoreUnavailableError."""
        fillings = (_LETTER_SIZED, b"") if self._suspect else (b"",)
        for filling in fillings:
            with self._durable() as connection:
                connection.execute(update(probes).where(probes.c.id == 1).values(filling=filling))

    def count(self) -> tuple[int, int]:
        """Return how many letters for the panel there are, and how many of them no bundle carries yet."""
        with self._reading() as connection:
            total = connection.scalar(select(func.count()).where(letters.c.kind.in_(EXPORTED))) or 0
            waiting = connection.scalar(select(func.count()).where(*uncarried())) or 0
        return total, waiting


def _join(connection: Connection, joining: Sequence[NewLetter]) -> set[bytes]:
    """Let letters into threads that were there before them; take out again, and return, those whose thread is closed.

    What there is of a call takes the place of what there was of it, for whoever knows its access and no one else.
    """
    if not joining:
        return set()
    locators = [letter.locator for letter in joining]
    known = select(threads.c.locator, threads.c.state, threads.c.access_hash).where(threads.c.locator.in_(locators))
    found = {locator: (state, access_hash) for locator, state, access_hash in connection.execute(known)}
    first = update(threads).where(threads.c.locator.in_(locators), threads.c.next_sequence == 0)
    connection.execute(first.values(next_sequence=1))
    refused = [letter for letter in joining if _is_refused(letter, *found[letter.locator])]
    _take_out(connection, letters.c.digest.in_([letter.digest for letter in refused]))
    parts = [letter for letter in joining if letter.kind == UNFINISHED and letter not in refused]
    if parts:
        earlier = letters.c.digest.not_in([letter.digest for letter in parts])
        _take_out(connection, earlier & is_replaceable([letter.locator for letter in parts]))
    return {letter.digest for letter in refused}


def _is_refused(letter: NewLetter, state: str, access_hash: bytes) -> bool:
    """Say whether a letter may not join the thread that was there before it."""
    is_other = letter.kind == UNFINISHED and not hmac.compare_digest(letter.access_hash, access_hash)
    return is_other or state != "open"


def is_replaceable(locators: Sequence[bytes]) -> ColumnElement[bool]:
    """Return the condition for what there is of calls at those locators and no bundle carries yet."""
    return (letters.c.kind == UNFINISHED) & letters.c.locator.in_(locators) & letters.c.bundle.is_(None)


def _take_out(connection: Connection, wanted: ColumnElement[bool]) -> None:
    """Remove letters with their sealed bytes."""
    connection.execute(delete(envelopes).where(envelopes.c.place.in_(select(letters.c.place).where(wanted))))
    connection.execute(delete(letters).where(wanted))


def insert_if_new(table: Table, *, postgresql: bool) -> Any:
    """Return the statement that stores rows unless they are held already; say what it returns with `.returning`.

    Because it returns something, SQLAlchemy sends all rows as one statement. With one statement for each row, SQLite
    would give the interpreter's lock away and wait for it again as often.
    Only the engine in use is imported.
    """
    if postgresql:
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table).on_conflict_do_nothing()


def letter_row(letter: NewLetter) -> dict[str, Any]:
    """Return the small row of a letter."""
    return {
        "digest": letter.digest,
        "place": letter.place,
        "kind": letter.kind,
        "locator": letter.locator,
        "sequence": letter.sequence,
        "day": letter.day,
        "size": letter.size,
        "once": letter.once,
        "erased": False,
    }


def envelope_row(letter: NewLetter) -> dict[str, Any]:
    """Return the row of a letter's sealed bytes."""
    return {"place": letter.place, "sealed": letter.sealed}


def _thread_row(letter: NewLetter) -> dict[str, Any]:
    return {
        "locator": letter.locator,
        "access_hash": letter.access_hash,
        "state": "open",
        "current": letter.locator,
        "next_sequence": 1,
    }
