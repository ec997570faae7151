"""Takes a request's body into memory, whole or not at all, within a limit for each address and one for all together."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.answers import Refuse

# A browser that is still sending does not show an answer, so a body that is too large is received and forgotten up to
# this many bytes; beyond, the connection is simply closed.
_FORGOTTEN: Final = 32 * 1_048_576


class BodyLimit:
    """Gives the app one message with the whole body of a POST, or refuses it.

    `limits` are the largest bodies (bytes) by path; other paths take no body at all. `budget` bounds the bytes of all
    bodies that are in memory at the same time.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int], budget: int, refuse: Refuse) -> None:
        self._app = app
        self._limits = limits
        self._left = budget
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        limit = self._limits.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if limit is None:
            await self._app(scope, receive, send)
            return
        body = _Body(self, limit)
        try:
            trouble = await body.take(Headers(scope=scope), receive)
            if trouble is None:
                await self._app(scope, _once(body.join(), receive), send)
            elif trouble:
                await self._refuse(scope, trouble)(scope, receive, send)
        finally:
            self.give_back(body.held)

    def borrow(self, size: int) -> bool:
        """Take `size` bytes from the budget, or say that it is spent."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def give_back(self, size: int) -> None:
        """Return `size` bytes to the budget."""
        self._left += size


class _Body:
    """One body while it arrives."""

    def __init__(self, owner: BodyLimit, limit: int) -> None:
        self.held = 0
        self._chunks: list[bytes] = []
        self._owner = owner
        self._limit = limit
        self._trouble: str | None = None
        self._received = 0

    async def take(self, headers: Headers, receive: Receive) -> str | None:
        """Receive it all. Return None, or the word of what is wrong, or "" when the sender has gone."""
        announced = headers.get("content-length", "")
        size = int(announced) if announced.isascii() and announced.isdigit() else 0
        if size > self._limit:
            self._trouble = "size"
            if size > _FORGOTTEN or "expect" in headers:
                return self._trouble
        more = True
        while more and self._received <= _FORGOTTEN:
            message = await receive()
            if message["type"] != "http.request":
                return ""
            self._add(message.get("body", b""))
            more = message.get("more_body", False)
        return self._trouble

    def join(self) -> bytes:
        """Return the body and keep no part of it here; `held` bytes stay counted until they are given back."""
        content = b"".join(self._chunks)
        self._chunks.clear()
        return content

    def _add(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._trouble:
            return
        if self._received > self._limit:
            self._fail("size")
        elif self._owner.borrow(len(chunk)):
            self._chunks.append(chunk)
            self.held += len(chunk)
        else:
            self._fail("busy")

    def _fail(self, word: str) -> None:
        self._trouble = word
        self._owner.give_back(self.held)
        self.held = 0
        self._chunks.clear()


def _once(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the whole body once, then whatever the server has to say."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return messages.pop() if messages else await receive()

    return give
