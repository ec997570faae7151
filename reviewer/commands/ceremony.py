"""`reviewer ceremony`: make a panel's key, split it among custodians, write shares and card."""

import argparse
from datetime import date
from pathlib import Path

from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.commands.options import Commands, add_command, add_passphrase_option, station
from reviewer.custody.ceremony import Held, Plan, hold
from reviewer.custody.passphrases import ask_new, read_passphrases
from reviewer.errors import CeremonyError, SettingsError
from reviewer.files import show
from reviewer.station import Station
from reviewer.terminal import ask, mark_demonstration, note, say, say_json
from reviewer.unlocking import Given, unlock_panel

_YEARS = 2
_EXAMPLE = """\
  reviewer ceremony --threshold 2 --custodians 3 --inquiry an-inquiry --to shares

  Each custodian chooses a passphrase in turn. Then every set of two share files is
  tried once. Hand each custodian one share file, and the intake side panel.card."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "ceremony", "make a panel's key and split it among custodians", _EXAMPLE)
    parser.add_argument("--threshold", type=int, required=True, metavar="M", help="how many custodians open together")
    parser.add_argument("--custodians", type=int, required=True, metavar="N", help="how many custodians there are")
    parser.add_argument(
        "--inquiry", metavar="ID", help="the inquiry's id, as in its file (default: the station's, or ask)"
    )
    parser.add_argument(
        "--epoch", type=int, default=1, metavar="E", help="1 for the first panel, then one more (default 1)"
    )
    parser.add_argument(
        "--valid-from", type=_day, metavar="YYYY-MM-DD", help="first day for new accounts (default: today)"
    )
    parser.add_argument("--valid-to", type=_day, metavar="YYYY-MM-DD", help="last day (default: two years later)")
    parser.add_argument(
        "--to", type=Path, default=Path("shares"), metavar="DIR", help="where to write (default ./shares)"
    )
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
    add_passphrase_option(parser, "the custodians")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Hold the ceremony."""
    place = station(options)
    plan = _plan(options, place)
    plan.check()
    mark_demonstration(plan.demonstration, options.json)
    if not options.no_install:
        place.create()
        place.check_place(plan.inquiry, plan.epoch, plan.demonstration)
    previous = _previous(options, place, plan)
    if options.passphrase_file:
        passphrases = read_passphrases(options.passphrase_file, plan.custodians)
    else:
        passphrases = ask_new(plan.custodians)
    held = hold(plan, passphrases, options.to, previous)
    if not options.no_install:
        place.install_card(held.card)
    if plan.epoch > 1 and previous is None:
        note(
            "The panel before did not sign this card (--previous-share), so an intake side that uses its card will refuse "
            "the new one. Only when those shares are lost: the operator has to put the old card away first."
        )
    _tell(held, options)


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
    )


def _inquiry(place: Station) -> str:
    if place.cards.is_dir() and place.all_cards():
        return place.newest_card().inquiry
    return ask("The inquiry's id, as in its file (lower-case letters, digits, hyphens): ")


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + _YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + _YEARS, day=28)


def _previous(options: argparse.Namespace, place: Station, plan: Plan) -> PanelRoot | None:
    """Return the root of the epoch before, when its shares were given."""
    if not options.previous_share:
        if options.previous_passphrase_file:
            raise SettingsError("--previous-passphrase-file goes with --previous-share.")
        return None
    place.require()
    before: PanelCard = place.newest_card()
    if before.epoch >= plan.epoch:
        raise CeremonyError(f"The epoch after {before.epoch} is needed; choose a later --epoch.")
    shares = Given(options.previous_share, options.previous_passphrase_file)
    unlocked = unlock_panel(shares, [before], before)
    return unlocked[0].root


def _tell(held: Held, options: argparse.Namespace) -> None:
    card = held.card
    words, numbers = card.fingerprint_words
    if options.json:
        say_json(
            {
                "demonstration": card.demonstration,
                "inquiry": card.inquiry,
                "epoch": card.epoch,
                "card": str(held.card_file),
                "shares": [str(path) for path in held.shares],
                "fingerprint": {"words": words, "numbers": numbers},
                "installed": not options.no_install,
            }
        )
        return
    say(f"Panel of {card.inquiry}, epoch {card.epoch}: any {card.threshold} of {card.custodians} shares open it.")
    say(f"New accounts from {card.valid_from} to {card.valid_to}.")
    say()
    for path in held.shares:
        say(f"  {show(path)}")
    say(f"  {show(held.card_file)}  (public; take it to the intake side)")
    say()
    say("Fingerprint of the card, for the leaflet and the telephone line:")
    say("  " + " ".join(words))
    say("  " + " ".join(numbers))
    say()
    say("Every set of shares that may open was opened once, and gives this panel's key. Now give each custodian")
    say("their own file on a medium of its own, and remove the files here.")
