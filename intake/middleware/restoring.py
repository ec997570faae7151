"""After a restore: the pages on which people write or come back are not shown until it is known what was taken back."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from intake.answers import Refuse
from intake.errors import StoreError

# The database is asked at most this often (seconds), however many pages are opened.
SECONDS_BETWEEN: Final = 1.0


class Restoring:
    """Answers 503 to whoever opens one of `paths` meanwhile. What is sent there is refused by the store, with its text kept."""

    def __init__(
        self,
        app: ASGIApp,
        paths: Collection[str],
        is_waiting: Callable[[], bool],
        refuse: Refuse,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._is_waiting = is_waiting
        self._refuse = refuse
        self._now = now
        self._next = 0.0
        self._waits = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        opens = scope["type"] == "http" and scope["path"] in self._paths and scope["method"] != "POST"
        if opens and await self._waiting():
            await self._refuse(scope, "replay")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _waiting(self) -> bool:
        if self._now() >= self._next:
            self._next = self._now() + SECONDS_BETWEEN
            try:
                self._waits = await asyncio.to_thread(self._is_waiting)
            except StoreError:
                self._waits = False  # a database that is away for a moment closes no page
        return self._waits
