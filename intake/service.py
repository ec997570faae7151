"""What every route of the survivors' site needs, made once when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from crypto.card import PanelCard
from intake.assets import Assets
from intake.housekeeping import Housekeeping
from intake.inquiry import Inquiry
from intake.pages import Pages
from intake.settings import Settings
from intake.threads import Threads
from intake.writer import Writer


@dataclass(frozen=True, repr=False)
class Service:
    """The parts of one running site. `cards` are all of the inquiry's, oldest first, the last is `card`; `day` gives today's date."""

    settings: Settings
    card: PanelCard
    cards: tuple[PanelCard, ...]
    inquiry: Inquiry
    pages: Pages
    assets: Assets
    writer: Writer
    threads: Threads
    housekeeping: Housekeeping
    day: Callable[[], date]
