"""Refuses what another site sends in a visitor's name, by the two headers that browsers add and scripts cannot change."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from intake.answers import Refuse

_READING: Final = frozenset({"GET", "HEAD"})


class OriginCheck:
    """Lets a request that changes something through only when no header says that it came from elsewhere.

    Text browsers send neither Origin nor Sec-Fetch-Site, and are let through: there is no session to abuse.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in _READING or is_from_here(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await self._refuse(scope, "origin")(scope, receive, send)


def is_from_here(headers: Headers) -> bool:
    """Say whether no header contradicts that this site's own page sent the request."""
    sites = headers.getlist("sec-fetch-site")
    origins = headers.getlist("origin")
    if any(site != "same-origin" for site in sites):
        return False
    return all(_is_own(origin, headers.get("host", "")) for origin in origins)


def _is_own(origin: str, host: str) -> bool:
    """Compare host and port only: behind a proxy that ends TLS this side does not know its own scheme."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and origin.lower() == f"{parts.scheme}://{host.lower()}"
