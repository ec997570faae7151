"""`reviewer resync`: begin a new generation of the exchange, two custodians together."""

import argparse
from pathlib import Path

from reviewer.bundles import FIRST_GENERATION
from reviewer.cases.log import Act
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.entries import BundleEntry
from reviewer.errors import MixedSharesError
from reviewer.exporting import Exporter
from reviewer.files import show
from reviewer.resyncing import Resyncer
from reviewer.terminal import note, say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer resync --to /media/stick

  After a restore on either side, when the bundles no longer follow each other. All of before ends: the intake side
  takes this bundle in with `intake import BUNDLE --new-generation`, and sends what is not here."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "resync", "begin a new generation of the exchange after a restore", _EXAMPLE)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where to write both files")
    parser.add_argument(
        "--generation",
        type=int,
        metavar="G",
        help="its number, when this station was restored from before another one (default: the next)",
    )
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the first bundle of the new generation."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        entry = _begin(desk, options)
        if options.json:
            fields = {"bundle": entry.name, "generation": entry.generation, "records": entry.count}
            say_json({"demonstration": desk.demonstration} | fields)
            return
        say(
            f"Generation {entry.generation} has begun; bundles of those before are refused. {entry.count} record(s). Carry both files:"
        )
        for suffix in (".heard", ".heard.minisig"):
            say(f"  {show(options.to / (entry.name + suffix))}")


def _begin(desk: Desk, options: argparse.Namespace) -> BundleEntry:
    exporter = Exporter(desk.station, desk.ledger, desk.vault)
    begun = exporter.unfinished()
    if begun is not None and (begun.generation > FIRST_GENERATION and begun.sequence == 1):
        exporter.hand_out(begun, options.to)
        note("A resync that was interrupted is finished.")
        return begun
    panel = unlock_panel(given(options), desk.cards, desk.newest)
    if len(panel) > 1:
        raise MixedSharesError(
            "A new generation is signed by one epoch; bring shares of the one that the intake side uses."
        )
    resyncer = Resyncer(exporter, desk.cards)
    if desk.purpose == "lead":
        return resyncer.begin(panel[0], options.to, options.generation)
    with at_work(desk, options, panel) as work:
        work.store.note(work.seat.who, Act.RESYNCED, [str(options.generation or desk.ledger.generation() + 1)])
        return resyncer.begin(panel[0], options.to, options.generation, work.store.head())
