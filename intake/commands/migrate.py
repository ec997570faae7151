"""`intake migrate`: bring the tables to this program's version."""

import argparse
from typing import Final

from intake.commands.result import Result
from intake.engine import create_engine, database_url
from intake.folder import Folder
from intake.installation import open_store
from intake.line.installation import migrate_line
from intake.line.schema import LINE_REVISION
from intake.migration import migrate
from intake.schema import SCHEMA_REVISION
from intake.settings import Settings

LETTERS: Final = "letters"
LINE: Final = "line"


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Run what is missing; nothing when nothing is. `only` one of the two databases, or both."""
    lines, fields = [], {}
    if arguments.only != LINE:
        _migrate_letters(settings)
        lines.append(f"The database is at version {SCHEMA_REVISION}.")
        fields["version"] = SCHEMA_REVISION
    if arguments.only != LETTERS:
        migrate_line(settings)
        lines.append(f"The phone line's database is at version {LINE_REVISION}.")
        fields["line_version"] = LINE_REVISION
    return Result(lines, fields)


def _migrate_letters(settings: Settings) -> None:
    """Migrate the letters' tables. A database of before there was a log of closings gets one."""
    folder = Folder(settings.data)
    folder.require()
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    migrate(engine)
    engine.dispose()
    store = open_store(settings)
    try:
        store.begin_log()
    finally:
        store.close()
