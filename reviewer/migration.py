"""Bringing a station's ledger to the tables of this program, with Alembic.

Alembic is imported only when there is something to do, since every command starts here.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from reviewer.errors import LedgerError

# A test compares it with the newest file in reviewer/migrations/versions.
REVISION: Final = "0002"
_SCRIPTS: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def migrate(engine: Engine) -> None:
    """Run every revision that the ledger lacks, all or none. Raises LedgerError."""
    try:
        if _revision(engine) != REVISION:
            _upgrade(engine)
    except SQLAlchemyError as error:
        raise LedgerError(
            f"The ledger cannot be opened ({type(error).__name__}); restore the station's copy."
        ) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSIONS.name):
            return None
        return connection.scalar(select(_VERSIONS.c.version_num))


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    configuration = Config()
    configuration.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except CommandError:
        raise LedgerError("The ledger was made by a newer version of this program; update the station.") from None
