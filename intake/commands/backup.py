"""`intake backup`: everything of this installation in one file, as of one moment, while it serves."""

import argparse
from pathlib import Path

from intake.archive import ArchiveWriter, KeptFile, KeptRow
from intake.commands.result import Progress, Result
from intake.errors import BackupError
from intake.folder import Folder, new_file, read_file
from intake.installation import open_store
from intake.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Write the file whole, or leave what was there before."""
    folder = Folder(settings.data)
    folder.require()
    target = Path(arguments.to)
    if not target.absolute().parent.is_dir():
        raise BackupError(f"There is no folder {target.absolute().parent} to write the backup to.")
    progress = Progress("records")
    store = open_store(settings)
    try:
        store.check_schema()
        with new_file(target.absolute()) as file:
            writer = ArchiveWriter(file)
            for path in sorted(kept_files(folder)):
                writer.add_file(KeptFile(path.name, read_file(path)))
            for table, columns in store.dump():
                writer.add_row(KeptRow(table, columns))
                progress.step()
            count = writer.finish()
    finally:
        progress.end()
        store.close()
    return Result(
        [f"{target} holds {count} records. It holds this side's key too: keep it as you keep the data folder."],
        {"backup": str(target), "records": count},
    )


def kept_files(folder: Folder) -> list[Path]:
    """Return the files of the data folder that a backup keeps: the key pair, and every card of the panel and of the lead."""
    cards = (*folder.root.glob("panel-card*.card"), *folder.root.glob("lead-card*.card"))
    return [path for path in (folder.key, folder.public, *cards) if path.exists()]
