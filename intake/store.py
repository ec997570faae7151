"""The store: every query of this side is in this module, and works on SQLite and PostgreSQL alike."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, Row, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.sql.dml import ReturningInsert

from intake.engine import NOTICES, WRITES, durability_faults
from intake.errors import SchemaBehindError, StoreError, StoreUnavailableError
from intake.rows import BundleRow, NewLetter
from intake.schema import SCHEMA_REVISION, alembic_version, bundles, envelopes, letters, probes

# At most 8 MiB of letters at a time.
ROWS_AT_ONCE: Final = 8
_CONFIRMATIONS_AT_ONCE: Final = 1_000
# What a probe writes after a failure: as much as the smallest letter.
_LETTER_SIZED: Final = bytes(65_536)
_DISK_CODES: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR", "53100"})
_KEPT: Final[tuple[Table, ...]] = (letters, envelopes, bundles)
_BEHIND: Final = "The database is not at this program's version; run `intake migrate`."


class Store:
    """The letters and bundles behind one engine.

    `folder` is where SQLite keeps its file, or None when a server has its own disk; below `reserve` bytes free there,
    letters are refused while there is still room to recover. Methods raise StoreError when the database fails.
    """

    def __init__(self, engine: Engine, folder: Path | None = None, reserve: int = 0) -> None:
        self._engine = engine
        self._writes = engine.execution_options(**{WRITES: True})
        self._postgresql = engine.dialect.name == "postgresql"
        self._inserting = _insert_if_new(postgresql=self._postgresql)
        self._enclosing = insert(envelopes).returning(envelopes.c.place)
        self._folder = folder
        self._reserve = reserve
        self._checked = False
        self._suspect = False

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # Letters

    def add(self, new: Sequence[NewLetter]) -> frozenset[bytes]:
        """Store `new` in one durable transaction and return the digests that the store now holds.

        A digest is missing only when the same form (`once`) was stored before under another digest. Raises
        StoreUnavailableError, or another StoreError when one of these letters is at fault.
        """
        known = {letter.digest: letter for letter in new}
        with self._durable() as connection:
            added = set(connection.scalars(self._inserting, [_letter_row(letter) for letter in known.values()]))
            if added:
                connection.execute(self._enclosing, [_envelope_row(known[digest]) for digest in added])
            others = known.keys() - added
            if others:
                added.update(connection.scalars(select(letters.c.digest).where(letters.c.digest.in_(others))))
        return frozenset(added)

    def probe(self) -> None:
        """Write one row durably, as large as a letter when the last attempt failed. Raises StoreUnavailableError."""
        fillings = (_LETTER_SIZED, b"") if self._suspect else (b"",)
        for filling in fillings:
            with self._durable() as connection:
                connection.execute(update(probes).where(probes.c.id == 1).values(filling=filling))

    def count(self) -> tuple[int, int]:
        """Return how many letters there are, and how many of them no bundle carries yet."""
        with self._reading() as connection:
            total, carried = connection.execute(
                select(func.count(), func.count(letters.c.bundle)).select_from(letters)
            ).one()
        return total, total - carried

    # Bundles

    def last_bundle(self, direction: str) -> BundleRow | None:
        """Return the newest bundle of a direction."""
        newest = select(bundles).where(bundles.c.direction == direction)
        with self._reading() as connection:
            row = connection.execute(
                newest.order_by(bundles.c.generation.desc(), bundles.c.sequence.desc()).limit(1)
            ).first()
        return _bundle_of(row)

    def bundle(self, direction: str, sequence: int) -> BundleRow | None:
        """Return the newest generation's bundle with that sequence."""
        wanted = select(bundles).where(bundles.c.direction == direction, bundles.c.sequence == sequence)
        with self._reading() as connection:
            row = connection.execute(wanted.order_by(bundles.c.generation.desc()).limit(1)).first()
        return _bundle_of(row)

    def begin_bundle(self, row: BundleRow) -> int:
        """Give every letter that no bundle carries to this one, and return how many. Its `count` becomes that."""
        with self._writing() as connection:
            given = connection.execute(update(letters).where(letters.c.bundle.is_(None)).values(bundle=row.sequence))
            connection.execute(insert(bundles), [{**vars(row), "count": given.rowcount}])
            return given.rowcount

    def letters_of_bundle(self, sequence: int) -> Iterator[Row[Any]]:
        """Yield kind, day, locator and sealed of a bundle's letters, in the order of their digests (which are random)."""
        columns = (letters.c.kind, letters.c.day, letters.c.locator, envelopes.c.sealed)
        both = letters.join(envelopes, letters.c.place == envelopes.c.place)
        wanted = select(*columns).select_from(both).where(letters.c.bundle == sequence).order_by(letters.c.digest)
        with self._reading() as connection:
            yield from _stream(connection, wanted)

    def finish_bundle(self, row: BundleRow, chain: str) -> None:
        """Note that a bundle was written whole."""
        place = (
            bundles.c.direction == row.direction,
            bundles.c.generation == row.generation,
            bundles.c.sequence == row.sequence,
        )
        with self._writing() as connection:
            connection.execute(update(bundles).where(*place).values(chain=chain))

    def accept_bundle(self, row: BundleRow, outcomes: Iterable[tuple[bytes, str]]) -> int:
        """Note a bundle that came in and what it says became of letters (digest, outcome), all or nothing.

        Returns how many of the digests are known here.
        """
        wanted = letters.c.digest == bindparam("wanted_digest")
        marking = update(letters).where(wanted).values(confirmed=bindparam("outcome"))
        known = 0
        waiting = ({"wanted_digest": digest, "outcome": outcome} for digest, outcome in outcomes)
        with self._writing() as connection:
            while some := list(islice(waiting, _CONFIRMATIONS_AT_ONCE)):
                known += connection.execute(marking, some).rowcount
            connection.execute(insert(bundles), [vars(row)])
        return known

    # Backup

    def is_empty(self) -> bool:
        """Say whether there is neither a letter nor a bundle."""
        with self._reading() as connection:
            return all(connection.execute(select(func.count()).select_from(table)).scalar() == 0 for table in _KEPT)

    def dump(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every row (table name, columns) as of one moment, while letters keep arriving."""
        with self._reading(snapshot=True) as connection:
            for table in _KEPT:
                for row in _stream(connection, select(table).order_by(*table.primary_key.columns)).mappings():
                    yield table.name, {str(name): value for name, value in row.items()}

    def load(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Store rows that `dump` gave, all or nothing. Raises StoreError when a row does not fit."""
        tables = {table.name: table for table in _KEPT}
        with self._writing() as connection:
            for name, row in rows:
                connection.execute(insert(tables[name]), [dict(row)])

    # State

    def check_schema(self) -> None:
        """Raise SchemaBehindError unless the tables are at this program's revision, StoreUnavailableError without a database."""
        try:
            with self._engine.connect() as connection:
                revision = connection.scalar(select(alembic_version.c.version_num))
        except OperationalError as error:
            if error.connection_invalidated or "no such table" not in str(error.orig):
                raise self._unavailable(error) from None
            raise SchemaBehindError(_BEHIND) from None
        except DBAPIError as error:
            raise (SchemaBehindError(_BEHIND) if _code(error) == "42P01" else self._unavailable(error)) from None
        if revision != SCHEMA_REVISION:
            raise SchemaBehindError(_BEHIND)
        self._checked = True

    def durability_faults(self) -> list[str]:
        """Return one sentence for each setting of the engine that would let acknowledged letters be lost."""
        with self._reading() as connection:
            return durability_faults(connection)

    # How transactions begin and end

    @contextmanager
    def _reading(self, snapshot: bool = False) -> Iterator[Connection]:
        level = {"isolation_level": "REPEATABLE READ"} if snapshot and self._postgresql else {}
        try:
            with self._engine.connect() as connection:
                yield connection.execution_options(**level)
        except SQLAlchemyError as error:
            raise StoreError(f"The database cannot be read ({type(error).__name__}).") from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._writes.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"The database cannot be written ({type(error).__name__}).") from None

    @contextmanager
    def _durable(self) -> Iterator[Connection]:
        """Yield a connection whose transaction has reached the disk when the block has ended without an error."""
        self._require_room()
        if not self._checked:
            self._check_before_writing()
        try:
            with self._writes.connect() as connection:
                notices = connection.connection.info.get(NOTICES, [])
                notices.clear()
                with connection.begin():
                    yield connection
                if notices:
                    # PostgreSQL "succeeds" with a warning when the wait for its standby was cancelled.
                    connection.invalidate()
                    self._suspect = True
                    raise StoreUnavailableError
        except OperationalError as error:
            raise self._unavailable(error) from None
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise self._unavailable(error) from None
            raise StoreError("The database refuses a letter.") from None
        self._suspect = False

    def _check_before_writing(self) -> None:
        try:
            self.check_schema()
        except SchemaBehindError:
            raise StoreUnavailableError("migrate") from None

    def _require_room(self) -> None:
        if self._folder is not None and self._reserve and shutil.disk_usage(self._folder).free < self._reserve:
            raise StoreUnavailableError("disk")

    def _unavailable(self, error: DBAPIError) -> StoreUnavailableError:
        self._suspect = True
        return StoreUnavailableError("disk" if _code(error) in _DISK_CODES else "database")


def _insert_if_new(*, postgresql: bool) -> ReturningInsert[Any]:
    """Return the statement that stores letters unless they are held already, and returns the digests of the new ones.

    Because it returns something, SQLAlchemy sends all rows as one statement. With one statement for each row, SQLite
    would give the interpreter's lock away and wait for it again as often.
    Only the engine in use is imported.
    """
    if postgresql:
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(letters).on_conflict_do_nothing().returning(letters.c.digest)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(letters).on_conflict_do_nothing().returning(letters.c.digest)


def _letter_row(letter: NewLetter) -> dict[str, Any]:
    return {
        "digest": letter.digest,
        "place": letter.place,
        "kind": letter.kind,
        "locator": letter.locator,
        "access_hash": letter.access_hash,
        "day": letter.day,
        "size": letter.size,
        "once": letter.once,
    }


def _envelope_row(letter: NewLetter) -> dict[str, Any]:
    return {"place": letter.place, "sealed": letter.sealed}


def _bundle_of(row: Row[Any] | None) -> BundleRow | None:
    return None if row is None else BundleRow(**row._asdict())


def _stream(connection: Connection, query: Any) -> CursorResult[Any]:
    """Return rows that are fetched a few at a time: letters of 1 MiB do not fill the memory."""
    return connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _code(error: DBAPIError) -> str:
    """Return SQLite's name or PostgreSQL's code of what went wrong, "" when neither was given."""
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    return "SQLITE_IOERR" if name.startswith("SQLITE_IOERR") else name
