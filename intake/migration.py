"""Bringing a database to the tables of this program, with Alembic. Only `intake migrate`, `init` and `restore` need it."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from intake.engine import WRITES
from intake.errors import StoreError

LETTERS: Final = Path(__file__).parent / "migrations"
LINE: Final = Path(__file__).parent / "line" / "migrations"


def migrate(engine: Engine, scripts: Path = LETTERS, setting: str = "database") -> None:
    """Run every revision in the folder `scripts` that the database lacks, all or none. `setting` names the database.

    Raises StoreError when the database cannot be reached or refuses.
    """
    configuration = Config()
    configuration.set_main_option("script_location", str(scripts).replace("%", "%%"))
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except SQLAlchemyError as error:
        raise StoreError(
            f"The database cannot be migrated ({type(error).__name__}); check the setting {setting}."
        ) from None
