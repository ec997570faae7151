"""`intake restore`: a backup into an empty service, on either engine."""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from intake.archive import KeptFile, KeptRow, read_archive, verify_archive
from intake.commands.backup import kept_files
from intake.commands.result import Progress, Result
from intake.engine import create_engine, database_url
from intake.errors import BackupError
from intake.folder import Folder, write_file
from intake.installation import open_store
from intake.line.installation import migrate_line
from intake.migration import migrate
from intake.settings import Settings
from intake.store import Store

_NAME: Final = re.compile(r"intake\.(key|pub)|(panel|lead)-card(-[0-9]{4})?\.card")


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Check the whole file first; then the rows in one transaction, then the files."""
    path = Path(arguments.file)
    folder = Folder(settings.data)
    try:
        with path.open("rb") as source:
            verify_archive(source)
            files = [record for record in read_archive(source) if isinstance(record, KeptFile)]
            if not all(_NAME.fullmatch(kept.name) for kept in files):
                raise BackupError("The backup holds a file that does not belong there; take another copy.")
            folder.create()
            letters = _restore_rows(settings, folder, source)
    except OSError as error:
        raise BackupError(f"{path.name} cannot be read ({error.strerror}).") from None
    for kept in files:
        write_file(folder.root / kept.name, kept.content)
    # The phone line is in no backup: it begins empty, unless a copy of its own lies there already.
    migrate_line(settings)
    return Result(
        [
            f"{letters} letters were restored. The service answers nobody until it knows what was taken back after the backup:",
            "run `intake replay`. Where the log of closings is lost, take in a new generation from the station.",
        ],
        {"letters": letters, "files": sorted(kept.name for kept in files)},
    )


def _restore_rows(settings: Settings, folder: Folder, source: BinaryIO) -> int:
    """Store every row and return the number of letters. Raises BackupError when something is there already."""
    if kept_files(folder):
        raise BackupError("This service has a key or a card already; restore only into an empty one.")
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    migrate(engine)
    engine.dispose()
    store = open_store(settings)
    progress = Progress("records")
    try:
        _require_empty(store)
        store.load(_rows(source, progress))
        return store.count()[0]
    finally:
        progress.end()
        store.close()


def _require_empty(store: Store) -> None:
    if not store.is_empty():
        raise BackupError("This service's database holds letters already; restore only into an empty one.")


def _rows(source: BinaryIO, progress: Progress) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in read_archive(source):
        if isinstance(record, KeptRow):
            progress.step()
            yield record.table, record.columns
