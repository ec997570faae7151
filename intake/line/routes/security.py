"""`/password` and `/security`: a worker changes what they sign in with, and sees and ends their sessions."""

import asyncio
import binascii
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from intake.line.codes import new_token, token_digest
from intake.line.cookies import device_of, set_session
from intake.line.guard import SignedIn, TurnedAwayError
from intake.line.pending import Pending
from intake.line.routes.factors import FactorSetting
from intake.line.routes.forms import Posted, posted
from intake.line.routes.signing_in import read_json
from intake.line.rows import Session
from intake.line.service import LineService
from intake.pages import Problem

SECURITY, PASSWORD = "/security", "/password"
APP, PASSKEY, CODES = f"{SECURITY}/app", f"{SECURITY}/passkey", f"{SECURITY}/codes"


class Security:
    """Everything here asks for both factors again, when they were last shown more than ten minutes ago."""

    def __init__(self, service: LineService) -> None:
        self._service = service
        self._setting = FactorSetting(service)

    async def password(self, request: Request) -> Response:
        """Ask for the present password and a new one. All other sessions end, and this one gets another cookie."""
        signed = await self._service.guard.worker(request)
        if request.method != "POST":
            return self._page("password", signed)
        typed = await posted(request)
        if not await self._service.entrance.is_password(signed, typed["current"]):
            return self._page("password", signed, self._wrong("line-current"), 422)
        if problem := self._setting.password_problem(signed.worker, typed["password"], typed["again"]):
            return self._page("password", signed, problem, 422)
        kept = await self._service.hashing.hash(typed["password"])
        note = self._service.book.change(signed.worker, "password changed", "by themselves")
        digest, device = signed.session.digest, device_of(request) or b""
        await asyncio.to_thread(self._service.store.change_password, signed.worker, kept, digest, device, note)
        return await self._renewed(signed, f"{SECURITY}?done=password")

    async def overview(self, request: Request) -> Response:
        """Show what there is, or do what one of its buttons says."""
        guard = self._service.guard
        if request.method != "POST":
            signed = await guard.worker(request)
            return self._page("security", signed, **await self._held(signed), done=request.query_params.get("done", ""))
        signed = await guard.worker(request, proved=True)
        typed = await posted(request)
        acts = {"drop-app": self._drop_app, "drop-passkey": self._drop_passkey, "end-others": self._end_others}
        if typed["action"] not in acts:
            raise TurnedAwayError("form")
        if not await acts[typed["action"]](signed, typed):
            gettext = self._service.pages.language.gettext
            problem = Problem(
                gettext("There is a problem"), gettext("One second factor has to stay. Add another one first.")
            )
            return self._page("security", signed, problem, 422, **await self._held(signed), done="")
        return await self._renewed(signed, f"{SECURITY}?done={typed['action']}")

    async def app(self, request: Request) -> Response:
        """Set an authenticator app in the place of the one before."""
        signed = await self._service.guard.worker(request, proved=True)
        pending = Pending.read(self._service.key, signed.session)
        if request.method != "POST":
            return self._page("app", signed, **await self._setting.offer_app(signed, pending))
        typed = await posted(request)
        if not await self._setting.take_app(signed, pending, typed["code"]):
            shown = await self._setting.offer_app(signed, pending)
            return self._page("app", signed, self._wrong("line-code"), 422, **shown)
        return await self._renewed(signed, f"{SECURITY}?done=app")

    async def passkey(self, request: Request) -> Response:
        """Show the page on which the browser makes a passkey."""
        return self._page("passkey", await self._service.guard.worker(request, proved=True))

    async def offer_passkey(self, request: Request) -> Response:
        """Answer a script with what the browser is to make."""
        signed = await self._service.guard.worker(request, proved=True)
        return JSONResponse(await self._setting.offer_passkey(signed, Pending()))

    async def take_passkey(self, request: Request) -> Response:
        """Answer a script that brings a passkey."""
        signed = await self._service.guard.worker(request, proved=True)
        pending = Pending.read(self._service.key, signed.session)
        said = await read_json(request)
        await asyncio.to_thread(self._service.store.wait_for, signed.session.digest, None)
        if not await self._setting.take_passkey(signed, pending, said):
            return self._service.refuse.as_json("wrong")
        return JSONResponse({"next": f"{SECURITY}?done=passkey"})

    async def codes(self, request: Request) -> Response:
        """Make new recovery codes, and show them this once."""
        signed = await self._service.guard.worker(request, proved=True)
        if request.method != "POST":
            return RedirectResponse(SECURITY, 303)
        await posted(request)
        codes = await self._setting.new_codes(signed.worker)
        return self._page("codes", signed, codes=codes, posts="", who=signed.name)

    async def _drop_app(self, signed: SignedIn, _typed: Posted) -> bool:
        note = self._service.book.change(signed.worker, "authenticator app gone", "by themselves")
        return await asyncio.to_thread(self._service.store.drop_seed, signed.worker, signed.session.digest, note)

    async def _drop_passkey(self, signed: SignedIn, typed: Posted) -> bool:
        note = self._service.book.change(signed.worker, "passkey gone", "by themselves")
        try:
            identity = binascii.unhexlify(typed["passkey"].encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            raise TurnedAwayError("form") from None
        store, digest = self._service.store, signed.session.digest
        return await asyncio.to_thread(store.drop_passkey, signed.worker, identity, digest, note)

    async def _end_others(self, signed: SignedIn, _typed: Posted) -> bool:
        note = self._service.book.change(signed.worker, "sessions ended", "by themselves")
        await asyncio.to_thread(self._service.store.end_of, signed.worker, note, signed.session.digest)
        return True

    async def _held(self, signed: SignedIn) -> dict[str, Any]:
        store, worker = self._service.store, signed.worker
        passkeys = await asyncio.to_thread(store.passkeys_of, worker)
        sessions = await asyncio.to_thread(store.sessions_of, worker)
        return {
            "passkeys": [{"name": one.name, "id": one.id.hex(), "day": one.day} for one in passkeys],
            "codes_left": await asyncio.to_thread(store.count_codes, worker),
            "sessions": [{"began": _hour(one), "is_this": one.digest == signed.session.digest} for one in sessions],
        }

    async def _renewed(self, signed: SignedIn, then: str) -> Response:
        """Go on under another cookie, after something was changed that this one was given for."""
        token = new_token()
        going_on = replace(signed.session, digest=token_digest(token), tries=0, pending=None)
        await asyncio.to_thread(self._service.store.replace, signed.session.digest, going_on)
        self._service.presence.move(signed.session, going_on.digest, self._service.guard.minute)
        answer = RedirectResponse(then, 303)
        set_session(answer, token)
        return answer

    def _wrong(self, field: str) -> Problem:
        problem = self._service.refuse["wrong"].problem
        return Problem(problem.heading, problem.text, field)

    def _page(
        self, template: str, signed: SignedIn, problem: Problem | None = None, status: int = 200, **context: Any
    ) -> Response:
        return HTMLResponse(self._service.pages.render(template, signed, problem, **context), status)


def _hour(session: Session) -> str:
    return datetime.fromtimestamp(session.began * 60, UTC).strftime("%Y-%m-%d %H:00 UTC")
