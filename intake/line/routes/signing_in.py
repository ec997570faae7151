"""`/sign-in`, `/second-factor`, `/unlock`, `/prove`, `/sign-out`, `/session`: the way in, the way back in, the way out."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from intake.line.answers import FACTOR, PROVE, SIGN_IN, UNLOCK, is_script
from intake.line.cookies import device_of, forget_session
from intake.line.entrance import Passed
from intake.line.guard import SignedIn, TurnedAwayError
from intake.line.passkeys import new_challenge
from intake.line.pending import Pending
from intake.line.routes.forms import Posted, begin_again, go_on, posted, wanted
from intake.line.service import LineService


class SigningIn:
    """Shows who may come in."""

    def __init__(self, service: LineService) -> None:
        self._service = service
        self._entrance = service.entrance

    async def sign_in(self, request: Request) -> Response:
        """Answer with the page, or to a name and password."""
        if request.method != "POST":
            return self._page("sign_in", who="", then=wanted(request), asks_code=False)
        typed = await posted(request)
        passed = await self._entrance.sign_in(
            typed["name"], typed["password"], typed["recovery"], device_of(request), self._service.guard.row_of(request)
        )
        if passed.trouble:
            asks = passed.trouble == "wait" or bool(typed["recovery"])
            return self._again(request, passed, "sign_in", who=typed["name"], then=typed.next, asks_code=asks)
        return go_on(request, passed, typed.next)

    async def second_factor(self, request: Request) -> Response:
        """Answer with the page that asks for it, or to a code."""
        signed = await self._service.guard.at(request, "factor")
        if request.method != "POST":
            return self._page("factor", then=wanted(request), **await self._factors(signed))
        typed = await posted(request)
        passed = await self._entrance.show_code(signed, typed["code"], device_of(request))
        if passed.trouble:
            return self._again(request, passed, "factor", then=typed.next, **await self._factors(signed))
        return go_on(request, passed, typed.next)

    async def ask_passkey(self, request: Request) -> Response:
        """Answer a script with what the browser is to be asked for."""
        signed = await self._service.guard.at(request, "factor")
        held = await asyncio.to_thread(self._service.store.passkeys_of, signed.worker)
        pending = Pending(challenge=new_challenge())
        kept = pending.sealed(self._service.key, signed.session)
        await asyncio.to_thread(self._service.store.wait_for, signed.session.digest, kept)
        return JSONResponse(self._service.passkeys.ask(held, pending.challenge))

    async def show_passkey(self, request: Request) -> Response:
        """Answer a script that brings what the passkey signed."""
        signed = await self._service.guard.at(request, "factor")
        said = await read_json(request)
        passed = await self._entrance.show_passkey(signed, json.dumps(said.get("credential")), device_of(request))
        if passed.trouble:
            return self._again(request, passed, "factor")
        return go_on(request, passed, Posted({"next": str(said.get("next", ""))}).next)

    async def unlock(self, request: Request) -> Response:
        """Answer with the page of a locked session, or to a password. The session goes on where it was."""
        signed = await self._service.guard.at(request, "open")
        if request.method != "POST":
            # Whoever opens it means to leave the desk: the lock is closed now.
            self._service.presence.lock(signed.session)
            return self._page("unlock", then=wanted(request), who=signed.name)
        typed = await posted(request)
        passed = await self._entrance.unlock(signed, typed["password"])
        if passed.trouble:
            return self._again(request, passed, "unlock", then=typed.next, who=signed.name)
        return go_on(request, passed, typed.next)

    async def prove(self, request: Request) -> Response:
        """Ask for both factors once more."""
        signed = await self._service.guard.worker(request)
        if request.method != "POST":
            return self._page("prove", signed, then=wanted(request))
        typed = await posted(request)
        passed = await self._entrance.prove(signed, typed["password"])
        if passed.trouble:
            return self._again(request, passed, "prove", signed, then=typed.next)
        return go_on(request, passed, typed.next)

    async def sign_out(self, request: Request) -> Response:
        """End the session, whatever its stage, and say so."""
        if row := self._service.guard.row_of(request):
            await self._service.guard.end(row)
        said = {"step": "signed-out", "next": SIGN_IN}
        answer: Response = JSONResponse(said) if is_script(request.scope) else RedirectResponse("/signed-out", 303)
        forget_session(answer)
        # What a browser may have kept for its Back button, whatever it was told.
        answer.headers["clear-site-data"] = '"cache"'
        return answer

    async def signed_out(self, _request: Request) -> Response:
        """Say that the session has ended."""
        return self._page("signed_out")

    async def state(self, request: Request) -> Response:
        """Tell a script how things stand: "open", "locked" or "signed-out". Asking is no sign of the worker."""
        signed = await self._service.guard.look(request)
        if signed is None or signed.session.stage != "open":
            return JSONResponse({"state": "signed-out"})
        left = signed.session.began + self._service.settings.line_session_hours * 60 - self._service.guard.minute
        state = "locked" if signed.is_locked else "open"
        return JSONResponse({"state": state, "name": signed.name, "minutes_left": left})

    async def _factors(self, signed: SignedIn) -> dict[str, Any]:
        held = await asyncio.to_thread(self._service.store.passkeys_of, signed.worker)
        return {"has_app": signed.worker.seed is not None, "has_passkey": bool(held)}

    def _page(self, name: str, signed: SignedIn | None = None, **context: Any) -> Response:
        return HTMLResponse(self._service.pages.render(name, signed, path=_PATHS.get(name, ""), **context))

    def _again(
        self, request: Request, passed: Passed, name: str, signed: SignedIn | None = None, **context: Any
    ) -> Response:
        """Answer a try that was not right with its page, and what to do."""
        if passed.trouble == "over":
            return begin_again(self._service, request)
        refusal = self._service.refuse[passed.trouble]
        if is_script(request.scope):
            return self._service.refuse.as_json(passed.trouble)
        page = self._service.pages.render(name, signed, refusal.problem, path=_PATHS.get(name, ""), **context)
        return HTMLResponse(page, refusal.status)


_PATHS = {"sign_in": SIGN_IN, "factor": FACTOR, "unlock": UNLOCK, "prove": PROVE}


async def read_json(request: Request) -> dict[str, Any]:
    """Return the object that a script sent. Raises TurnedAwayError ("form")."""
    media_type, _, _ = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise TurnedAwayError("form")
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise TurnedAwayError("form")
    return said
