"""The case store's file: SQLModel over SQLCipher, one encrypted file (0600), its key given raw.

Nothing of it is ever written in the clear: the write-ahead log holds encrypted pages, and what SQLite sorts it keeps in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from reviewer.errors import CaseStoreError
from reviewer.files import FILE_MODE

KEY_BYTES: Final = 32
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "foreign_keys=ON",
    "busy_timeout=60000",
)
_DAMAGED: Final = "The case store is damaged or was swapped ({}); restore the newest backup with `reviewer restore`."


def connect(path: Path, key: bytes) -> Any:
    """Return a connection to an encrypted file; `key` has 32 bytes and is used as it is, without stretching."""
    connection = sqlcipher.connect(path, isolation_level=None, check_same_thread=False)
    # SQLCipher says on standard error what it thinks of a wrong key; our own sentence says it.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute("PRAGMA cipher_memory_security = ON")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


class CaseDatabase:
    """One file, and the ways to read from it and write to it. Methods raise CaseStoreError."""

    def __init__(self, path: Path, key: bytes) -> None:
        path.touch(mode=FILE_MODE)
        self.path = path
        self.key = key
        self._engine: Engine = create_engine(
            "sqlite://",
            creator=partial(connect, path, key),
            module=sqlcipher,
            poolclass=QueuePool,
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)

    @property
    def engine(self) -> Engine:
        """What `reviewer.migration` brings to the tables of this program."""
        return self._engine

    def close(self) -> None:
        """Close every connection. The last one moves the write-ahead log into the file."""
        self._engine.dispose()

    def check(self) -> None:
        """Verify every page of the file against its code (HMAC). Raises CaseStoreError for a wrong key or a changed page."""
        with self._reading() as connection:
            faults = connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
        if faults:
            raise CaseStoreError(_DAMAGED.format(f"{len(faults)} fault(s)"))

    def empty_log(self) -> None:
        """Move the write-ahead log into the file and cut it off, so that no earlier page stays in it."""
        with suppress(DBAPIError), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy_to(self, path: Path, key: bytes) -> None:
        """Copy the whole file, as it is at one moment, to a new file under the same key (32 bytes)."""
        path.touch(mode=FILE_MODE)
        target = connect(path, key)
        try:
            with self._engine.connect() as connection:
                source = connection.connection.driver_connection
                if source is not None:
                    source.backup(target)
        except (DBAPIError, sqlcipher.Error) as error:
            raise CaseStoreError(f"The case store cannot be copied ({type(error).__name__}).") from None
        finally:
            target.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise CaseStoreError(_DAMAGED.format(type(error).__name__)) from None

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session:
                yield session
        except DBAPIError as error:
            raise CaseStoreError(_DAMAGED.format(type(error).__name__)) from None

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Yield a session whose changes are saved together, or not at all."""
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                # One writer at a time, from its first look on: an entry of the log follows the one before it.
                session.connection(execution_options={"begin": "IMMEDIATE"})
                yield session
                session.commit()
        except DBAPIError as error:
            raise CaseStoreError(
                f"The case store cannot be written ({type(error).__name__}); is the disk full?"
            ) from None


def _configure(connection: Any, _entry: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', '')}")
