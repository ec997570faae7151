"""Compresses pages that anybody can see, and no others."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.codings import IDENTITY, choose_coding, compress

_READING: Final = frozenset({"GET", "HEAD"})
_PAGE: Final = "text/html"


class Compression:
    """Answers a GET with a page that is as small as the browser allows.

    The answer to a POST may show return words, or what words open, beside what somebody typed. The length of such a page, once
    compressed, would tell whoever watches the line and can let text of their own choice be sent how alike the two are, until all
    of it is known (BREACH, CVE-2013-3587). So it is never compressed, here or by a proxy. The answer to a GET holds nothing that was
    typed, nor anything of the request's address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in _READING:
            await self._app(scope, receive, send)
            return
        coding = choose_coding(Headers(scope=scope).get("accept-encoding", ""))
        await self._app(scope, receive, _Answer(send, coding).send)


class _Answer:
    """One answer on its way out. Pages are sent in one piece; what comes in several is passed on as it is."""

    def __init__(self, send: Send, coding: str) -> None:
        self._send = send
        self._coding = coding
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Pass on a message, with a page compressed."""
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = self._compressed(start, message)
            await self._send(start)
        await self._send(message)

    def _compressed(self, start: Message, message: Message) -> Message:
        """Return the body as it is sent, and change `start` to say so."""
        headers = MutableHeaders(raw=start["headers"])
        headers.add_vary_header("accept-encoding")
        if self._coding == IDENTITY or message.get("more_body", False):
            return message
        body = compress(message.get("body", b""), self._coding)
        headers["content-encoding"] = self._coding
        headers["content-length"] = str(len(body))
        return {**message, "body": body}


def _is_page(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return headers.get("content-type", "").startswith(_PAGE) and "content-encoding" not in headers
