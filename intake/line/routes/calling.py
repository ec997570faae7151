"""`/call`: the page for calls, what it says of itself, and how many calls somebody took today."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from crypto.card import encode_card
from intake.form_fields import FormFields
from intake.line.guard import Guard, SignedIn
from intake.line.letterbox import Letterbox
from intake.line.load import KINDS, LIFTED, Loads
from intake.line.service import LineService

CALL_PATH: Final = "/call"
HERE_PATH: Final = "/call/here"
COUNT_PATH: Final = "/call/count"
LIFT_PATH: Final = "/supervise/lift"
TODAY_PATH: Final = "/supervise/today"
# No worker is called so, and no sentence reads so. What comes into their places are names of small letters and numbers.
_NAME_PLACE: Final = "NAME-OF-THE-WORKER"
_LOAD_PLACE: Final = "LOAD-OF-THE-DAY"
_MOST_SHELLS: Final = 8


class Ended(msgspec.Struct, forbid_unknown_fields=True):
    """What the page says when a call has ended: what became of it, or that it was hard."""

    what: str


@dataclass(frozen=True)
class _Place:
    """Stands for a load in a page that is kept."""

    sentence: str
    is_reached: bool


class Calling:
    """Shows the page, and counts."""

    def __init__(self, service: LineService, letterbox: Letterbox, loads: Loads) -> None:
        self._service = service
        self._letterbox = letterbox
        self._loads = loads
        self._shells: dict[object, str] = {}
        self._fields = FormFields(service.inquiry, service.pages.language)

    async def page(self, request: Request) -> Response:
        """Answer with the page for one call."""
        signed = await self._service.guard.worker(request)
        load = await asyncio.to_thread(self._loads.of, signed.name)
        page = self._shell(signed, (await self._letterbox.holds.shown()).text, is_reached=load.is_reached)
        return HTMLResponse(page.replace(_NAME_PLACE, signed.name).replace(_LOAD_PLACE, load.sentence))

    def _shell(self, signed: SignedIn, hold: str, *, is_reached: bool) -> str:
        """Return the page with places for a name and a load: every worker asks for it after each call, and little else changes."""
        service, box = self._service, self._letterbox
        key = (box.day(), hold, service.pages.line_now(), is_reached)
        if key not in self._shells:
            if len(self._shells) >= _MOST_SHELLS:
                self._shells.clear()
            self._shells[key] = service.pages.render(
                "call",
                replace(signed, worker=replace(signed.worker, name=_NAME_PLACE)),
                **self._fields.context({}, None),
                worker="worker-line.js",
                cards=b"".join(encode_card(card) for card in box.cards).decode("ascii"),
                lead_card=encode_card(box.lead_card).decode("ascii") if box.lead_card else "",
                today=box.day().isoformat(),
                hold=hold,
                load=_Place(_LOAD_PLACE, is_reached),
            )
        return self._shells[key]

    async def here(self, request: Request) -> Response:
        """Note that the worker is there: somebody who types for long must not be locked out."""
        await self._service.guard.worker(request)
        return JSONResponse({"here": True})

    async def count(self, request: Request) -> Response:
        """Count a call that has ended, and answer with what today's load is now."""
        signed = await self._service.guard.worker(request)
        try:
            what = KINDS[msgspec.json.decode(await request.body(), type=Ended).what]
        except (msgspec.MsgspecError, KeyError):
            return self._service.refuse(request.scope, "form")
        self._loads.add(signed.name, what)
        load = await asyncio.to_thread(self._loads.of, signed.name)
        return JSONResponse({"load": load.sentence, "reached": load.is_reached})

    async def today(self, request: Request) -> Response:
        """Show supervisors what each worker did today."""
        service = self._service
        signed = await service.guard.worker(request, "supervisor")
        workers = [worker for worker in await asyncio.to_thread(service.store.workers) if worker.state == "active"]
        loads = [(worker.name, await asyncio.to_thread(self._loads.of, worker.name)) for worker in workers]
        return HTMLResponse(service.pages.render("supervise_today", signed, loads=loads))

    async def lift(self, request: Request) -> Response:
        """Lift a worker's limit for today. For supervisors, and never their own."""
        service = self._service
        signed = await service.guard.worker(request, "supervisor")
        (name,) = parse_qs((await request.body()).decode("utf-8", "replace")).get("name", [""])[:1]
        worker = await asyncio.to_thread(service.store.worker_named, name)
        if worker is None or worker.name == signed.name:
            return service.refuse(request.scope, "form")
        self._loads.add(worker.name, LIFTED)
        await asyncio.to_thread(service.store.note, service.book.change(worker, LIFTED, f"by {signed.name}"))
        return RedirectResponse(TODAY_PATH, 303)


class Guarded:
    """Lets only who is signed in reach an app; who that is goes no further."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises TurnedAwayError."""
        await self._guard.worker(Request(scope))
        await self._app(scope, receive, send)
