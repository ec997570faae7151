"""`intake import`: confirmations, notices and new cards from the station, and new generations of the exchange."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from crypto.constants import Purpose
from crypto.hold import standing
from intake.clock import today
from intake.commands.result import Progress, Result
from intake.folder import Folder
from intake.importing import Importer, TakenIn
from intake.installation import open_store
from intake.rows import Reconciled
from intake.settings import Settings

_SAID: Final[Mapping[Purpose, str]] = {
    "panel": "Bundle {} was taken in: the station confirms {} letters.",
    "lead": "Bundle {} was taken in: the safeguarding lead's station tells of {} records; see `intake status`.",
}


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Take in one bundle, all or nothing."""
    folder = Folder(settings.data)
    folder.require()
    progress = Progress("confirmations")
    store = open_store(settings)
    try:
        store.check_schema()
        importer = Importer(store, folder, progress.step)
        taken = importer.take_in(Path(arguments.bundle), new_generation=arguments.new_generation)
        if taken.closed and taken.done:
            store.settle()
        waits = store.is_waiting
        holds = [hold for hold in standing(importer.holds) if hold.valid_to >= today().isoformat()]
    finally:
        progress.end()
        store.close()
    cards = [card.epoch for card in importer.cards]
    data = {"sequence": taken.row.sequence, "confirmed": taken.confirmed, "closed": taken.closed, "cards": cards}
    data |= {"purpose": importer.purpose}
    data |= {"holds": [{"from": hold.valid_from, "to": hold.valid_to} for hold in holds]}
    if importer.head is not None:
        data |= {"log": {"entries": importer.head.count, "head": importer.head.chain.hex()}}
    if taken.reconciled is not None:
        data |= {"generation": taken.row.generation, "done": taken.done, **asdict(taken.reconciled)}
        return Result(_new_generation(taken, taken.reconciled), data, status=0 if taken.done else 1)
    lines = [_SAID[importer.purpose].format(taken.row.sequence, taken.confirmed)]
    lines += [f"The {importer.purpose} card of epoch {epoch} is now in use; restart `intake serve`." for epoch in cards]
    lines += [f"LEGAL HOLD from {hold.valid_from} to {hold.valid_to}; pages show it within a minute." for hold in holds]
    if importer.head is not None:
        lines.append(
            f"The station's log of who read what has {importer.head.count} entries, head {importer.head.chain.hex()}."
        )
    if waits:
        lines.append(
            "The service still answers nobody: run `intake replay`, or take in a new generation from the station."
        )
    return Result(lines, data)


def _new_generation(taken: TakenIn, reconciled: Reconciled) -> list[str]:
    generation, done = taken.row.generation, taken.done
    lines = [
        f"Generation {generation} begins with this bundle. Those before {'have ended' if done else 'would end'}.",
        f"  on both sides                        {reconciled.both}",
        f"  only here, for the next export       {reconciled.here}",
        f"  only at the station                  {reconciled.there}",
        f"  taken back; the station is told so   {reconciled.erased}",
        f"  threads that were closed by words        {taken.closed}",
    ]
    if reconciled.lost:
        lines.append(
            f"  LOST on both sides                   {reconciled.lost}: look for a newer copy of the station first."
        )
    if done:
        return [*lines, "Next: `intake export`, and restart `intake serve` where a card is new."]
    return [
        *lines,
        "Nothing was changed. When this is the newest bundle of the station, run it again with --new-generation.",
    ]
