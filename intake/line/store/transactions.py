"""How transactions of the line's store begin and end, and what a failure is called."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from intake.engine import WRITES, durability_faults
from intake.errors import SchemaBehindError, StoreError
from intake.line.schema import LINE_REVISION, line_version

_BEHIND = "The phone line's database is not at this program's version; run `intake migrate`."


class Transactions:
    """One engine, and the ways to read from it and write to it. Methods raise StoreError when the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writes = engine.execution_options(**{WRITES: True})
        self._postgresql = engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def check_schema(self) -> None:
        """Raise SchemaBehindError unless the tables are at this program's revision."""
        try:
            with self._engine.connect() as connection:
                revision = connection.scalar(select(line_version.c.version_num))
        except OperationalError as error:
            if "no such table" not in str(error.orig):
                raise StoreError(
                    "The phone line's database cannot be reached; check the setting line_database."
                ) from None
            raise SchemaBehindError(_BEHIND) from None
        except DBAPIError:
            raise SchemaBehindError(_BEHIND) from None
        if revision != LINE_REVISION:
            raise SchemaBehindError(_BEHIND)

    def durability_faults(self) -> list[str]:
        """Return one sentence for each setting of the engine that would let what was acknowledged be lost."""
        with self._reading() as connection:
            return durability_faults(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"The phone line's database cannot be read ({type(error).__name__}).") from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._writes.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"The phone line's database cannot be written ({type(error).__name__}).") from None
