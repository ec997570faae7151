"""The reading room's pages: which address leads where, and what every request passes through."""

import gc
import traceback
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewer.cases.store import PAGE
from reviewer.errors import LockedError, StationError
from reviewer.room.acting import acting_routes
from reviewer.room.entrance import Entrance, Key
from reviewer.room.headers import Headers
from reviewer.room.letters import Letters, short
from reviewer.room.looking import Looking
from reviewer.room.pages import Pages
from reviewer.room.styles import Styles
from reviewer.terminal import note

STATIC: Final = "/static/"
_NOT_ALLOWED: Final = 405


class Room:
    """Answers every address. `end` is called when the reader closes the room, or the station was locked."""

    def __init__(self, letters: Letters, pages: Pages, styles: Styles, end: Callable[[], None]) -> None:
        self._letters = letters
        self._pages = pages
        self._styles = styles
        self._end = end
        self.looking = Looking(letters, pages)

    async def start(self, _request: Request) -> Response:
        """Show what comes next, without a word of it."""
        return self._pages.answer("start", upcoming=self._letters.upcoming(), duties=self._letters.duties())

    async def list(self, request: Request) -> Response:
        """Show a page of the list."""
        after = (request.path_params.get("week", -1), request.path_params.get("digest", ""))
        return self._pages.answer("list", lines=self._letters.page(after), is_first=after[0] < 0, per_page=PAGE)

    async def thread(self, request: Request) -> Response:
        """Show what a thread consists of, and nothing of what was written."""
        name = request.path_params["id"]
        return self._pages.answer("thread", thread=self._letters.thread(name), whole=self.looking.threads.whole(name))

    async def open(self, request: Request) -> Response:
        """Note that a letter is opened, and lead to its first part."""
        return _lead_to(f"/letter/{short(self._letters.open(request.path_params['id']))}/1")

    async def part(self, request: Request) -> Response:
        """Show one part of a letter."""
        page = self._letters.part(request.path_params["id"], request.path_params["number"])
        return self._pages.answer("part", page=page, pace=self._letters.pace())

    async def heard(self, request: Request) -> Response:
        """Sign that a reviewer has read it."""
        self._letters.heard(request.path_params["id"])
        return self._pages.answer("heard", id=request.path_params["id"])

    async def hand_over(self, request: Request) -> Response:
        """Leave a thread to somebody else, without a reason."""
        self._letters.hand_over(request.path_params["id"], may_know=False)
        return _lead_to("/")

    async def recuse(self, request: Request) -> Response:
        """See nothing of a thread any more."""
        self._letters.hand_over(request.path_params["id"], may_know=True)
        return _lead_to("/")

    async def style(self, request: Request) -> Response:
        """Serve the style sheet."""
        if request.url.path != self._styles.url:
            return self._pages.problem("missing")
        return Response(self._styles.content, media_type="text/css; charset=utf-8")

    async def close(self, _request: Request) -> Response:
        """Say good-bye; the browser forgets what it can, and the room ends."""
        return self.end("closed")

    def end(self, name: str) -> Response:
        """Show a last page, and end."""
        answer = self._pages.answer(name)
        answer.headers["clear-site-data"] = '"cache", "storage"'
        self._end()
        return answer


def create_app(letters: Letters, key: Key, address: str, end: Callable[[], None]) -> ASGIApp:
    """Return the room as it is served at `address` ("127.0.0.1:PORT") to who shows `key`."""
    styles = Styles()
    pages = Pages(styles, demonstration=letters.desk.demonstration)
    room = Room(letters, pages, styles, end)

    async def not_served(_request: Request, error: Exception) -> Response:
        is_method = isinstance(error, HTTPException) and error.status_code == _NOT_ALLOWED
        return pages.problem("method" if is_method else "missing")

    async def not_done(_request: Request, error: Exception) -> Response:
        return room.end("locked") if isinstance(error, LockedError) else pages.refusal(error)

    site = Starlette(routes=[*_routes(room), *acting_routes(letters, pages)])
    site.router.redirect_slashes = False
    # In place of Starlette's own stack, whose outermost layer would print what a page was made of.
    handlers = {HTTPException: not_served, StationError: not_done}
    site.middleware_stack = ExceptionMiddleware(Unlocked(site.router, letters), handlers=handlers)
    return Headers(Entrance(Failures(site, pages), key, address, pages))


def _routes(room: Room) -> list[Route]:
    return [
        Route("/", room.start, methods=["GET"]),
        Route("/letters", room.list, methods=["GET"]),
        Route("/letters/{week:int}/{digest}", room.list, methods=["GET"]),
        *room.looking.routes(),
        Route("/thread/{id}", room.thread, methods=["GET"]),
        Route("/thread/{id}/hand-over", room.hand_over, methods=["POST"]),
        Route("/thread/{id}/recuse", room.recuse, methods=["POST"]),
        Route("/letter/{id}/open", room.open, methods=["POST"]),
        Route("/letter/{id}/heard", room.heard, methods=["POST"]),
        Route("/letter/{id}/{number:int}", room.part, methods=["GET"]),
        Route(STATIC + "{name}", room.style, methods=["GET"]),
        Route("/close", room.close, methods=["POST"]),
    ]


def _lead_to(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


class Unlocked:
    """Asks the agent before every page whether the station is still unlocked; asking is use, so nobody is locked out while reading."""

    def __init__(self, app: ASGIApp, letters: Letters) -> None:
        self._app = app
        self._letters = letters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises LockedError."""
        if not scope["path"].startswith(STATIC):
            self._letters.require_unlocked()
        await self._app(scope, receive, send)


class Failures:
    """Answers 500 to whatever goes wrong, and says where in the terminal, never what: a message may hold a survivor's words."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages

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
        except Exception as error:  # noqa: BLE001 - whatever it is, its message may hold what was written
            place = traceback.extract_tb(error.__traceback__)[-1]
            note(f"A page failed: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}.")
        gc.collect()
        if not started and scope["type"] == "http":
            await self._pages.problem("failure")(scope, receive, send)
