"""`reviewer card`: install a public card whose ceremony was held elsewhere, or give an installed one out as text or leaflet."""

import argparse
from pathlib import Path
from typing import Any

from crypto.card import PanelCard
from reviewer.commands.handing import note_html
from reviewer.commands.options import Commands, add_command, station
from reviewer.errors import CardMissingError, PurposeError, SettingsError
from reviewer.files import make_folder, show, write_new
from reviewer.station import Station, read_card
from reviewer.terminal import mark_demonstration, say, say_json

_EXAMPLE = """\
  reviewer card panel.card
  reviewer card --text
  reviewer card --leaflet /media/stick

  With a FILE it is installed. --text prints the newest card that is here for people to read, --leaflet writes it for a
  printer; both after its signatures were verified."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "card", "install the public card of a panel, or show it", _EXAMPLE)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the file panel.card of the ceremony")
    parser.add_argument("--text", action="store_true", help="print the card for people to read")
    parser.add_argument("--leaflet", type=Path, metavar="DIR", help="write a leaflet to print into a folder")
    parser.add_argument("--epoch", type=int, metavar="E", help="which card to show (default: the newest)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Install, or show."""
    place = station(options)
    if options.file is not None:
        _install(place, read_card(options.file), as_json=options.json)
        if not options.text and options.leaflet is None:
            return
    elif not options.text and options.leaflet is None:
        raise SettingsError(
            "Name the card's file to install it, or say --text or --leaflet to show the one that is here."
        )
    _show(_chosen(place, options.epoch), options)


def _install(place: Station, card: PanelCard, *, as_json: bool) -> None:
    mark_demonstration(card.demonstration, as_json)
    place.create()
    place.install_card(card)
    words, numbers = card.fingerprint_words
    if as_json:
        say_json(_fields(card))
        return
    say(f"The card of {card.inquiry}, epoch {card.epoch}, is installed. Its fingerprint:")
    say("  " + " ".join(words))
    say("  " + " ".join(numbers))


def _chosen(place: Station, epoch: int | None) -> PanelCard:
    place.require()
    if epoch is None:
        return place.newest_card()
    found = [card for card in place.all_cards() if card.epoch == epoch]
    if not found:
        raise CardMissingError(f"This station has no card of epoch {epoch}; see `reviewer status`.")
    return found[0]


def _show(card: PanelCard, options: argparse.Namespace) -> None:
    # Lazily: an installation brings nothing to print.
    from reviewer.paper.leaflets import card_facts, print_leaflet

    mark_demonstration(card.demonstration, options.json)
    facts = dict(card_facts(card))
    leaflet = None
    if options.leaflet is not None and card.purpose != "panel":
        raise PurposeError("The safeguarding lead's card is for the intake side alone and has no leaflet; use --text.")
    if options.leaflet is not None:
        paper = print_leaflet(card)
        leaflet = options.leaflet / f"card-{card.epoch:04}{paper.suffix}"
        make_folder(options.leaflet)
        write_new(leaflet, paper.content)
        note_html((leaflet,))
    if options.json:
        say_json(_fields(card) | {"facts": facts, "leaflet": str(leaflet) if leaflet else None})
        return
    if options.text:
        words, numbers = card.fingerprint_words
        for name, value in facts.items():
            say(f"{name + ':':22}{value}")
        say(f"{'Compare these words:':22}{' '.join(words)}")
        say(f"{'or these numbers:':22}{' '.join(numbers)}")
    if leaflet is not None:
        say(f"The leaflet is {show(leaflet)}: print it.")


def _fields(card: PanelCard) -> dict[str, Any]:
    words, numbers = card.fingerprint_words
    return {
        "demonstration": card.demonstration,
        "inquiry": card.inquiry,
        "epoch": card.epoch,
        "fingerprint": {"words": words, "numbers": numbers},
    }
