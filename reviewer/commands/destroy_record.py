"""`reviewer destroy-record`: destroy records of danger whose time has come, two custodians of the safeguarding lead together."""

import argparse
from datetime import date
from typing import Final

from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.danger import destroy_records, require_told
from reviewer.desk import open_desk
from reviewer.errors import DestructionError
from reviewer.reading import SHORT_ID, find
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE: Final = """\
  reviewer destroy-record 3f9a2c --share share-1-of-3.json --share share-3-of-3.json

  Nobody's words take back a record of danger; how long it is kept is the inquiry's own rule. Only what was acknowledged, and the line was told of, can
  be destroyed. Copies of this station's folder, and the intake side's sealed one (its setting danger_days), are not reached from here."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "destroy-record", "destroy records of danger whose time has come", _EXAMPLE)
    parser.add_argument("id", nargs="+", metavar="ID", help="the first digits of a record's ID, as `list` shows them")
    parser.add_argument("--yes", action="store_true", help="do not ask once more")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Check, ask, and destroy."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        desk.require("lead")
        entries = list({entry.digest: entry for entry in (find(desk.ledger, name) for name in options.id)}.values())
        require_told(entries)
        if not options.yes:
            note(f"{len(entries)} record(s) of danger are destroyed here. Nothing brings them back.")
            if ask("Type destroy: ").strip().lower() != "destroy":
                raise DestructionError("Nothing was destroyed.")
        # The agent's custodians are not here; those who destroy are.
        lead = unlock_panel(given(options), desk.cards, desk.card_of(entries))
        digests = destroy_records(desk.ledger, desk.vault, desk.custody, lead, entries, date.today())
        if options.json:
            say_json({"demonstration": desk.demonstration, "destroyed": digests})
            return
    for digest in digests:
        say(f"{digest[:SHORT_ID]} is destroyed.")
    say("Destroy copies of this station's folder by hand.")
