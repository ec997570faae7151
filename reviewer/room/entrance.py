"""The door of the reading room: one browser, let in once, under one address.

Every program and every user of this machine can connect to a port of loopback. What they cannot do is read a file of mode 0600: the
browser finds the key there, shows it once, and has a cookie from then on. A page of somewhere else that is open in the same browser has the
browser's cookie at hand, so requests that change something must say that one of our own pages made them.
"""

import hashlib
import hmac
import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reviewer.room.pages import Pages

ENTER: Final = "/enter"
COOKIE: Final = "room"
FIELD: Final = "key"
_KEY_BYTES: Final = 32
_LARGEST_KEY: Final = 256
# A file says that it has no origin.
_FILE: Final = "null"
_WRONG_DOOR: Final = "The reading room is open in the window that `reviewer room` started, and nowhere else.\n"
_USED: Final = (
    "The key of this reading room was shown before. If it was not this window that showed it, somebody else read the launch file: end the "
    "room with Ctrl-C, and look at who can use this account.\n"
)


class Key:
    """What the browser shows at the door, once. `text` is 32 random bytes in base64url."""

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(_KEY_BYTES)
        self.is_used = False

    def fits(self, shown: str) -> bool:
        """Say whether this is the key, in a time that tells nothing of it. It fits once."""
        is_right = hmac.compare_digest(_digest(shown), _digest(self.text)) and not self.is_used
        self.is_used = self.is_used or is_right
        return is_right


class Entrance:
    """Lets one browser in with the key, and afterwards by its cookie.

    `address` is the only Host that is answered, "127.0.0.1:PORT".
    """

    def __init__(self, app: ASGIApp, key: Key, address: str, pages: Pages) -> None:
        self._app = app
        self._key = key
        self._address = address
        self._pages = pages
        self._session = secrets.token_urlsafe(_KEY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("host") != self._address:
            answer: ASGIApp = _refusal(HTTPStatus.MISDIRECTED_REQUEST, _WRONG_DOOR)
        elif scope["path"] == ENTER:
            answer = await self._enter(scope, headers, receive)
        elif not self._is_known(headers) or not self._is_own(scope["method"], headers):
            answer = _refusal(HTTPStatus.FORBIDDEN, _WRONG_DOOR)
        else:
            answer = self._app
        await answer(scope, receive, send)

    async def _enter(self, scope: Scope, headers: Headers, receive: Receive) -> Response:
        if scope["method"] != "POST" or headers.get("origin") != _FILE:
            return _refusal(HTTPStatus.FORBIDDEN, _WRONG_DOOR)
        shown = parse_qs((await _small_body(receive)).decode("ascii", "replace")).get(FIELD, [""])[0]
        was_used = self._key.is_used
        if not self._key.fits(shown):
            return _refusal(HTTPStatus.FORBIDDEN, _USED if was_used else _WRONG_DOOR)
        # A page and no redirect: a browser that comes from a file sends no cookie of this kind along one. Nor may a page without
        # scripts lead on by itself.
        answer = self._pages.answer("entered")
        answer.set_cookie(COOKIE, self._session, path="/", httponly=True, samesite="strict")
        return answer

    def _is_known(self, headers: Headers) -> bool:
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return hmac.compare_digest(_digest(cookie), _digest(self._session))

    def _is_own(self, method: str, headers: Headers) -> bool:
        if method in {"GET", "HEAD"}:
            return True
        return (
            headers.get("origin") == f"http://{self._address}"
            and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )


async def _small_body(receive: Receive) -> bytes:
    """Return a request's body, or what is more than a key ever is, cut off."""
    body, more = b"", True
    while more and len(body) <= _LARGEST_KEY:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body[: _LARGEST_KEY + 1]


def _digest(text: str) -> bytes:
    """Return bytes of one length, so that a comparison tells no length either."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _refusal(status: HTTPStatus, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)
