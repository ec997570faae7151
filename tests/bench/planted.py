"""`intake` with a fault planted: answers for some threads come later. For the bench and its test alone.

`python -m tests.bench.planted MILLISECONDS serve …`: the threads are those whose locator begins with `MARK`.
"""

import asyncio
import sys
from typing import Final
from unittest import mock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake import cli
from intake.app import create_app
from intake.commands import serve

MARK: Final = b"planted!"
_LOCATOR_AT: Final = 8


class Later:
    """Passes everything on, and holds back the answers to requests whose locator begins with `MARK`."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = b""

        async def watched() -> Message:
            nonlocal start
            message = await receive()
            start = (start + bytes(message.get("body", b"")))[: _LOCATOR_AT + len(MARK)]
            return message

        async def later(message: Message) -> None:
            if message["type"] == "http.response.start" and start[_LOCATOR_AT:] == MARK:
                await asyncio.sleep(self._seconds)
            await send(message)

        await self._app(scope, watched, later)


def main() -> int:
    """Run the command with the fault in it."""
    milliseconds, *arguments = sys.argv[1:]
    with mock.patch.object(
        serve, "create_app", lambda service: Later(create_app(service), float(milliseconds) / 1_000)
    ):
        return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
