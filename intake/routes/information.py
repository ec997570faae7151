"""Pages that only tell something, and the way out."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from intake.service import Service


class Information:
    """Shows one of the pages of `intake.pages.INFORMATION`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: Request) -> Response:
        """Answer with the page of the request's path."""
        hold = (await self._service.holds.shown()).text
        return HTMLResponse(self._service.pages.information(request.scope["path"], self._service.card, hold))


class Leaving:
    """Leads to a page that nobody would mind being seen with. The address of this service is not told to it.

    A browser without scripts may keep the page that was left, with what was typed, for its Back button. So it comes by an
    empty page of ours, which covers the other at once, and from there past an answer that makes it forget what it keeps of
    this site: https://w3c.github.io/webappsec-clear-site-data/, "cache". Straight to that answer would be too soon: the page
    that is being left is not kept before the next is there.
    """

    def __init__(self, service: Service) -> None:
        self._pages = service.pages
        self._address = service.inquiry.details.exit.address

    async def answer(self, _request: Request) -> Response:
        """Answer with the way out."""
        return RedirectResponse(self._address, 303)

    async def blank(self, _request: Request) -> Response:
        """Answer with the empty page."""
        return HTMLResponse(self._pages.blank())

    async def clear(self, _request: Request) -> Response:
        """Answer with the way out, for a browser that is to keep nothing."""
        return RedirectResponse(self._address, 303, {"clear-site-data": '"cache"'})
