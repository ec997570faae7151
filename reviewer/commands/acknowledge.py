"""`reviewer acknowledge`: say that the safeguarding lead has read a record of danger and taken it on."""

import argparse

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.danger import acknowledge
from reviewer.desk import open_desk
from reviewer.errors import SettingsError
from reviewer.reading import SHORT_ID, find
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer acknowledge 3f9a2c --share share-1-of-3.json --share share-3-of-3.json

  The next `reviewer export` tells the phone line that the record was acknowledged: that alone, and nothing of it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "acknowledge", "say that a record of danger was read and taken on", _EXAMPLE)
    parser.add_argument("id", nargs="*", metavar="ID", help="the first digits of a record's ID, as `list` shows them")
    parser.add_argument("--all", action="store_true", help="every record that was imported")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open each, and note it."""
    if options.all == bool(options.id):
        raise SettingsError("Name the records to acknowledge (see `reviewer list`), or say --all.")
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("lead")
        entries = desk.ledger.imported() if options.all else [find(desk.ledger, name) for name in options.id]
        lead = use_panel(given(options), desk, desk.card_of(entries))
        new = [entry.digest for entry in entries if acknowledge(desk.ledger, desk.vault, lead, entry)]
    if options.json:
        say_json({"demonstration": desk.demonstration, "acknowledged": new, "before": len(entries) - len(new)})
        return
    for digest in new:
        say(f"{digest[:SHORT_ID]} is acknowledged.")
    if len(new) < len(entries):
        say(f"{len(entries) - len(new)} record(s) were acknowledged before.")
    say("The next `reviewer export` tells the phone line.")
