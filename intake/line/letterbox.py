"""What a worker's calls need of the letters' side: where they are stored, and the inquiry's keys.

The line stores through the same writer as the survivors' site, in a process of its own. It never learns which worker a letter
came from: nothing of a session reaches this far.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from crypto.card import PanelCard
from intake.clock import today
from intake.errors import PanelCardError
from intake.folder import Folder
from intake.holds import HoldBoard
from intake.installation import all_cards, load_card
from intake.pages import Periods, periods_of
from intake.settings import Settings
from intake.store import Store
from intake.threads import Threads
from intake.writer import Writer


@dataclass(frozen=True, repr=False)
class Letterbox:
    """The letters' side of one running line.

    `cards` are all of the inquiry's, oldest first; `lead_card` is the safeguarding lead's, if there is one; `day` gives today's
    date.
    """

    cards: tuple[PanelCard, ...]
    lead_card: PanelCard | None
    writer: Writer
    threads: Threads
    holds: HoldBoard
    day: Callable[[], date]
    periods: Periods


def check_practice(card: PanelCard, *, is_practice: bool) -> None:
    """Raise PanelCardError where practice would come to a real card, or what callers say to a demonstration's."""
    if is_practice and not card.demonstration:
        raise PanelCardError(
            "The card here is a real one, and the setting line_practice is on: practise in a data folder of its own, on a "
            "demonstration's card."
        )
    if card.demonstration and not is_practice:
        raise PanelCardError(
            "The card here is a demonstration's, which anyone may open: the phone line takes it only with the setting line_practice."
        )


def make_letterbox(settings: Settings, store: Store) -> Letterbox:
    """Put the parts together. Raises IntakeError where there is no sound card."""
    folder = Folder(settings.data)
    cards = all_cards(folder)
    lead_card = load_card(folder, "lead") if folder.card_of("lead").exists() else None
    for card in (*cards, *([lead_card] if lead_card else [])):
        check_practice(card, is_practice=settings.line_practice)
    return Letterbox(
        cards=cards,
        lead_card=lead_card,
        writer=Writer(store, settings.waiting_letters, settings.database_seconds),
        threads=Threads(store, today, settings.draft_days),
        holds=HoldBoard(store, today),
        day=today,
        periods=periods_of(settings),
    )
