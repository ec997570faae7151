"""`reviewer ceremony`: make a panel's key, split it among custodians, write shares and card."""

import argparse
from datetime import date
from pathlib import Path

from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.commands.guiding import guide_handing_out, guide_plan
from reviewer.commands.handing import (
    add_handing_options,
    check_handing,
    dealing_of,
    note_html,
    on_what,
)
from reviewer.commands.options import Commands, add_command, station
from reviewer.custody.ceremony import Held, Plan, hold_with
from reviewer.custody.record import CustodyRecord
from reviewer.errors import CeremonyError, SettingsError
from reviewer.files import show
from reviewer.gathering import Given
from reviewer.station import Station
from reviewer.terminal import ask, mark_demonstration, note, say, say_json
from reviewer.unlocking import unlock_panel

_YEARS = 2
_WORDS = {
    "panel": ("Panel", "New accounts", "for the leaflet and the telephone line"),
    "lead": ("Safeguarding lead", "New records of danger", "to compare with what the intake side shows"),
}
_EXAMPLE = """\
  reviewer ceremony
  reviewer ceremony --threshold 2 --custodians 3 --inquiry an-inquiry --to shares
  reviewer ceremony --threshold 2 --custodians 3 --inquiry an-inquiry --to /dev/shm/sheets --sheets

  Without --threshold and --custodians it guides you, step by step, at a terminal. Each custodian
  chooses a passphrase in turn, or gets a sheet (--sheets). Every set of shares that may open is tried once. Hand each
  custodian one share, and the intake side panel.card."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "ceremony", "make a panel's key and split it among custodians", _EXAMPLE)
    parser.add_argument(
        "--threshold",
        type=int,
        metavar="M",
        help="how many custodians open together (without it: guided, step by step)",
    )
    parser.add_argument("--custodians", type=int, metavar="N", help="how many custodians there are")
    parser.add_argument(
        "--inquiry", metavar="ID", help="the inquiry's id, as in its file (default: the station's, or ask)"
    )
    parser.add_argument(
        "--purpose",
        choices=("panel", "lead"),
        default="panel",
        help="whose key this is: the panel's, for letters (default), or the safeguarding lead's, for records of danger",
    )
    parser.add_argument(
        "--epoch", type=int, default=1, metavar="E", help="1 for the first panel, then one more (default 1)"
    )
    parser.add_argument(
        "--valid-from", type=_day, metavar="YYYY-MM-DD", help="first day for new accounts (default: today)"
    )
    parser.add_argument("--valid-to", type=_day, metavar="YYYY-MM-DD", help="last day (default: two years later)")
    parser.add_argument("--no-install", action="store_true", help="do not install the card in the station")
    parser.add_argument(
        "--demonstration",
        action="store_true",
        help="allow one custodian alone, marked everywhere; never for real testimony",
    )
    parser.add_argument(
        "--previous-share",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a share of the epoch before, so that it signs the new card; repeat for each",
    )
    parser.add_argument(
        "--previous-passphrase-file", type=Path, action="append", default=[], metavar="FILE", help="its passphrase"
    )
    add_handing_options(parser)
    parser.set_defaults(run=run, ask_previous=False)


def run(options: argparse.Namespace) -> None:
    """Hold the ceremony."""
    place = station(options)
    guided = options.threshold is None and options.custodians is None
    if guided:
        guide_plan(options, _inquiry_known(place), _epochs(place))
    if options.threshold is None or options.custodians is None:
        raise SettingsError("--threshold and --custodians go together; without both, the ceremony is guided.")
    plan = _plan(options, place)
    plan.check()
    check_handing(options, plan.custodians)
    mark_demonstration(plan.demonstration, options.json)
    if not options.no_install:
        place.create()
        place.check_place(plan.inquiry, plan.epoch, plan.demonstration, plan.purpose)
    previous = _previous(options, place, plan)
    held = hold_with(plan, dealing_of(options, plan.custodians, options.passphrase_file), options.to, previous)
    if not options.no_install:
        place.install_card(held.card)
        _record(place, held, on_what(options))
    if plan.epoch > 1 and previous is None:
        note(
            "The panel before did not sign this card (--previous-share), so an intake side that uses its card will refuse "
            "the new one. Only when those shares are lost: the operator has to put the old card away first."
        )
    _tell(held, options)
    note_html(held.shares)
    if guided:
        guide_handing_out(held, options.holder)


def _record(place: Station, held: Held, medium: str) -> None:
    CustodyRecord(place.custody).add(
        "ceremony",
        held.card.epoch,
        date.today(),
        set=held.set_number,
        threshold=held.card.threshold,
        custodians=held.card.custodians,
        on=medium,
    )


def _inquiry_known(place: Station) -> str | None:
    return place.newest_card().inquiry if _epochs(place) else None


def _epochs(place: Station) -> list[int]:
    return [card.epoch for card in place.all_cards()] if place.cards.is_dir() else []


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _plan(options: argparse.Namespace, place: Station) -> Plan:
    first = options.valid_from or date.today()
    return Plan(
        inquiry=options.inquiry or _inquiry(place),
        epoch=options.epoch,
        threshold=options.threshold,
        custodians=options.custodians,
        valid_from=first,
        valid_to=options.valid_to or _years_later(first),
        demonstration=options.demonstration,
        purpose=options.purpose,
    )


def _inquiry(place: Station) -> str:
    return _inquiry_known(place) or ask("The inquiry's id, as in its file (lower-case letters, digits, hyphens): ")


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + _YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + _YEARS, day=28)


def _previous(options: argparse.Namespace, place: Station, plan: Plan) -> PanelRoot | None:
    """Return the root of the epoch before, when its shares were given or are to be asked for."""
    if not options.previous_share and not options.ask_previous:
        if options.previous_passphrase_file:
            raise SettingsError("--previous-passphrase-file goes with --previous-share.")
        return None
    place.require()
    before: PanelCard = place.newest_card()
    if before.epoch >= plan.epoch:
        raise CeremonyError(f"The epoch after {before.epoch} is needed; choose a later --epoch.")
    shares = Given(options.previous_share, options.previous_passphrase_file)
    unlocked = unlock_panel(shares, [before], before)
    return unlocked[0].keys


def _tell(held: Held, options: argparse.Namespace) -> None:
    card = held.card
    words, numbers = card.fingerprint_words
    if options.json:
        say_json(
            {
                "demonstration": card.demonstration,
                "purpose": card.purpose,
                "inquiry": card.inquiry,
                "epoch": card.epoch,
                "card": str(held.card_file),
                "shares": [str(path) for path in held.shares],
                "set": held.set_number,
                "fingerprint": {"words": words, "numbers": numbers},
                "installed": not options.no_install,
            }
        )
        return
    whose, takes, told = _WORDS[card.purpose]
    say(f"{whose} of {card.inquiry}, epoch {card.epoch}: any {card.threshold} of {card.custodians} shares open it.")
    say(f"{takes} from {card.valid_from} to {card.valid_to}.")
    say()
    for path in held.shares:
        say(f"  {show(path)}")
    say(f"  {show(held.card_file)}  (public; take it to the intake side)")
    say()
    say(f"Fingerprint of the card, {told}:")
    say("  " + " ".join(words))
    say("  " + " ".join(numbers))
    say()
    say("Every set of shares that may open was opened once, and gives this panel's key. Now give each custodian")
    say(
        "their own sheet, printed here, and remove the files."
        if options.sheets
        else "their own file on a medium of its own, and remove the files here."
    )
