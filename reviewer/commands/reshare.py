"""`reviewer reshare`: new shares of the same epoch, and the witnessed end of the old ones."""

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Final

from crypto.card import PanelCard
from reviewer.commands.handing import add_handing_options, check_handing, dealing_of, note_html, on_what
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.custody.dealing import deal
from reviewer.custody.quorum import open_card
from reviewer.custody.record import CustodyEntry
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_line
from reviewer.errors import MixedSharesError, RenewalError
from reviewer.files import show
from reviewer.gathering import gather
from reviewer.terminal import ask, note, say, say_json

WITNESSES: Final = 2
NOT_REVOKED: Final = (
    "This takes nothing away from anybody: the old shares open the same epoch until they are destroyed. Whoever must be shut out "
    "of what comes later needs a new epoch (`reviewer ceremony --epoch`)."
)
_EXAMPLE = """\
  reviewer reshare --to /dev/shm/new --share share-1-of-3.json --share share-3-of-3.json
  reviewer reshare --destroyed 1 --destroyed 2 --witness "Jo Example" --witness "Sam Example"

  The first writes a new set of shares of the same epoch. The second, when two people saw so many of the old shares
  destroyed that the others no longer open it, says so in the custody record. At a terminal, names are asked for."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(
        commands, "reshare", "make new shares of the same epoch; this does not revoke the old ones", _EXAMPLE
    )
    parser.add_argument("--epoch", type=int, metavar="E", help="which epoch (default: the newest)")
    add_handing_options(parser, "new")
    parser.add_argument(
        "--destroyed",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="the number of an old share that was destroyed before witnesses; repeat for each",
    )
    parser.add_argument(
        "--witness", action="append", default=[], metavar="NAME", help="who saw it; twice (default: ask)"
    )
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make new shares, or note that old ones are gone."""
    with open_desk(station(options), options.json) as desk, desk.station.locked():
        card = desk.chosen(options.epoch)
        if options.destroyed or options.witness:
            _note_destroyed(desk, card, options)
        else:
            _renew(desk, card, options)


def _renew(desk: Desk, card: PanelCard, options: argparse.Namespace) -> None:
    _require_none_open(desk, card)
    check_handing(options, card.custodians)
    note(NOT_REVOKED)
    groups = gather(given(options), desk.cards, card)
    if [group[0] for group in groups] != [card]:
        raise MixedSharesError(f"Bring shares of epoch {card.epoch}, or say --epoch.")
    old = groups[0][1]
    root = open_card(old, card, desk.cards)
    dealt = deal(root, card, options.to, dealing_of(options, card.custodians, options.new_passphrase_file))
    details = {"old_set": old[0].set_number, "set": dealt.set_number, "on": on_what(options)}
    desk.custody.add("renewed", card.epoch, date.today(), **details)
    if options.json:
        say_json({"demonstration": desk.demonstration, "shares": [str(path) for path in dealt.files], **details})
        return
    for path in dealt.files:
        say(f"  {show(path)}")
    note_html(dealt.files)
    say(
        f"New shares of epoch {card.epoch}: set {dealt.set_number}. They do not go together with those of set {details['old_set']}."
    )
    say(
        f"Hand them out and rehearse. Then destroy at least {_enough(card)} of the old shares before two people, and run "
        "`reviewer reshare --destroyed`: until then `reviewer status` says that the old ones still open it."
    )


def _note_destroyed(desk: Desk, card: PanelCard, options: argparse.Namespace) -> None:
    waiting = [entry for entry in desk.custody.not_destroyed() if entry.epoch == card.epoch]
    if not waiting:
        raise RenewalError(f"No shares of epoch {card.epoch} were renewed whose old ones are still to be destroyed.")
    shares = sorted(set(options.destroyed))
    _check(shares, card, waiting[0])
    witnesses = _witnesses(options.witness, shares)
    details = {"set": waiting[0].details["old_set"], "shares": shares, "witnesses": witnesses}
    desk.custody.add("old shares destroyed", card.epoch, date.today(), **details)
    if options.json:
        say_json({"demonstration": desk.demonstration, **details})
        return
    say(
        f"Noted: the shares {_listed(shares)} of set {details['set']} are gone; {' and '.join(map(safe_line, witnesses))} saw it."
    )
    left = card.custodians - len(shares)
    say(
        f"{left} old share(s) remain, which open nothing without {card.threshold - left} more. Copies that nobody named would."
    )


def _require_none_open(desk: Desk, card: PanelCard) -> None:
    if any(entry.epoch == card.epoch for entry in desk.custody.not_destroyed()):
        raise RenewalError(
            "Shares of this epoch were renewed before, and the old ones are not destroyed yet: do that first, and run "
            "`reviewer reshare --destroyed`."
        )


def _enough(card: PanelCard) -> int:
    """Return how many of the old shares must be gone, so that the others are too few."""
    return card.custodians - card.threshold + 1


def _check(shares: Sequence[int], card: PanelCard, renewal: CustodyEntry) -> None:
    if any(not 1 <= number <= card.custodians for number in shares):
        raise RenewalError(f"Shares of epoch {card.epoch} are numbered from 1 to {card.custodians}.")
    if len(shares) < _enough(card):
        raise RenewalError(
            f"At least {_enough(card)} old shares of set {renewal.details['old_set']} must be destroyed: with {len(shares)} gone, "
            f"the other {card.custodians - len(shares)} still open it. Nothing was noted."
        )


def _witnesses(named: Sequence[str], shares: Sequence[int]) -> list[str]:
    """Return the names of two different people, each of whom said that they saw it."""
    if not named:
        note(
            f"Each of two people says for themselves that the shares {_listed(shares)} were destroyed before their eyes."
        )
    names = list(named) or [ask(f"Witness {number} of {WITNESSES}, your name: ") for number in range(1, WITNESSES + 1)]
    spelt = [" ".join(name.split()) for name in names]
    if len(spelt) != WITNESSES or not all(spelt) or len({name.casefold() for name in spelt}) != WITNESSES:
        raise RenewalError("Two different people must have seen it: give --witness twice. Nothing was noted.")
    return spelt


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
