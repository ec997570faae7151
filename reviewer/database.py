"""The ledger's database: SQLModel over SQLite in the station folder, 0600, synchronous FULL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from reviewer.errors import LedgerError
from reviewer.files import FILE_MODE


class Database:
    """One file, and the ways to read from it and write to it. Methods raise LedgerError."""

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
