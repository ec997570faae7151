"""`intake export`: new letters into a bundle for the station."""

import argparse
from pathlib import Path

from intake.commands.result import Progress, Result
from intake.folder import Folder
from intake.installation import load_card, load_key, open_store
from intake.rows import BundleRow
from intake.settings import Settings
from intake.transfer import Exporter


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Write the bundles that are due, or one of them again."""
    folder = Folder(settings.data)
    progress = Progress("letters")
    key, card = load_key(folder), load_card(folder)
    store = open_store(settings)
    try:
        store.check_schema()
        exporter = Exporter(store, card, key, Path(arguments.to), progress.step)
        if arguments.again is not None:
            written = [exporter.write_again(arguments.again)]
        else:
            written = exporter.write_new(even_empty=arguments.empty)
    finally:
        progress.end()
        store.close()
    if not written:
        return Result(["There is no new letter; nothing was written."], {"bundles": []})
    return Result([_line(path, row) for path, row in written], {"bundles": [_data(path, row) for path, row in written]})


def _line(path: Path, row: BundleRow) -> str:
    letters = "1 letter" if row.count == 1 else f"{row.count} letters"
    return f"{path} holds {letters}; carry it to the station with {path.name}.minisig."


def _data(path: Path, row: BundleRow) -> dict[str, str | int | None]:
    return {"bundle": str(path), "sequence": row.sequence, "count": row.count, "chain": row.chain}
