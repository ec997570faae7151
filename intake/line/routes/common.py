"""The line's start page, its health, and its scripts and styles."""

import asyncio

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from intake.codings import IDENTITY, choose_coding
from intake.errors import SchemaBehindError, StoreError
from intake.line.service import LineService


class Common:
    """What is no concern of its own."""

    def __init__(self, service: LineService) -> None:
        self._service = service

    async def start(self, request: Request) -> Response:
        """Show a worker the hours of the line, as the public page says them, and the way on."""
        signed = await self._service.guard.worker(request)
        return HTMLResponse(self._service.pages.render("start", signed))

    async def health(self, _request: Request) -> Response:
        """Answer 200 `ok`, or 503 with one word: database, migrate."""
        try:
            await asyncio.to_thread(self._service.store.check_schema)
        except SchemaBehindError:
            return PlainTextResponse("migrate\n", 503)
        except StoreError:
            return PlainTextResponse("database\n", 503)
        return PlainTextResponse("ok\n")

    async def static(self, request: Request) -> Response:
        """Answer with a file of the manifest."""
        asset = self._service.assets.served(request.path_params["name"])
        if asset is None:
            return self._service.refuse(request.scope, "missing")
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        headers = {"vary": "accept-encoding"} | ({} if coding == IDENTITY else {"content-encoding": coding})
        return Response(asset.encoded(coding), headers=headers, media_type=asset.media_type)
