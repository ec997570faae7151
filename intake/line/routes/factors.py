"""Setting what a worker signs in with: the same at enrolment and later."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from intake.line.codes import address_of, code_digest, new_codes, new_seed, picture_of, step_of
from intake.line.guard import SignedIn
from intake.line.passkeys import new_challenge
from intake.line.passwords import SHORTEST
from intake.line.pending import Pending
from intake.line.rows import Worker
from intake.line.service import LineService
from intake.pages import Problem

_GROUP = 4


class FactorSetting:
    """Offers, checks and stores."""

    def __init__(self, service: LineService) -> None:
        self._service = service

    async def keep(self, signed: SignedIn, pending: Pending) -> None:
        """Keep what a session waits for."""
        kept = pending.sealed(self._service.key, signed.session)
        await asyncio.to_thread(self._service.store.wait_for, signed.session.digest, kept)

    def password_problem(self, worker: Worker, password: str, again: str) -> Problem | None:
        """Return what is wrong with a password that was chosen, typed twice."""
        gettext = self._service.pages.language.gettext
        heading = gettext("There is a problem")
        if worker.first is not None and code_digest(password) == worker.first:
            return Problem(
                heading, gettext("Choose a password of your own; the first one ends with this."), "line-password"
            )
        told = {
            "short": gettext("Use at least %(number)s characters. Four or more words in a row are easy to remember.")
            % {"number": SHORTEST},
            "long": gettext("This password is too long. Use at most 256 characters."),
            "context": gettext(
                "This password is mostly made of your name, or of words about this service. Add others."
            ),
            "common": gettext("This password is on lists that guessers try first. Choose another."),
        }
        if fault := self._service.rules.fault(password, worker.name):
            return Problem(heading, told[fault], "line-password")
        if password != again:
            return Problem(heading, gettext("The two passwords are not the same. Type both again."), "line-password")
        return None

    async def offer_app(self, signed: SignedIn, pending: Pending) -> dict[str, Any]:
        """Return what the page shows of a TOTP seed: the same one until a code has shown it."""
        if not pending.seed:
            pending = replace(pending, seed=new_seed())
            await self.keep(signed, pending)
        address = address_of(pending.seed, signed.name, self._service.inquiry.service)
        width, path = picture_of(address)
        seed = " ".join(pending.seed[at : at + _GROUP] for at in range(0, len(pending.seed), _GROUP))
        return {"seed": seed, "address": address, "width": width, "picture": path}

    async def take_app(self, signed: SignedIn, pending: Pending, code: str) -> bool:
        """Store the seed that was offered, if the code is one of its; the code is used with that."""
        service, worker = self._service, signed.worker
        step = step_of(pending.seed, code, service.now()) if pending.seed else None
        if step is None:
            return False
        sealed = service.key.seal(pending.seed.encode("ascii"), worker.id)
        note = service.book.change(worker, "authenticator app set")
        await asyncio.to_thread(service.store.set_seed, worker, sealed, step, signed.session.digest, note)
        return True

    async def offer_passkey(self, signed: SignedIn, pending: Pending) -> dict[str, Any]:
        """Return what the browser is to make."""
        held = await asyncio.to_thread(self._service.store.passkeys_of, signed.worker)
        asked = replace(pending, challenge=new_challenge())
        await self.keep(signed, asked)
        return self._service.passkeys.offer(signed.worker, held, asked.challenge)

    async def take_passkey(self, signed: SignedIn, pending: Pending, said: dict[str, Any]) -> bool:
        """Store the passkey that a browser made."""
        service, worker = self._service, signed.worker
        if not pending.challenge:
            return False
        name, credential = str(said.get("name", "")), json.dumps(said.get("credential"))
        passkey = service.passkeys.made(worker, credential, pending.challenge, name, service.book.today())
        if passkey is None:
            return False
        note = service.book.change(worker, "passkey added")
        return await asyncio.to_thread(service.store.add_passkey, worker, passkey, signed.session.digest, note)

    async def new_codes(self, worker: Worker) -> Sequence[str]:
        """Return new recovery codes; earlier ones are worth nothing from now on."""
        codes = new_codes()
        note = self._service.book.change(worker, "recovery codes made")
        await asyncio.to_thread(self._service.store.set_codes, worker, [code_digest(code) for code in codes], note)
        return codes
