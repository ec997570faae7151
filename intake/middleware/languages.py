"""Takes the language off the address: /cy/share is /share in Welsh. There is no cookie that could remember it."""

from collections.abc import Collection, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

# Where a request's scope holds the code of its language; nothing there is the first language.
LANGUAGE: Final = "heard.language"


class LanguagePrefix:
    """Notes the language in the request's scope and hands on an address without it. `codes` are those with a prefix."""

    def __init__(self, app: ASGIApp, codes: Collection[str]) -> None:
        self._app = app
        self._codes = frozenset(codes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            code, _, rest = scope["path"].removeprefix("/").partition("/")
            if code in self._codes:
                scope = {**scope, LANGUAGE: code, "path": "/" + rest, "raw_path": b"/" + rest.encode("utf-8")}
        await self._app(scope, receive, send)


class LanguageChoice:
    """Hands a request to the site in its language, and everything else to the one in the language `first`."""

    def __init__(self, sites: Mapping[str, ASGIApp], first: str) -> None:
        self._sites = sites
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._sites[scope.get(LANGUAGE, self._first)](scope, receive, send)
