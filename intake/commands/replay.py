"""`intake replay`: after a restore, do again what was taken back and replaced after the backup."""

import argparse
from pathlib import Path

from intake.commands.result import Progress, Result
from intake.errors import ClosingsError
from intake.folder import Folder
from intake.installation import open_store
from intake.settings import Settings
from intake.store import Store


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Replay the log, or begin a new one in place of one that is lost. Doing it again goes on, or changes nothing."""
    Folder(settings.data).require()
    progress = Progress("closings")
    store = open_store(settings)
    try:
        store.check_schema()
        if arguments.new_log:
            return _begin(store)
        was_waiting = store.is_waiting
        for copy in arguments.log:
            store.adopt_log(Path(copy))
        count = store.replay(progress.step)
        settled = store.settle()
    finally:
        progress.end()
        store.close()
    lines = [f"{count} closings were done again." if count else "Nothing was taken back or replaced after the backup."]
    lines += ["The service answers again."] if was_waiting else []
    lines += [] if settled else ["The database was busy: `intake serve` overwrites what was erased within the hour."]
    return Result(lines, {"closings": count, "answers": True})


def _begin(store: Store) -> Result:
    if store.is_waiting:
        raise ClosingsError(
            "This service was restored and needs the log that it had; without it, take in a new generation from the station."
        )
    store.begin_log(anew=True)
    return Result(
        ["There is a new log of closings. Make a backup now: older ones cannot be completed by it."], {"new_log": True}
    )
