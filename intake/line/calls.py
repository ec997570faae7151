"""Calls on the phone line's site: where the page and what it sends lead, and what runs behind them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route
from starlette.types import ASGIApp

from crypto.constants import FRAME_BYTES, SEALED_SIZES, VISIT_REQUEST_BYTES
from crypto.frame import LINE_KINDS
from intake.answers import LETTERS_PATH, THREAD_PATH
from intake.line.letterbox import Letterbox
from intake.line.load import Loads
from intake.line.routes.calling import CALL_PATH, COUNT_PATH, HERE_PATH, LIFT_PATH, TODAY_PATH, Calling, Guarded
from intake.line.service import LineService
from intake.submissions import Submissions
from intake.visits import Visits

# Answers to workers leave at once: who watches the network may learn whether words opened something, which the worker, who
# asked for somebody else, is told anyway; and an autosave every two seconds must not wait for a grid.
_NO_GRID: Final = 0
LIMITS: Final[Mapping[str, int]] = {
    LETTERS_PATH: FRAME_BYTES + SEALED_SIZES[-1],
    THREAD_PATH: VISIT_REQUEST_BYTES + SEALED_SIZES[-1],
}


@dataclass(frozen=True, repr=False)
class Calls:
    """What calls need beside the line's own parts."""

    letterbox: Letterbox

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store what comes."""
        self.letterbox.writer.start()
        await self.letterbox.holds.shown()  # before the first page is asked for
        try:
            yield
        finally:
            await asyncio.to_thread(self.letterbox.writer.stop)

    def routes(self, service: LineService) -> list[Route]:
        """Return what a signed-in worker's page asks for, and let every page know of it."""
        is_practice = service.settings.line_practice
        service.pages.describe(takes_calls=True, demonstration=is_practice, periods=self.letterbox.periods)
        settings, box = service.settings, self.letterbox
        loads = Loads(service.book, settings.line_calls_a_day, settings.line_hard_calls_a_day)
        calling = Calling(service, box, loads)
        submissions = Submissions(box.writer, box.day, LINE_KINDS, service.refuse)

        def guarded(path: str, app: ASGIApp) -> Route:
            return Route(path, Guarded(app, service.guard), methods=["POST"])

        return [
            Route(CALL_PATH, calling.page, methods=["GET"]),
            Route(HERE_PATH, calling.here, methods=["POST"]),
            Route(COUNT_PATH, calling.count, methods=["POST"]),
            Route(TODAY_PATH, calling.today, methods=["GET"]),
            Route(LIFT_PATH, calling.lift, methods=["POST"]),
            # Accounts, unfinished calls and records of danger come to one address, in one size: who watches cannot tell.
            guarded(LETTERS_PATH, submissions),
            guarded(THREAD_PATH, Visits(box.threads, _NO_GRID, service.refuse)),
        ]
