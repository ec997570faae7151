"""`/share`: the form, and taking what a browser without scripts posts."""

import asyncio
import gc
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crypto.errors import LetterError, LetterTooLongError
from intake.answers import Refusals
from intake.errors import AnswerTooLongError, FormError, StoreUnavailableError
from intake.inquiry import ACCOUNT, read_form
from intake.pages import Problem
from intake.routes.posted import PostedForm, read_posted, to_store
from intake.service import Service
from intake.unscripted.form import Fields
from intake.unscripted.sealing import TypedAccount, new_seed, read_seed, seal_account


class Sharing:
    """Shows the form; seals in memory what was typed into it, stores that, and shows the return words once.

    Whatever goes wrong after the form could be read, the answer holds everything that was typed.
    """

    def __init__(self, service: Service, refuse: Refusals) -> None:
        self._service = service
        self._refuse = refuse

    async def answer(self, request: Request) -> Response:
        """Answer with the form, or to what it sent."""
        if request.method != "POST":
            return HTMLResponse(await self._form(new_seed()))
        if not self._service.settings.unscripted_form:
            return self._refuse(request.scope, "unscripted")
        posted = await read_posted(request)
        if isinstance(posted, str):
            return self._refuse(request.scope, posted)
        if posted.first("language"):
            # Another language was asked for: the same form in it, with all that was typed.
            return await self._in(posted.first("language")).show_again(posted)
        return await self._take(posted)

    async def show_plain(self, _request: Request) -> Response:
        """Answer with the form for text browsers."""
        return HTMLResponse(await self._form(new_seed(), plain=True))

    async def show_again(self, posted: PostedForm) -> Response:
        """Answer with the form as it was typed: nothing is sent."""
        return await self._back("", posted, read_seed(posted.first("seed")))

    async def _take(self, posted: PostedForm) -> Response:
        seed = read_seed(posted.first("seed"))
        service = self._service
        try:
            account, is_urgent = self._read(posted, seed)
            if account is None:
                return await self._back("empty", posted, seed)
            if is_urgent and not posted.first("urgent_seen"):
                return await self._back("", posted, seed, is_urgent=True)
            async with service.sealing:
                sealed = await asyncio.to_thread(seal_account, account, service.card)
            held = await service.writer.put(to_store(sealed, service.day()))
        except AnswerTooLongError as error:
            return await self._back("field-long", posted, seed, problem=self._too_long(error))
        except FormError:
            return await self._back("choice", posted, seed)
        except LetterTooLongError:
            return await self._back("too-long", posted, seed)
        except LetterError:
            return await self._back("form", posted, seed)
        except StoreUnavailableError as error:
            return await self._back(error.word, posted, seed)
        return HTMLResponse(service.pages.sent(words=sealed.words, again=not held))

    def _in(self, code: str) -> "Sharing":
        """Return the form in another language: text browsers send what its button says to this one's address."""
        pages = self._service.translations.get(code, self._service.pages)
        return Sharing(replace(self._service, pages=pages), self._refuse)

    def _read(self, posted: PostedForm, seed: bytes) -> tuple[TypedAccount | None, bool]:
        """Return what was typed, None when there is no account among it, and whether it is urgent. Raises FormError."""
        service = self._service
        submission = read_form(service.inquiry, posted.fields, service.pages.language)
        if not any(answer.id == ACCOUNT for answer in submission.answers):
            return None, False
        account = TypedAccount(
            questions=service.inquiry.question_set,
            language=service.pages.language.code,
            answers=submission.answers,
            consents=submission.consents,
            seed=seed,
            wants_words=posted.is_yes("words"),
            reads_back=posted.is_yes("read_back"),
        )
        return account, submission.is_urgent(service.inquiry)

    def _too_long(self, error: AnswerTooLongError) -> Problem:
        gettext = self._service.pages.language.gettext
        text = gettext(
            "This answer is %(n)s characters too long. Please shorten it, or move some of it to your account."
        )
        return Problem(self._refuse["field-long"].problem.heading, text % {"n": error.over}, error.question)

    async def _back(
        self, word: str, posted: PostedForm, seed: bytes, *, is_urgent: bool = False, problem: Problem | None = None
    ) -> Response:
        """Answer with the form as it was typed, and what to do, if something was wrong."""
        problem = problem or (self._refuse[word].problem if word else None)
        page = await self._form(seed.hex(), problem, posted.fields, plain=posted.is_plain, is_urgent=is_urgent)
        # The template's macros refer to the page's context and it to them: only a collection frees what was typed.
        gc.collect()
        return HTMLResponse(page, self._refuse[word].status if word else 200)

    async def _form(
        self,
        seed: str,
        problem: Problem | None = None,
        typed: Fields | None = None,
        *,
        plain: bool = False,
        is_urgent: bool = False,
    ) -> str:
        service = self._service
        # A card that expired since the page was opened must not take away the fields with what was typed.
        today = min(service.day(), service.card.valid_to) if typed else service.day()
        return service.pages.share(
            card=service.card,
            today=today,
            seed=seed,
            typed=typed,
            problem=problem,
            unscripted=service.settings.unscripted_form,
            hold=(await service.holds.shown()).text,
            plain=plain,
            is_urgent=is_urgent,
        )
