"""`reviewer import`: take a bundle of sealed letters into the station."""

import argparse
from pathlib import Path

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import Desk, open_desk
from reviewer.errors import TooFewSharesError
from reviewer.importing import Imported, Importer
from reviewer.reading import SHORT_ID
from reviewer.terminal import Progress, say, say_json
from reviewer.trust import require_trusted_key
from reviewer.unlocking import Given, unlock_panel
from reviewer.verifying import DIRECTION, check_order, copy_in, verify_copy

_EXAMPLE = """\
  reviewer import /media/stick/intake-0001-000001.heard
  reviewer import intake-0001-000001.heard --share share-1-of-3.json --share share-3-of-3.json

  Both files, NAME.heard and NAME.heard.minisig, are copied into the station and verified
  there before any share is asked for. Interrupted? Run the same command again."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "import", "import a bundle of sealed letters from the intake side", _EXAMPLE)
    parser.add_argument(
        "bundle", type=Path, metavar="BUNDLE", help="the file NAME.heard, beside its NAME.heard.minisig"
    )
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Verify, unlock, import."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        imported = _import(desk, options.bundle, given(options))
        _tell_json(imported, desk) if options.json else _tell(imported)


def _import(desk: Desk, bundle: Path, shares: Given) -> Imported:
    key = require_trusted_key(desk.station)
    copied = copy_in(bundle, desk.station.incoming)
    try:
        summary = verify_copy(copied, key, desk.cards)
        sequence, epoch = summary.header.sequence, summary.header.epoch
        resumed = check_order(summary, desk.ledger.bundle(DIRECTION, sequence), desk.ledger.last_bundle(DIRECTION))
        panel = unlock_panel(shares, desk.cards, desk.card(epoch))
        if panel[0].card.epoch != epoch:
            raise TooFewSharesError(f"This bundle is of epoch {epoch}; bring its shares. Nothing was imported.")
        with Progress("Letters", summary.count) as progress:
            return Importer(desk.ledger, desk.vault, panel).take(copied, summary, resumed, progress.step)
    finally:
        copied.remove()


def _tell(imported: Imported) -> None:
    counts, entry = imported.counts, imported.entry
    say(f"Bundle {entry.name}{' (import continued)' if imported.resumed else ''}")
    say(f"  imported    {counts.imported}")
    say(f"  set aside   {counts.set_aside}")
    for word, count in (("waiting", counts.waiting), ("taken back", counts.withdrawn), ("destroyed", counts.destroyed)):
        if count:
            say(f"  {word:11} {count}")
    say(f"  here before {imported.duplicates}")
    for letter in imported.set_aside:
        say(f"Set aside {letter.digest[:SHORT_ID]}: {letter.reason}.")


def _tell_json(imported: Imported, desk: Desk) -> None:
    say_json(
        {
            "demonstration": desk.demonstration,
            "bundle": imported.entry.name,
            "sequence": imported.entry.sequence,
            "resumed": imported.resumed,
            "imported": imported.counts.imported,
            "waiting": imported.counts.waiting,
            "withdrawn": imported.counts.withdrawn,
            "destroyed": imported.counts.destroyed,
            "set_aside": [{"id": letter.digest, "reason": letter.reason} for letter in imported.set_aside],
            "duplicates": imported.duplicates,
        }
    )
