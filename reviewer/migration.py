"""Bringing a database of the station to the tables of this program, with Alembic: the ledger, and the case store.

Alembic is imported only when there is something to do, since every command starts here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from reviewer.errors import CaseStoreError, LedgerError

_VERSIONS: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


@dataclass(frozen=True)
class Tables:
    """The tables of one database: their newest `revision`, and the folder of scripts that lead to it.

    `revision` is compared with the newest file among the scripts by a test.
    """

    name: str
    revision: str
    scripts: Path
    error: type[LedgerError | CaseStoreError]


LEDGER: Final = Tables("ledger", "0006", Path(__file__).parent / "migrations", LedgerError)
CASE_STORE: Final = Tables("case store", "0002", Path(__file__).parent / "cases" / "migrations", CaseStoreError)


def migrate(engine: Engine, tables: Tables = LEDGER) -> None:
    """Run every revision that the database lacks, all or none. Raises LedgerError, or CaseStoreError for the case store."""
    try:
        if _revision(engine) != tables.revision:
            _upgrade(engine, tables)
    except SQLAlchemyError as error:
        raise tables.error(
            f"The {tables.name} cannot be opened ({type(error).__name__}); restore the station's copy."
        ) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSIONS.name):
            return None
        return connection.scalar(select(_VERSIONS.c.version_num))


def _upgrade(engine: Engine, tables: Tables) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    configuration = Config()
    configuration.set_main_option("script_location", str(tables.scripts).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except CommandError:
        raise tables.error(
            f"The {tables.name} was made by a newer version of this program; update the station."
        ) from None
