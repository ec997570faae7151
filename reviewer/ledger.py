"""The ledger: which letters and bundles there are. Digests, weeks and outcomes; never a word of a letter.

SQLModel over SQLite in the station folder, 0600, synchronous FULL. Every query of this side is in this module.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import CheckConstraint, Connection, Engine, create_engine, event, func, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, Session, SQLModel, col, select

from crypto.bundle import FIRST_PREVIOUS, Direction
from reviewer.errors import LedgerError
from reviewer.files import FILE_MODE

LEAST_PREFIX: Final = 6


class Status(StrEnum):
    """What became of a letter here; the same words go back in a confirmation."""

    IMPORTED = "imported"
    SET_ASIDE = "set aside"


class LetterEntry(SQLModel, table=True):
    """One letter. `digest` is SHA-256 (64 hex) of its sealed bytes and its name here.

    `locator` (32 hex) and `week` (ISO year * 100 + week, 0 when unknown) are what the bundle says; `epoch` is whose key
    opened it, None when set aside. `bundle` and `place` say where it came from; `confirmed` is the sequence of the
    return bundle that told the intake side.
    """

    __tablename__ = "letters"
    __table_args__ = (CheckConstraint("status IN ('imported', 'set aside')", name="ck_letters_status"),)

    digest: str = Field(primary_key=True, max_length=64)
    locator: str = Field(max_length=32, repr=False)
    week: int
    size: int
    epoch: int | None = None
    bundle: int = Field(index=True)
    place: int
    status: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=64)
    confirmed: int | None = Field(default=None, index=True)


class BundleEntry(SQLModel, table=True):
    """One bundle, in or out. `chain` and `previous` are chain values (64 hex); `finished` is False while importing."""

    __tablename__ = "bundles"

    direction: str = Field(primary_key=True, max_length=24)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    generation: int
    epoch: int
    name: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    chain: str = Field(max_length=64)
    count: int
    finished: bool


@dataclass(frozen=True)
class Counts:
    """How many letters there are, by outcome, and how many of them the intake side has not been told of."""

    imported: int
    set_aside: int
    unconfirmed: int


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
        return Counts(totals.get(Status.IMPORTED, 0), totals.get(Status.SET_ASIDE, 0), unconfirmed)

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
