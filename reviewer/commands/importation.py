"""`reviewer import`: take a bundle of sealed letters into the station."""

import argparse
from pathlib import Path

from crypto.bundle import TO_STATION
from reviewer.cases.log import Act
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work, tell_left
from reviewer.desk import Desk, open_desk
from reviewer.errors import TooFewSharesError
from reviewer.importing import Imported, Importer
from reviewer.reading import SHORT_ID
from reviewer.remedies import remedy
from reviewer.terminal import Progress, say, say_json
from reviewer.trust import require_trusted_key
from reviewer.unlocking import use_panel
from reviewer.verifying import check_generation, check_order, copy_in, verify_copy

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
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Verify, unlock, import."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        imported = _import(desk, options)
        _tell_json(imported, desk) if options.json else _tell(imported)


def _import(desk: Desk, options: argparse.Namespace) -> Imported:
    bundle = options.bundle
    key = require_trusted_key(desk.station)
    copied = copy_in(bundle, desk.station.incoming)
    try:
        summary = verify_copy(copied, key, desk.cards)
        sequence, epoch = summary.header.sequence, summary.header.epoch
        check_generation(summary, desk.ledger.generation())
        direction = summary.header.direction
        resumed = check_order(summary, desk.ledger.bundle(direction, sequence), desk.ledger.last_bundle(direction))
        panel = use_panel(given(options), desk, desk.card(epoch))
        if panel[0].card.epoch != epoch:
            raise TooFewSharesError(f"This bundle is of epoch {epoch}; bring its shares. Nothing was imported.")
        importer = Importer(desk.ledger, desk.vault, panel)
        if desk.purpose == "lead":
            with Progress("Records", summary.count) as progress:
                return importer.take(copied, summary, resumed, progress.step)
        with at_work(desk, options, panel) as work:
            with Progress("Letters", summary.count) as progress:
                imported = importer.take(copied, summary, resumed, progress.step)
            with Progress("Opened into the case store", imported.counts.imported) as progress:
                filed = work.filer.file(progress.step)
            tell_left(filed.left)
            work.store.note(work.seat.who, Act.IMPORTED, [imported.entry.name])
            return imported
    finally:
        copied.remove()


def _tell(imported: Imported) -> None:
    counts, entry = imported.counts, imported.entry
    say(f"Bundle {entry.name}{' (import continued)' if imported.resumed else ''}")
    if entry.direction == TO_STATION["lead"] and counts.imported:
        say("DANGER: read what came with `reviewer read --all`, then `reviewer acknowledge ID`.")
    say(f"  imported    {counts.imported}")
    say(f"  set aside   {counts.set_aside}")
    for word, count in (("waiting", counts.waiting), ("taken back", counts.withdrawn), ("destroyed", counts.destroyed)):
        if count:
            say(f"  {word:11} {count}")
    say(f"  here before {imported.duplicates}")
    if counts.missing:
        say(
            f"MISSING: {counts.missing} letter(s) that were confirmed before are neither here nor at the intake side any more."
        )
        say("This station is older than that confirmation: restore its newest copy.")
    for letter in imported.set_aside:
        say(f"Set aside {letter.digest[:SHORT_ID]}: {letter.reason}.")
        say(f"  What to do: {remedy(letter.reason)}")


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
            "missing": imported.counts.missing,
            "set_aside": [
                {"id": letter.digest, "reason": letter.reason, "remedy": remedy(letter.reason)}
                for letter in imported.set_aside
            ],
            "duplicates": imported.duplicates,
        }
    )
