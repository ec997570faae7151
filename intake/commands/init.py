"""`intake init`: the data folder, this side's own key, the tables, the log of closings."""

import argparse

from crypto.minisigning import SigningKey
from intake.commands.result import Result, fingerprint_fields, fingerprint_lines
from intake.engine import create_engine, database_url
from intake.errors import FolderError
from intake.folder import Folder, write_file
from intake.installation import open_store
from intake.line.installation import migrate_line
from intake.migration import migrate
from intake.settings import Settings


def run(_arguments: argparse.Namespace, settings: Settings) -> Result:
    """Make what is missing, and never replace a key."""
    folder = Folder(settings.data)
    if folder.key.exists():
        raise FolderError("There is an intake.key already; `intake init` never replaces a key. Run `intake check`.")
    folder.create()
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    migrate(engine)
    engine.dispose()
    store = open_store(settings)
    try:
        store.begin_log()
    finally:
        store.close()
    migrate_line(settings)
    key = SigningKey.generate()
    write_file(folder.public, key.public.encode().encode("ascii"))
    write_file(folder.key, key.encode().encode("ascii"))
    return Result(
        lines=[
            f"The data folder is ready: {folder.root}",
            f"Carry {folder.public.name} to the station and compare there, aloud or on paper:",
            *fingerprint_lines(key.public.fingerprint),
            "Next: `intake card FILE` with the station's panel.card, then `intake serve`.",
        ],
        data={"public_key": str(folder.public), **fingerprint_fields(key.public.fingerprint)},
    )
