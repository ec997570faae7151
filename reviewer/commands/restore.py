"""`reviewer restore`: a new station from a backup."""

import argparse
from pathlib import Path

from reviewer.archive import restore_backup
from reviewer.cases.casework import open_casework
from reviewer.cases.log import Act
from reviewer.cases.unsealing import OpenedPanel
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import open_desk
from reviewer.station import read_card
from reviewer.terminal import say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer restore heard-demonstration-0001-000003.heard-backup --card panel.card --station /home/station/again

  The folder must not exist. Then compare `reviewer status` with the operator, and begin a new generation with `reviewer resync`."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "restore", "make a new station from a backup", _EXAMPLE)
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="the file, beside its signature")
    parser.add_argument(
        "--card", type=Path, required=True, metavar="FILE", help="the card of the panel that it was made for"
    )
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Verify, unlock, restore, and note it in the restored log."""
    place, card = station(options), read_card(options.card)
    panel = unlock_panel(given(options), [card], card)
    count = restore_backup(options.backup, panel, place)
    with open_desk(place, options.json) as desk, open_casework(desk, OpenedPanel(panel)) as work:
        custodians = ", ".join(map(str, panel[0].custodians))
        work.store.note(f"custodians {custodians}", Act.RESTORED, [options.backup.name])
        letters, left = work.store.count(), work.filed.left
    if options.json:
        say_json({"demonstration": card.demonstration, "files": count, "letters": letters, "left": left})
        return
    say(f"{count} file(s) are back, and {letters} letter(s) in the case store.")
    say("The intake side may know more than this copy: compare `reviewer status`, then `reviewer resync`.")
