"""The last resort: an error that nobody expected becomes a plain page, and leaves neither text nor address anywhere."""

import gc
import logging
from typing import Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.answers import Refuse
from intake.logs import describe

_LAST_WORDS: Final = "Something went wrong here. Please keep what you wrote, and try again in a few minutes.\n"
_LOG: Final = logging.getLogger("heard")


class Failures:
    """Answers 500 to whatever goes wrong, and logs the error's class and place, never its message."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, its message may hold what was typed
            _LOG.error("A request failed: %s", describe(error))
        # The error held frames, and the frames what was typed: they go before the answer does.
        gc.collect()
        if not started and scope["type"] == "http":
            await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        try:
            return self._refuse(scope, "failure")
        except Exception as error:  # noqa: BLE001 - as above; it may be the pages that fail
            _LOG.error("The page about it failed too: %s", describe(error))
            return PlainTextResponse(_LAST_WORDS, 500)
