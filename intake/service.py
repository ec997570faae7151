"""What every route of the survivors' site needs, made once when it starts."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from crypto.card import PanelCard
from intake.assets import Assets
from intake.holds import HoldBoard
from intake.housekeeping import Housekeeping
from intake.inquiry import Inquiry
from intake.pages import Pages
from intake.settings import Settings
from intake.threads import Threads
from intake.writer import Writer


@dataclass(frozen=True, repr=False)
class Service:
    """The parts of one running site.

    `cards` are all of the inquiry's, oldest first, the last is `card`; `day` gives today's date. `translations` are the
    pages of every language by its code, `pages` those of the language that this part of the site is in. `sealing` bounds how
    many texts of browsers without scripts are worked on at the same time, in all languages together. `is_waiting` says whether the site was restored and waits for a replay.
    """

    settings: Settings
    card: PanelCard
    cards: tuple[PanelCard, ...]
    inquiry: Inquiry
    pages: Pages
    translations: Mapping[str, Pages]
    assets: Assets
    writer: Writer
    threads: Threads
    housekeeping: Housekeeping
    is_waiting: Callable[[], bool]
    holds: HoldBoard
    day: Callable[[], date]
    sealing: asyncio.Semaphore
