"""`intake line serve`, `audit`, `backup` and `restore`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from intake.clock import today
from intake.commands.result import Result
from intake.line.backup import read_line_backup, write_line_backup
from intake.line.installation import open_line_store
from intake.line.store import LineStore
from intake.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Do what the command's second word says."""
    if arguments.act == "serve":
        from intake.line.serving import serve  # only here: it brings the web along

        host = arguments.host or settings.line_host
        port = settings.line_port if arguments.port is None else arguments.port
        serve(replace(settings, line_host=host, line_port=port), arguments.warnings, as_json=arguments.json)
        return Result([], {"served": True})
    acts = {"audit": _audit, "backup": _backup, "restore": _restore}
    return acts[arguments.act](arguments, settings)


def _backup(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Write workers and audit into one file. The key is not in it."""
    with _store(settings) as store:
        count = write_line_backup(store, Path(arguments.to))
    return Result(
        [f"{arguments.to} holds {count} records. Keep a copy of line.key too, in another place than this file."],
        {"backup": arguments.to, "records": count},
    )


def _restore(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Take such a file into a line that has nobody yet."""
    with _store(settings) as store:
        workers = read_line_backup(store, Path(arguments.file))
    return Result(
        [
            f"{workers} workers were restored, and the audit is whole. Run `intake worker list`: who was disabled, and which recovery",
            "codes were used since the backup, is not known here; disable and reset again whom that concerns.",
        ],
        {"workers": workers},
    )


@contextmanager
def _store(settings: Settings) -> Iterator[LineStore]:
    store = open_line_store(settings)
    try:
        store.check_schema()
        yield store
    finally:
        store.close()


def _audit(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Show the chain, and say whether it is whole. `--head`: an end that was written down earlier has to be in it."""
    with _store(settings) as store:
        store.close_days(today())
        entries, faults = store.entries(), list(store.chain_faults())
    if arguments.head and all(entry.mac.hex() != arguments.head.lower() for entry in entries):
        faults.append(
            "The end that was written down is not in the audit: entries after the last one shown are missing."
        )
    head = entries[-1].mac.hex() if entries else ""
    shown = [
        f"{entry.number:>6}  {entry.moment:<13}  {entry.worker}  {entry.what}  {entry.count or entry.detail}".rstrip()
        for entry in entries
    ]
    fields = [{**vars(entry), "mac": entry.mac.hex()} for entry in entries]
    closing = faults or [
        f"All {len(entries)} entries follow from each other. The end, to be written down: {head or 'none'}"
    ]
    return Result([*shown, *closing], {"entries": fields, "faults": faults, "head": head}, status=1 if faults else 0)
