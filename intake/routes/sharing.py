"""`/share`: the form, and taking what a browser without scripts posts."""

import asyncio
import gc
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crypto.errors import LetterError, LetterTooLongError
from intake.answers import Refusals
from intake.errors import FormError, StoreUnavailableError
from intake.inquiry import ACCOUNT, read_form
from intake.rows import NewLetter
from intake.service import Service
from intake.unscripted.form import Fields, read_fields
from intake.unscripted.sealing import SealedAccount, TypedAccount, new_seed, read_seed, seal_account

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
_YES: Final = "yes"


class Sharing:
    """Shows the form; seals in memory what was typed into it, stores that, and shows the return words once.

    Whatever goes wrong after the form could be read, the answer holds everything that was typed.
    """

    def __init__(self, service: Service, refuse: Refusals) -> None:
        self._service = service
        self._refuse = refuse
        self._sealing = asyncio.Semaphore(service.settings.unscripted_at_once)

    async def answer(self, request: Request) -> Response:
        """Answer with the form, or to what it sent."""
        if request.method != "POST":
            return HTMLResponse(self._form(new_seed()))
        if not self._service.settings.unscripted_form:
            return self._refuse(request.scope, "unscripted")
        media_type, _, _ = request.headers.get("content-type", "").partition(";")
        if media_type.strip().lower() != MEDIA_TYPE:
            return self._refuse(request.scope, "type")
        try:
            fields = read_fields(await request.body())
        except FormError:
            return self._refuse(request.scope, "form")
        return await self._take(fields)

    async def _take(self, fields: Fields) -> Response:
        seed = read_seed(_first(fields, "seed"))
        try:
            account = self._read(fields, seed)
            if account is None:
                return self._back("empty", fields, seed)
            async with self._sealing:
                sealed = await asyncio.to_thread(seal_account, account, self._service.card)
            held = await self._service.writer.put(self._letter(sealed))
        except FormError:
            return self._back("choice", fields, seed)
        except LetterTooLongError:
            return self._back("too-long", fields, seed)
        except LetterError:
            return self._back("form", fields, seed)
        except StoreUnavailableError as error:
            return self._back(error.word, fields, seed)
        return HTMLResponse(self._service.pages.sent(words=sealed.words, again=not held))

    def _read(self, fields: Fields, seed: bytes) -> TypedAccount | None:
        """Return what was typed, or None when there is no account among it. Raises FormError."""
        service = self._service
        submission = read_form(service.inquiry, fields, service.pages.language)
        if not any(answer.id == ACCOUNT for answer in submission.answers):
            return None
        return TypedAccount(
            questions=service.inquiry.question_set,
            language=service.pages.language.code,
            answers=submission.answers,
            consents=submission.consents,
            seed=seed,
            wants_words=_first(fields, "words") == _YES,
            reads_back=_first(fields, "read_back") == _YES,
        )

    def _letter(self, sealed: SealedAccount) -> NewLetter:
        frame = sealed.frame
        return NewLetter(
            kind=frame.kind,
            locator=frame.locator,
            access_hash=frame.access_hash,
            day=self._service.day(),
            sealed=sealed.sealed,
            once=sealed.once,
        )

    def _back(self, word: str, fields: Fields, seed: bytes) -> Response:
        """Answer with the form as it was typed, and what to do."""
        page = self._form(seed.hex(), word, fields)
        # The template's macros refer to the page's context and it to them: only a collection frees what was typed.
        gc.collect()
        return HTMLResponse(page, self._refuse[word].status)

    def _form(self, seed: str, word: str = "", typed: Fields | None = None) -> str:
        service = self._service
        # A card that expired since the page was opened must not take away the fields with what was typed.
        today = min(service.day(), service.card.valid_to) if typed else service.day()
        return service.pages.share(
            card=service.card,
            today=today,
            seed=seed,
            typed=typed,
            problem=self._refuse[word].problem if word else None,
            unscripted=service.settings.unscripted_form,
        )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""
