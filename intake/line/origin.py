"""Refuses what another site sends in a worker's name. There is a session to abuse, so silence is not enough here."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from intake.answers import Refuse

_READING: Final = frozenset({"GET", "HEAD"})


class StrictOriginCheck:
    """Lets a request that changes something through only when the browser says that a page of `origin` sent it."""

    def __init__(self, app: ASGIApp, origin: str, refuse: Refuse) -> None:
        self._app = app
        self._origin = origin
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in _READING or self._is_own(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await self._refuse(scope, "origin")(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        """At least one of Sec-Fetch-Site and Origin is there, and whatever is there is right."""
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        if not sites and not origins:
            return False
        return all(site == "same-origin" for site in sites) and all(origin == self._origin for origin in origins)
