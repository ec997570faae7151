"""`reviewer export`: write the bundle that tells the intake side what arrived."""

import argparse
from pathlib import Path

from reviewer.cases.log import Act
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.entries import BundleEntry
from reviewer.errors import MixedSharesError
from reviewer.exporting import Exporter
from reviewer.files import show
from reviewer.station import read_card
from reviewer.terminal import note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer export --to /media/stick
  reviewer export --to /media/stick --card panel.card     (also carries the next epoch's card)
  reviewer export --to /media/stick --again 4             (the medium was lost; no share is needed)"""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "export", "write the return bundle for the intake side", _EXAMPLE)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where to write both files")
    parser.add_argument(
        "--card", type=Path, metavar="FILE", help="a new epoch's card, signed by the panel that exports"
    )
    parser.add_argument("--again", type=int, metavar="N", help="write return bundle N once more, byte for byte")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the bundle, if there is something to tell."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        entry = _export(desk, options)
        if options.json:
            say_json({"demonstration": desk.demonstration} | _fields(entry))
        elif entry is None:
            say("The intake side knows of everything here; no bundle was written.")
        else:
            say(f"{entry.count} record(s) for the intake side. Carry both files:")
            for suffix in (".heard", ".heard.minisig"):
                say(f"  {show(options.to / (entry.name + suffix))}")


def _export(desk: Desk, options: argparse.Namespace) -> BundleEntry | None:
    exporter = Exporter(desk.station, desk.ledger, desk.vault)
    if options.again is not None:
        return exporter.again(options.again, options.to)
    if (begun := exporter.unfinished()) is not None:
        # Its files are in the station, signed: it goes on without the custodians, and before anything new.
        exporter.hand_out(begun, options.to)
        note("An export that was interrupted is finished. Run the same command again for what is new since.")
        return begun
    card = read_card(options.card) if options.card else None
    if card is None and not exporter.has_news():
        return None
    panel = use_panel(given(options), desk)
    if len(panel) > 1:
        raise MixedSharesError(
            "A return bundle is signed by one epoch; bring shares of the one that the intake side uses."
        )
    if desk.purpose == "lead":
        return exporter.write(panel[0], options.to, card)
    with at_work(desk, options, panel) as work:
        work.store.note(work.seat.who, Act.EXPORTED, [f"generation {desk.ledger.generation()}"])
        return exporter.write(panel[0], options.to, card, work.store.head())


def _fields(entry: BundleEntry | None) -> dict[str, object]:
    if entry is None:
        return {"bundle": None, "records": 0}
    return {"bundle": entry.name, "sequence": entry.sequence, "records": entry.count}
