"""`/supervise`: what each worker did on which day, and the audit. For supervisors alone; nothing here leads to a letter."""

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from intake.line.service import LineService

_DAYS = 28
_ENTRIES = 200


class Supervising:
    """Shows totals and the chain."""

    def __init__(self, service: LineService) -> None:
        self._service = service

    async def loads(self, request: Request) -> Response:
        """Show the totals of four weeks, and who there is."""
        service = self._service
        signed = await service.guard.worker(request, "supervisor")
        since = service.book.today() - timedelta(days=_DAYS)
        totals = await asyncio.to_thread(service.book.totals_since, since)
        workers = await asyncio.to_thread(service.store.workers)
        return HTMLResponse(service.pages.render("supervise", signed, totals=totals, workers=workers))

    async def audit(self, request: Request) -> Response:
        """Show the newest entries, and whether the chain holds from its beginning."""
        service = self._service
        signed = await service.guard.worker(request, "supervisor")
        await asyncio.to_thread(service.book.flush)
        await asyncio.to_thread(service.store.close_days, service.book.today())
        entries = await asyncio.to_thread(service.store.entries, _ENTRIES)
        faults = await asyncio.to_thread(lambda: list(service.store.chain_faults()))
        head = entries[0].mac.hex() if entries else ""
        return HTMLResponse(service.pages.render("audit", signed, entries=entries, faults=faults, head=head))
