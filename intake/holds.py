"""The legal holds that pages tell about: read from the store now and then, since `intake import` brings them meanwhile."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.errors import LetterError
from crypto.hold import in_force
from crypto.notice import Notice, encode_notice
from intake.errors import StoreError
from intake.pages import hold_text
from intake.store import Store

SECONDS_BETWEEN: Final = 60
SECONDS_TO_RETRY: Final = 5


@dataclass(frozen=True)
class ShownHolds:
    """What pages show of the holds in force: `text` with dates for people, `files` (JSON, a line each) for scripts to verify."""

    text: str = ""
    files: str = ""


class HoldBoard:
    """What is to be said today. `day` gives today's date."""

    def __init__(self, store: Store, day: Callable[[], date]) -> None:
        self._store = store
        self._day = day
        self._holds: Sequence[Notice] = ()
        self._next = 0.0

    async def shown(self) -> ShownHolds:
        """Return what is in force now. Where the database does not answer, what was known last is still shown."""
        if time.monotonic() >= self._next:
            # First: while one request asks, others do not wait for the same answer.
            self._next = time.monotonic() + SECONDS_BETWEEN
            try:
                self._holds = await asyncio.to_thread(self._store.holds)
            except (StoreError, LetterError):
                self._next = time.monotonic() + SECONDS_TO_RETRY
        return shown_holds(in_force(self._holds, self._day()))


def shown_holds(holds: Sequence[Notice]) -> ShownHolds:
    """Return how `holds` are shown: verified, and in force."""
    return ShownHolds(
        hold_text(holds),
        "\n".join(encode_notice(hold).decode("utf-8") for hold in holds),
    )
