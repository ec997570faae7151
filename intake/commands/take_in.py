"""`intake import`: confirmations and new cards from the station."""

import argparse
from pathlib import Path

from intake.commands.result import Progress, Result
from intake.folder import Folder
from intake.installation import open_store
from intake.settings import Settings
from intake.transfer import Importer


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Take in one bundle, all or nothing."""
    folder = Folder(settings.data)
    folder.require()
    progress = Progress("confirmations")
    store = open_store(settings)
    try:
        store.check_schema()
        importer = Importer(store, folder, progress.step)
        row, known = importer.take_in(Path(arguments.bundle))
    finally:
        progress.end()
        store.close()
    lines = [f"Bundle {row.sequence} was taken in: the station confirms {known} letters."]
    lines += [f"The panel card of epoch {card.epoch} is now in use; restart `intake serve`." for card in importer.cards]
    cards = [card.epoch for card in importer.cards]
    return Result(lines, {"sequence": row.sequence, "confirmed": known, "cards": cards})
