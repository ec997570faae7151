"""`reviewer end-epoch`: two custodians destroy what the station holds of an epoch."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date

from reviewer.cases.casework import open_casework
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import OpenedPanel
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import Desk, open_desk
from reviewer.ending import Ending, remaining
from reviewer.errors import CaseStoreError, EpochError
from reviewer.opening import Unlocked
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import unlock_panel

_EXAMPLE = """\
  reviewer end-epoch 1
  reviewer end-epoch 1 --yes --share share-1-of-3.json --share share-3-of-3.json

  Every letter of the epoch is destroyed here, and cannot be read again. It names the copies that remain elsewhere:
  destroy them by hand, the shares before witnesses. The card stays, since what it signed must still be checked."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "end-epoch", "destroy what the station holds of an epoch", _EXAMPLE)
    parser.add_argument("epoch", type=int, metavar="E", help="the number of the epoch")
    parser.add_argument("--yes", action="store_true", help="do not ask once more")
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Ask, unlock, destroy, and name what remains."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        card = desk.chosen(options.epoch)
        ending = Ending(desk, card)
        ending.check(date.today())
        count = len(ending.letters())
        if not options.yes:
            note(f"{count} letter(s) of epoch {card.epoch} are destroyed here. Nothing brings them back.")
            if ask(f"Type end epoch {card.epoch}: ").strip().lower() != f"end epoch {card.epoch}":
                raise EpochError("Nothing was destroyed.")
        # The agent's custodians are not here; those who destroy are.
        panel = unlock_panel(given(options), [card], card)
        destroyed = ending.end(panel[0], date.today())
        left = [*remaining(desk.custody, card), *_left_in_cases(desk, panel)]
        if options.json:
            say_json({"demonstration": desk.demonstration, "epoch": card.epoch, "destroyed": destroyed, "remain": left})
            return
    say(
        f"Epoch {card.epoch} has ended here: {destroyed} letter(s) destroyed. What remains, and only people can destroy:"
    )
    for line in left:
        say(f"  - {line}")
    say("The next `reviewer export` tells the intake side which letters are gone.")


def _left_in_cases(desk: Desk, panel: Sequence[Unlocked]) -> Iterator[str]:
    """Let the case store shred what is gone, and yield what remains of it."""
    strongbox = Strongbox(desk.station.cases, desk.cards)
    number = strongbox.number()
    if number is None:
        return
    try:
        with open_casework(desk, OpenedPanel(panel)):
            pass  # whoever opens it brings it to the ledger first
    except CaseStoreError:
        yield "the same letters in the case store, until somebody opens it with a later epoch's shares"
        return
    if len(strongbox.epochs(number)) > 1:
        yield "the case store's key, which these shares still open: `reviewer renew` with the newest shares ends that"
