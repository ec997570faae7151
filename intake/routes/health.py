"""`GET /healthz`: whether a letter could be stored."""

import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from intake.errors import StoreUnavailableError
from intake.service import Service

# A probe writes to the disk, so however often anyone asks, it is made at most this often (seconds).
SECONDS_BETWEEN_PROBES: Final = 2.0


class Health:
    """Answers 200 `ok`, or 503 with one word: busy, closings, database, disk, migrate, replay."""

    def __init__(self, service: Service, now: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._now = now
        self._next = 0.0
        self._word = ""

    async def get(self, _request: Request) -> Response:
        """Answer by a durable write of one small row, or by the last answer while that is fresh and nothing failed since."""
        if self._now() >= self._next or self._service.writer.trouble:
            self._word = await self._probe()
            self._next = self._now() + (SECONDS_BETWEEN_PROBES if self._word == "ok" else 0)
        return PlainTextResponse(f"{self._word}\n", 200 if self._word == "ok" else 503)

    async def _probe(self) -> str:
        try:
            await self._service.writer.probe()
        except StoreUnavailableError as error:
            return error.word
        return "ok"
