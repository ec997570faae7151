"""`intake forget`: erase what has been kept long enough, or say what that would be."""

import argparse

from intake.clock import today
from intake.commands.result import Result
from intake.folder import Folder
from intake.installation import open_store, retention_of
from intake.rows import Forgotten
from intake.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Forget now what the service would forget by itself within the hour."""
    Folder(settings.data).require()
    store = open_store(settings)
    try:
        store.check_schema()
        forgotten = store.forget(today(), retention_of(settings), dry_run=arguments.dry_run)
        settled = arguments.dry_run or store.settle()
    finally:
        store.close()
    said = "Would be erased:" if arguments.dry_run else "Erased:"
    lines = [said, *(f"  {line}" for line in lines_of(forgotten, settings))]
    if not settled:
        lines.append(
            "The database is busy: its log still holds what was erased, until `intake serve` empties it within the hour."
        )
    return Result(lines, {"dry_run": arguments.dry_run, "settled": settled, **fields_of(forgotten)})


def lines_of(forgotten: Forgotten, settings: Settings) -> list[str]:
    """Return a line for each kind of thing, with how long it is kept."""
    days = retention_of(settings)
    return [
        f"{forgotten.drafts} drafts ({_after(days.drafts)} last saved)",
        f"{forgotten.taken_back} letters that were taken back (at once; under a legal hold after the station confirms them)",
        f"{forgotten.letters} letters ({_after(days.letters)} confirmed by the station)",
        f"{forgotten.answers} replies and the like ({_after(days.answers)} brought here)",
        f"{forgotten.dangers} records of danger ({_after(days.dangers)} acknowledged by the safeguarding lead)",
        f"{forgotten.receipts} receipts of destruction ({_after(days.receipts)} brought here)",
    ]


def fields_of(forgotten: Forgotten) -> dict[str, int]:
    """Return the counts for programs."""
    return vars(forgotten) | {"total": forgotten.total}


def _after(days: int) -> str:
    return f"{days} days after they were" if days else "kept for good once they were"
