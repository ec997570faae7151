"""Looking in the room: whole threads, searching, what was set aside, what came, a break, and how pages look."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route

from crypto.bundle import TO_STATION
from reviewer.cases.searching import look_for
from reviewer.cases.store import PAGE, Found
from reviewer.errors import CaseStoreError, ReaderError
from reviewer.room.aside import aside_page
from reviewer.room.entrance import ENTER
from reviewer.room.fields import Fields
from reviewer.room.letters import Letters, short
from reviewer.room.pages import Pages
from reviewer.room.threads import Threads
from reviewer.room.view import FIELD
from reviewer.state import station_state

_BEFORE: Final = "/before"
_MOST_LETTERS: Final = 200


class Looking:
    """Answers what only looks at the station of `letters`."""

    def __init__(self, letters: Letters, pages: Pages) -> None:
        self._letters = letters
        self._pages = pages
        self.threads = Threads(letters)

    def routes(self) -> list[Route]:
        """Return which address leads where."""
        return [
            Route(_BEFORE, self.before, methods=["GET"]),
            Route("/thread/{id}/open", self.open_thread, methods=["POST"]),
            Route("/search", self.search_form, methods=["GET"]),
            Route("/search", self.search, methods=["POST"]),
            Route("/aside", self.aside, methods=["GET"]),
            Route("/aside/{number:int}", self.aside, methods=["GET"]),
            Route("/came", self.came, methods=["GET"]),
            Route("/break", self.rest, methods=["GET"]),
            Route("/view", self.view, methods=["POST"]),
        ]

    async def before(self, _request: Request) -> Response:
        """Say again what to think of before reading."""
        return self._pages.answer("entered")

    async def open_thread(self, request: Request) -> Response:
        """Note that every letter of a thread is opened, and lead to its choices."""
        return _lead_to(f"/thread/{short(self.threads.open(request.path_params['id']))}")

    async def search_form(self, _request: Request) -> Response:
        """Ask for words."""
        return self._search_page("", excerpts=False)

    async def search(self, request: Request) -> Response:
        """Look for words, or only change how the page with them looks. The words stand in the answer, and in no address."""
        fields = await Fields.of(request)
        words, excerpts = fields.get("words"), bool(fields.get("excerpts"))
        if fields.get(FIELD):
            self._pages.view.choose(fields.get(FIELD))
            if not fields.get("shown"):
                return self._search_page(words, excerpts=excerpts)
        if len(words) > _MOST_LETTERS:
            error = f"These are more than {_MOST_LETTERS} letters: look for a few words."
            return self._search_page(words, excerpts=excerpts, error=error)
        try:
            found = look_for(self._letters.work, words, excerpts=excerpts)
        except (CaseStoreError, ReaderError) as refusal:
            return self._search_page(words, excerpts=excerpts, error=str(refusal))
        return self._search_page(words, excerpts=excerpts, found=found)

    def _search_page(
        self, words: str, *, excerpts: bool, found: Sequence[Found] | None = None, error: str | None = None
    ) -> Response:
        status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._pages.answer(
            "search", status, words=words, excerpts=excerpts, found=found, error=error, per_page=PAGE
        )

    async def aside(self, request: Request) -> Response:
        """List what was set aside."""
        page = aside_page(self._letters, request.path_params.get("number", 1))
        return self._pages.answer("aside", page=page)

    async def came(self, _request: Request) -> Response:
        """Say where the station and both directions stand, as `reviewer status` does."""
        desk = self._letters.desk
        newest = desk.ledger.newest_bundle(TO_STATION[desk.purpose])
        brought = desk.ledger.counts(newest) if newest is not None else None
        return self._pages.answer("came", state=station_state(desk, date.today()), brought=brought)

    async def rest(self, _request: Request) -> Response:
        """Show nothing of any letter, for as long as somebody likes."""
        return self._pages.answer("break", pace=self._letters.pace())

    async def view(self, request: Request) -> Response:
        """Change how pages look, and lead back to the one where that was chosen."""
        fields = await Fields.of(request)
        self._pages.view.choose(fields.get(FIELD))
        return _lead_to(_page_before(request))


def _page_before(request: Request) -> str:
    """Return where a form was sent from, or the start where that was no page that can be asked for again.

    Whether the address is one of ours was looked at before: only our own pages send forms here.
    """
    path = urlsplit(request.headers.get("referer", "")).path
    if path == ENTER:
        return _BEFORE
    routes: Sequence[BaseRoute] = request.app.router.routes
    asked = {"type": "http", "method": "GET", "path": path}
    return path if any(route.matches(asked)[0] is Match.FULL for route in routes) else "/"


def _lead_to(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
