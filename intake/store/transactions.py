"""How the store's transactions begin and end, and what a failure is called."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, select
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from intake.closings import ClosingsLog
from intake.engine import NOTICES, WRITES, durability_faults
from intake.errors import SchemaBehindError, StoreError, StoreUnavailableError
from intake.schema import SCHEMA_REVISION, alembic_version
from intake.store.conditions import REPLAY, read_condition

# At most 8 MiB of letters at a time.
ROWS_AT_ONCE: Final = 8
_DISK_CODES: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR", "53100"})
_BEHIND: Final = "The database is not at this program's version; run `intake migrate`."


class UndoneError(Exception):
    """Raised to leave a transaction without changing anything."""


class Transactions:
    """One engine, and the ways to read from it and write to it.

    `folder` is where SQLite keeps its file, or None when a server has its own disk; below `reserve` bytes free there,
    letters are refused while there is still room to recover. `log` is where closings are noted before they are committed.
    Methods raise StoreError when the database fails.
    """

    def __init__(
        self, engine: Engine, folder: Path | None = None, reserve: int = 0, log: ClosingsLog | None = None
    ) -> None:
        self._engine = engine
        self._log = log
        self._writes = engine.execution_options(**{WRITES: True})
        self._postgresql = engine.dialect.name == "postgresql"
        self._folder = folder
        self._reserve = reserve
        self._checked = False
        self._suspect = False

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

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
                    require_replayed(connection)
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


def require_replayed(connection: Connection) -> None:
    """Raise StoreUnavailableError while a restored service does not know yet what was taken back after its backup."""
    if read_condition(connection, REPLAY) is not None:
        raise StoreUnavailableError("replay")


def stream(connection: Connection, query: Any) -> CursorResult[Any]:
    """Return rows that are fetched a few at a time: letters of 1 MiB do not fill the memory."""
    return connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _code(error: DBAPIError) -> str:
    """Return SQLite's name or PostgreSQL's code of what went wrong, "" when neither was given."""
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    return "SQLITE_IOERR" if name.startswith("SQLITE_IOERR") else name
