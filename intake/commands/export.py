"""`intake export`: new letters into a bundle for the station, or records of danger into one for the safeguarding lead."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.bundle import purpose_of
from crypto.constants import Purpose
from intake.commands.result import Progress, Result
from intake.exporting import Exporter
from intake.folder import Folder
from intake.installation import load_card, load_key, open_store
from intake.rows import BundleRow
from intake.settings import Settings

_WORDS: Final[Mapping[Purpose, tuple[str, str]]] = {
    "panel": ("letter", "the station"),
    "lead": ("record", "the safeguarding lead's station"),
}
_NOTHING: Final[Mapping[Purpose, str]] = {
    "panel": "There is no new letter; nothing was written.",
    "lead": "There is no new record of danger; nothing was written.",
}


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Write the bundles that are due, or one of them again."""
    folder = Folder(settings.data)
    progress = Progress("records" if arguments.card == "lead" else "letters")
    key, card = load_key(folder), load_card(folder, arguments.card)
    store = open_store(settings)
    try:
        store.check_schema()
        exporter = Exporter(store, card, key, Path(arguments.to), progress.step)
        if arguments.again is not None:
            written = [exporter.write_again(arguments.again)]
        else:
            written = exporter.write_new(even_empty=arguments.empty)
        alarms = store.waiting("lead")
    finally:
        progress.end()
        store.close()
    lines = [_line(path, row) for path, row in written] or [_NOTHING[card.purpose]]
    if alarms:
        lines.append(f"DANGER: {alarms} record(s) wait for the safeguarding lead: `intake export --card lead`.")
    return Result(lines, {"bundles": [_data(path, row) for path, row in written], "dangers_waiting": alarms})


def _line(path: Path, row: BundleRow) -> str:
    one, place = _WORDS[purpose_of(row.direction)]
    held = f"1 {one}" if row.count == 1 else f"{row.count} {one}s"
    return f"{path} holds {held}; carry it to {place} with {path.name}.minisig."


def _data(path: Path, row: BundleRow) -> dict[str, str | int | None]:
    return {"bundle": str(path), "sequence": row.sequence, "count": row.count, "chain": row.chain}
