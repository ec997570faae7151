"""`/enrol`: the first sign-in. A password of one's own, a second factor, recovery codes; then the account is alive."""

import asyncio
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from intake.line.answers import ENROL
from intake.line.cookies import device_of
from intake.line.guard import SignedIn
from intake.line.pending import Pending
from intake.line.routes.factors import FactorSetting
from intake.line.routes.forms import go_on, posted
from intake.line.routes.signing_in import read_json
from intake.line.service import LineService
from intake.pages import Problem

PASSWORD, FACTOR, CODES = f"{ENROL}/password", f"{ENROL}/factor", f"{ENROL}/codes"


class Enrolling:
    """Three steps, in this order; each can be opened again until the last is done."""

    def __init__(self, service: LineService) -> None:
        self._service = service
        self._setting = FactorSetting(service)

    async def begin(self, request: Request) -> Response:
        """Lead to the step that comes next."""
        _, pending = await self._at(request)
        step = CODES if pending.factor else FACTOR if pending.password else PASSWORD
        return RedirectResponse(step, 303)

    async def password(self, request: Request) -> Response:
        """Ask for a password of the worker's own, twice."""
        signed, pending = await self._at(request)
        if request.method != "POST":
            return HTMLResponse(self._page("enrol_password", signed))
        typed = await posted(request)
        if problem := self._setting.password_problem(signed.worker, typed["password"], typed["again"]):
            return HTMLResponse(self._page("enrol_password", signed, problem), 422)
        kept = replace(pending, password=await self._service.hashing.hash(typed["password"]))
        await self._setting.keep(signed, kept)
        return RedirectResponse(FACTOR, 303)

    async def factor(self, request: Request) -> Response:
        """Show a TOTP seed, or take the code that shows that the app has it."""
        signed, pending = await self._at(request)
        if not pending.password:
            return RedirectResponse(PASSWORD, 303)
        if request.method != "POST":
            shown = await self._setting.offer_app(signed, pending)
            return HTMLResponse(self._page("enrol_factor", signed, **shown))
        typed = await posted(request)
        if not await self._setting.take_app(signed, pending, typed["code"]):
            shown = await self._setting.offer_app(signed, pending)
            problem = self._service.refuse["wrong"].problem
            return HTMLResponse(self._page("enrol_factor", signed, problem, **shown), 422)
        await self._setting.keep(signed, replace(pending, seed="", factor=True))
        return RedirectResponse(CODES, 303)

    async def offer_passkey(self, request: Request) -> Response:
        """Answer a script with what the browser is to make."""
        signed, pending = await self._at(request)
        return JSONResponse(await self._setting.offer_passkey(signed, pending))

    async def take_passkey(self, request: Request) -> Response:
        """Answer a script that brings a passkey."""
        signed, pending = await self._at(request)
        said = await read_json(request)
        if not pending.password or not await self._setting.take_passkey(signed, pending, said):
            return self._service.refuse.as_json("wrong")
        await self._setting.keep(signed, replace(pending, challenge=b"", factor=True))
        return JSONResponse({"next": CODES})

    async def codes(self, request: Request) -> Response:
        """Show recovery codes, new ones each time; with the worker's word that they are kept, the account is alive."""
        signed, pending = await self._at(request)
        if not pending.password or not pending.factor:
            return RedirectResponse(ENROL, 303)
        if request.method != "POST":
            codes = await self._setting.new_codes(signed.worker)
            return HTMLResponse(self._page("codes", signed, codes=codes, posts=CODES))
        digest = signed.session.digest
        note = self._service.book.change(signed.worker, "enrolled", "by themselves")
        await asyncio.to_thread(self._service.store.activate, signed.worker, pending.password, digest, note)
        today, device = self._service.book.today(), device_of(request) or b""
        known = await asyncio.to_thread(self._service.store.knows_device, signed.worker, device, today)
        passed = await self._service.entrance.finish(signed.worker, digest, device if known else None, "enrolment")
        return go_on(request, passed, "/")

    async def _at(self, request: Request) -> tuple[SignedIn, Pending]:
        signed = await self._service.guard.at(request, "enrolling")
        return signed, Pending.read(self._service.key, signed.session)

    def _page(self, template: str, signed: SignedIn, problem: Problem | None = None, **context: Any) -> str:
        return self._service.pages.render(template, None, problem, who=signed.name, **context)
