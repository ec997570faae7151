"""`intake migrate`: bring the tables to this program's version."""

import argparse

from intake.commands.result import Result
from intake.engine import create_engine, database_url
from intake.folder import Folder
from intake.migration import migrate
from intake.schema import SCHEMA_REVISION
from intake.settings import Settings


def run(_arguments: argparse.Namespace, settings: Settings) -> Result:
    """Run what is missing; nothing when nothing is."""
    folder = Folder(settings.data)
    folder.require()
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    migrate(engine)
    engine.dispose()
    return Result([f"The database is at version {SCHEMA_REVISION}."], {"version": SCHEMA_REVISION})
