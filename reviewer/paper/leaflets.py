"""The public card for people: as lines of text, and as a leaflet to print."""

from collections.abc import Iterator

from crypto.card import PanelCard
from reviewer.paper.printing import WHOSE, Paper, printed

_SHOWN = 24


def card_facts(card: PanelCard) -> Iterator[tuple[str, str]]:
    """Yield what a card says, as names and values for people."""
    yield "Inquiry", card.inquiry
    yield "Whose", f"the {WHOSE[card.purpose]}'s, epoch {card.epoch}"
    yield "Takes what is new", f"from {card.valid_from} to {card.valid_to}"
    yield "Opens with", f"{card.threshold} of {card.custodians} shares"
    yield "Seals to", f"{card.recipient[:_SHOWN]}…{card.recipient[-_SHOWN:]}"
    yield "Signs with", card.verify_key
    yield "Bundles signed with", card.minisign_key
    yield "Signed by", "its own key" + (" and that of the epoch before" if card.previous_signature else "")


def print_leaflet(card: PanelCard) -> Paper:
    """Return the leaflet of a card."""
    return printed("leaflet.html", card=card, whose=WHOSE[card.purpose], facts=list(card_facts(card)))
