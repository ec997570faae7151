"""The ledger: which letters and bundles there are. Digests, weeks and outcomes; never a word of a letter.

SQLModel over SQLite in the station folder, 0600, synchronous FULL. Every query of this side is in this module.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, func, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from crypto.bundle import FIRST_PREVIOUS, Direction
from crypto.constants import LETTER_KINDS
from reviewer.entries import BundleEntry, Counts, LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.errors import LedgerError
from reviewer.files import FILE_MODE

LEAST_PREFIX: Final = 6


class Ledger:
    """The database behind one station. Methods raise LedgerError."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=FILE_MODE)
        self._engine: Engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)

    @property
    def engine(self) -> Engine:
        """What `reviewer.migration` brings to the tables of this program."""
        return self._engine

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # Bundles

    def last_bundle(self, direction: Direction) -> BundleEntry | None:
        """Return the newest bundle of a direction."""
        wanted = select(BundleEntry).where(BundleEntry.direction == direction)
        with self._session() as session:
            return session.exec(wanted.order_by(col(BundleEntry.sequence).desc()).limit(1)).first()

    def bundle(self, direction: Direction, sequence: int) -> BundleEntry | None:
        """Return one bundle."""
        with self._session() as session:
            return session.get(BundleEntry, (direction, sequence))

    def begin_bundle(self, entry: BundleEntry) -> None:
        """Note a bundle whose letters are about to come in; does nothing when it was begun before."""
        with self._writing() as connection:
            connection.execute(insert(BundleEntry).values(entry.model_dump()).on_conflict_do_nothing())

    def finish_bundle(self, entry: BundleEntry) -> None:
        """Note that every letter of a bundle is in."""
        with self._writing() as connection:
            connection.execute(update(BundleEntry).where(*_place(entry)).values(finished=True))

    # Letters

    def letter(self, digest: str) -> LetterEntry | None:
        """Return one letter by its whole digest (64 hex)."""
        with self._session() as session:
            return session.get(LetterEntry, digest)

    def letters_named(self, prefix: str) -> Sequence[LetterEntry]:
        """Return up to two letters whose digest starts with `prefix` (hex): enough to tell whether it is one."""
        with self._session() as session:
            return session.exec(select(LetterEntry).where(col(LetterEntry.digest).startswith(prefix)).limit(2)).all()

    def letters(self) -> Iterator[LetterEntry]:
        """Yield every letter, oldest week first; within a week in the order of digests, which is random."""
        wanted = select(LetterEntry).order_by(col(LetterEntry.week), col(LetterEntry.digest))
        with self._session() as session:
            yield from session.exec(wanted.execution_options(yield_per=256))

    def add_letters(self, entries: Sequence[LetterEntry]) -> None:
        """Add letters, all or none. One that is there already is left as it is, and will be confirmed again."""
        if not entries:
            return
        adding = insert(LetterEntry)
        # The intake side sends a letter again when it has not heard of it: the confirmation may have been lost.
        again = adding.on_conflict_do_update(
            index_elements=["digest"],
            set_={"confirmed": None},
            where=(col(LetterEntry.bundle) != adding.excluded.bundle),
        )
        with self._writing() as connection:
            connection.execute(again, [entry.model_dump() for entry in entries])

    def letters_of_bundle(self, sequence: int) -> Sequence[LetterEntry]:
        """Return the letters that a bundle brought and that were set aside, in its order."""
        wanted = select(LetterEntry).where(LetterEntry.bundle == sequence, LetterEntry.status == Status.SET_ASIDE)
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.place))).all()

    def counts(self, bundle: int | None = None) -> Counts:
        """Count all letters, or those that one bundle brought."""
        groups = select(LetterEntry.status, func.count(), func.count(col(LetterEntry.confirmed)))
        if bundle is not None:
            groups = groups.where(LetterEntry.bundle == bundle)
        with self._session() as session:
            rows = session.exec(groups.group_by(LetterEntry.status)).all()
        totals = {status: total for status, total, _ in rows}
        unconfirmed = sum(total - confirmed for _, total, confirmed in rows)
        return Counts(
            totals.get(Status.IMPORTED, 0),
            totals.get(Status.SET_ASIDE, 0),
            unconfirmed,
            totals.get(Status.WAITING, 0),
            totals.get(Status.WITHDRAWN, 0),
            totals.get(Status.DESTROYED, 0),
        )

    # The way back

    def unconfirmed(self) -> Iterator[LetterEntry]:
        """Yield the letters that the intake side has not been told of, in the order of digests."""
        wanted = select(LetterEntry).where(col(LetterEntry.confirmed).is_(None)).order_by(col(LetterEntry.digest))
        with self._session() as session:
            yield from session.exec(wanted.execution_options(yield_per=256))

    def add_return(self, entry: BundleEntry) -> None:
        """Note a return bundle that confirms every letter that was unconfirmed, in one transaction."""
        with self._writing() as connection:
            connection.execute(insert(BundleEntry).values(entry.model_dump()))
            confirming = update(LetterEntry).where(col(LetterEntry.confirmed).is_(None))
            connection.execute(confirming.values(confirmed=entry.sequence))
            sending = update(NoticeEntry).where(col(NoticeEntry.bundle).is_(None))
            connection.execute(sending.values(bundle=entry.sequence))

    # Threads and notices

    @contextmanager
    def judging(self) -> Iterator[Session]:
        """Yield a session in which threads are judged: all that is changed in it, or nothing."""
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise LedgerError(f"The ledger cannot be written ({type(error).__name__}); is the disk full?") from None

    def thread(self, verify_key: str) -> ThreadEntry | None:
        """Return the thread that goes on from the one with that key (64 hex): itself, or what replaced its words."""
        with self._session() as session:
            found = session.get(ThreadEntry, verify_key)
            while found is not None and found.successor is not None:
                found = session.get(ThreadEntry, found.successor)
            return found

    def keys_before(self, verify_key: str) -> list[str]:
        """Return the key and those of the words that it replaced, newest first."""
        keys, newest = [verify_key], [verify_key]
        with self._session() as session:
            while newest:
                wanted = select(ThreadEntry.verify_key).where(col(ThreadEntry.successor).in_(newest))
                newest = [key for key in session.exec(wanted) if key not in keys]
                keys += newest
        return keys

    def letters_of_threads(self, verify_keys: Sequence[str]) -> Sequence[LetterEntry]:
        """Return the letters that name one of those keys, in order of their places."""
        wanted = select(LetterEntry).where(col(LetterEntry.verify_key).in_(verify_keys))
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.sequence), col(LetterEntry.digest))).all()

    def threads_named(self, verify_keys: Sequence[str]) -> list[ThreadEntry]:
        """Return the threads with those keys that are known, in the order of `verify_keys`."""
        with self._session() as session:
            found = [session.get(ThreadEntry, key) for key in verify_keys]
            return [thread for thread in found if thread is not None]

    def keys_of_bundle(self, bundle: int) -> Sequence[str]:
        """Return the keys that letters of a bundle name."""
        wanted = select(LetterEntry.verify_key).where(
            LetterEntry.bundle == bundle,
            col(LetterEntry.verify_key).is_not(None),
            LetterEntry.status != Status.SET_ASIDE,
        )
        with self._session() as session:
            return sorted({key for key in session.exec(wanted) if key is not None})

    def keys_without_thread(self) -> Sequence[str]:
        """Return the keys that an account names and that have no thread yet."""
        wanted = select(LetterEntry.verify_key).where(
            LetterEntry.kind == LETTER_KINDS["account"],
            LetterEntry.status == Status.IMPORTED,
            col(LetterEntry.verify_key).is_not(None),
            col(LetterEntry.verify_key).not_in(select(ThreadEntry.verify_key)),
        )
        with self._session() as session:
            return sorted({key for key in session.exec(wanted) if key is not None})

    def unnamed(self) -> Sequence[LetterEntry]:
        """Return the imported letters of which it was not noted yet whose they are."""
        wanted = select(LetterEntry).where(
            LetterEntry.status == Status.IMPORTED, col(LetterEntry.claim).is_(None), LetterEntry.bundle > 0
        )
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.digest))).all()

    def name_letter(self, entry: LetterEntry) -> None:
        """Note whose a letter is."""
        named = entry.model_dump(include={"verify_key", "sequence", "claim", "status", "reason", "confirmed"})
        with self._writing() as connection:
            connection.execute(update(LetterEntry).where(col(LetterEntry.digest) == entry.digest).values(named))

    def threads_to_destroy(self) -> Sequence[ThreadEntry]:
        """Return the threads that were taken back and wait for two people."""
        wanted = select(ThreadEntry).where(ThreadEntry.state == "withdrawn")
        with self._session() as session:
            return session.exec(wanted.order_by(col(ThreadEntry.verify_key))).all()

    def mark_destroyed(self, verify_keys: Sequence[str], digests: Sequence[str]) -> None:
        """Note that those letters are gone; the intake side will be told again."""
        with self._writing() as connection:
            gone = update(LetterEntry).where(col(LetterEntry.digest).in_(digests))
            connection.execute(gone.values(status=Status.DESTROYED, confirmed=None))
            closed = update(ThreadEntry).where(col(ThreadEntry.verify_key).in_(verify_keys))
            connection.execute(closed.values(state="destroyed"))

    def add_notice(self, entry: NoticeEntry) -> None:
        """Add a notice that the next export carries."""
        with self._writing() as connection:
            connection.execute(insert(NoticeEntry).values(entry.model_dump()).on_conflict_do_nothing())

    def notices(self, verify_keys: Sequence[str]) -> Sequence[NoticeEntry]:
        """Return the notices to threads with those keys, in their order."""
        wanted = select(NoticeEntry).where(col(NoticeEntry.verify_key).in_(verify_keys))
        with self._session() as session:
            return session.exec(wanted.order_by(col(NoticeEntry.sequence))).all()

    def unsent_notices(self) -> Sequence[NoticeEntry]:
        """Return the notices that no bundle carries yet, in the order of digests, which is random."""
        wanted = select(NoticeEntry).where(col(NoticeEntry.bundle).is_(None))
        with self._session() as session:
            return session.exec(wanted.order_by(col(NoticeEntry.digest))).all()

    # How transactions begin and end

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session:
                yield session
        except SQLAlchemyError as error:
            raise LedgerError(f"The ledger cannot be read ({type(error).__name__}).") from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise LedgerError(f"The ledger cannot be written ({type(error).__name__}); is the disk full?") from None


def next_place(last: BundleEntry | None) -> tuple[int, str]:
    """Return the sequence of the bundle after `last`, and the chain value it must name as previous."""
    return (1, FIRST_PREVIOUS) if last is None else (last.sequence + 1, last.chain)


def _place(entry: BundleEntry) -> tuple[Any, ...]:
    return (BundleEntry.direction == entry.direction, BundleEntry.sequence == entry.sequence)


def _configure(connection: Any, _entry: object) -> None:
    """Set what a connection needs: readers and a writer at the same time (WAL), and commits that wait for the disk."""
    connection.isolation_level = None  # BEGIN is ours, in _begin, so that schema changes are all or nothing too
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
