"""`/return`: where somebody with return words comes back, and what a browser without scripts posts there."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crypto.errors import WordsError
from crypto.letter import Answer
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from intake.answers import Refusal, Refusals
from intake.errors import FormError, StoreError, StoreUnavailableError
from intake.inquiry import read_form
from intake.pages import Problem
from intake.routes.posted import PostedForm, read_posted, to_store
from intake.service import Service
from intake.unscripted.changing import Setting
from intake.unscripted.filling import fields_of, is_sent, typed_in
from intake.unscripted.form import Fields
from intake.unscripted.sealing import SealedAccount, new_seed, read_seed
from intake.unscripted.troubles import WORDS_FIELD, troubles, wrong_words
from intake.unscripted.view import View
from intake.unscripted.wishes import Outcome, Wish

ACTIONS: Final = frozenset({"open", "add", "choices", "draft", "send", "discard", "withdraw", "replace"})
_ADDITION: Final = "addition"
_OPEN: Final = "open"
# The button of another language, on the page where words are entered and on what they opened.
_LANGUAGE: Final = "language"
# The actions whose second step may be what is put in another language.
_STEPS: Final = frozenset({"discard", "withdraw", "replace"})


class Returning:
    """Shows the page where words are entered; opens a thread in memory for a browser that runs no scripts.

    Whatever goes wrong after the form could be read, the answer holds everything that was typed.
    """

    def __init__(self, service: Service, refuse: Refusals) -> None:
        self._service = service
        self._refuse = refuse
        self._troubles = troubles(service.pages.language, service.settings.draft_days)

    async def answer(self, request: Request) -> Response:
        """Answer with the page, or to what it sent."""
        if request.method != "POST":
            return HTMLResponse(await self._entry())
        if not self._service.settings.unscripted_form:
            return self._refuse(request.scope, "unscripted")
        posted = await read_posted(request)
        if isinstance(posted, str):
            return self._refuse(request.scope, posted)
        action = posted.first("action") or _OPEN
        if action not in ACTIONS:
            return self._refuse(request.scope, "form")
        if posted.first(_LANGUAGE):
            answer = await self._in(posted.first(_LANGUAGE)).show_again(posted)
        else:
            answer = await self._do(posted, action)
        # A page may leave circles of references that hold what it showed: they go before the answer does.
        gc.collect()
        return answer

    async def show_plain(self, _request: Request) -> Response:
        """Answer with the page for text browsers."""
        return HTMLResponse(await self._entry(plain=True))

    def _in(self, code: str) -> "Returning":
        """Return the page in another language: text browsers send what its button says to this one's address."""
        pages = self._service.translations.get(code, self._service.pages)
        return Returning(replace(self._service, pages=pages), self._refuse)

    async def show_again(self, posted: PostedForm) -> Response:
        """Answer with the same page in this language: nothing is done, and all that was typed stays."""
        typed = posted.first(WORDS_FIELD)
        if "digits" not in posted:
            seed = read_seed(posted.first("seed")).hex()
            return HTMLResponse(await self._entry(typed=typed, seed=seed, plain=posted.is_plain))
        step = posted.first("step")
        left = {name: values for name, values in posted.fields.items() if name not in {"action", "sure", _LANGUAGE}}
        return await self._do(PostedForm(left), step if step in _STEPS else _OPEN)

    async def _do(self, posted: PostedForm, action: str) -> Response:
        typed = posted.first(WORDS_FIELD) or posted.first("digits")
        try:
            words = ReturnWords.parse(typed)
        except WordsError as error:
            problem = wrong_words(self._service.pages.language, typed, error)
            return await self._enter_again(posted, Refusal(self._troubles["not-found"].status, problem), action, typed)
        seed = read_seed(posted.first("seed"))
        try:
            wish = self._wish(posted, action)
            async with self._service.sealing:
                outcome = await self._act(words, wish, seed)
        except FormError:
            return await self._keep(posted, self._troubles["choice"])
        except StoreUnavailableError as error:
            return await self._keep(posted, self._troubles[error.word], may_retry=True)
        except StoreError:
            return await self._keep(posted, self._troubles["database"], may_retry=True)
        view = outcome.view
        if view is None:
            return await self._enter_again(posted, self._troubles[outcome.trouble], action, typed)
        if action == _OPEN and posted.first("words_shown"):
            outcome = replace(outcome, done="replace", words=words)
        return await self._show(posted, outcome, view, words, seed)

    async def _act(self, words: ReturnWords, wish: Wish, seed: bytes) -> Outcome:
        """Derive the keys of the words, and do what is asked with them."""
        # Here, so that a service where this is switched off never loads the code that opens.
        from intake.unscripted.acting import Desk, Site

        service = self._service
        keys = await asyncio.to_thread(derive_thread, words)
        setting = Setting(service.card, service.inquiry.question_set, service.pages.language.code, seed)
        site = Site(service.threads.visit, service.cards, self._store)
        return await Desk(keys, setting, site).act(wish)

    async def _store(self, sealed: SealedAccount) -> bool:
        return await self._service.writer.put(to_store(sealed, self._service.day()))

    def _wish(self, posted: PostedForm, action: str) -> Wish:
        """Return what the form asks for. Raises FormError."""
        service = self._service
        submission = read_form(service.inquiry, posted.fields, service.pages.language)
        further = posted.first("further")
        question = service.pages.language.gettext("What would you like to add?")
        return Wish(
            action=action,
            further=(Answer(_ADDITION, _ADDITION, question, further, ()),) if further.strip() else (),
            answers=submission.answers,
            consents=submission.consents,
            reads_back=posted.is_yes("read_back"),
            draft=posted.first("draft_known"),
            draft_seen=posted.first("draft_seen"),
            keep=posted.first("keep"),
            is_sure=posted.is_yes("sure"),
        )

    # Pages

    async def _entry(
        self, problem: Problem | None = None, typed: str = "", seed: str = "", *, plain: bool = False
    ) -> str:
        """Return the page where words are entered."""
        service = self._service
        holds = await service.holds.shown()
        return service.pages.return_page(
            service.cards,
            service.day(),
            hold=holds.text,
            hold_files=holds.files,
            problem=problem,
            typed={WORDS_FIELD: [typed]} if problem or typed else None,
            unscripted=service.settings.unscripted_form,
            seed=seed or new_seed(),
            plain=plain,
        )

    async def _enter_again(self, posted: PostedForm, refusal: Refusal, action: str, typed: str) -> Response:
        """Answer that the words open nothing: with the words as they were typed, or with the text that came with them."""
        if action == _OPEN and "digits" not in posted:
            return HTMLResponse(await self._entry(refusal.problem, typed, plain=posted.is_plain), refusal.status)
        return await self._keep(posted, refusal)

    async def _keep(self, posted: PostedForm, refusal: Refusal, *, may_retry: bool = False) -> Response:
        """Answer with everything that was typed, and what to do; the thread could not be looked at."""
        page = self._service.pages.opened(
            None,
            "",
            "",
            typed=posted.fields,
            problem=Problem(refusal.problem.heading, refusal.problem.text),
            may_retry=may_retry,
            hold=(await self._service.holds.shown()).text,
            plain=posted.is_plain,
        )
        return HTMLResponse(page, refusal.status)

    async def _show(
        self, posted: PostedForm, outcome: Outcome, view: View, words: ReturnWords, seed: bytes
    ) -> Response:
        """Answer with the thread as it is now. What was typed and is not sent stays in its field."""
        service = self._service
        refusal = self._troubles[outcome.trouble] if outcome.trouble else None
        leads_on = outcome.words if outcome.done == "replace" and outcome.words else words
        page = service.pages.opened(
            view,
            leads_on.digits,
            new_seed() if outcome.done else seed.hex(),
            typed=self._typed(posted, outcome, view),
            problem=refusal.problem if refusal else None,
            done=outcome.done,
            step=outcome.step,
            words=outcome.words,
            # A card that expired since the page was opened must not take away what was typed there.
            takes_accounts="is_account" in posted or service.card.is_valid_on(service.day()),
            demonstration=any(card.demonstration for card in service.cards),
            hold=(await service.holds.shown()).text,
            plain=posted.is_plain,
        )
        return HTMLResponse(page, refusal.status if refusal else 200)

    def _typed(self, posted: PostedForm, outcome: Outcome, view: View) -> Fields:
        """Return what the page's fields hold: all that was typed and is not sent, else what the draft and the choices say."""
        inquiry = self._service.inquiry
        if outcome.trouble == "sent-already":
            submission = read_form(inquiry, posted.fields, self._service.pages.language)
            posted = PostedForm({"further": [typed_in(submission.answers)]})
        # A draft that was thrown away may not be what stands in the fields.
        was_shown = posted.first("draft_known") == posted.first("draft_seen")
        done = "" if outcome.done == "discard" and not was_shown else outcome.done
        left = {name: values for name, values in posted.fields.items() if not is_sent(name, done)}
        draft = view.draft if view.draft is not None and view.draft.status == "ok" else None
        known = [draft.digest if draft else ""]
        if not view.has_sent:
            held = fields_of(inquiry, draft.answers, draft.consents) if draft else {}
            return left if "is_account" in left else left | {"draft_known": known} | dict(held)
        filled: dict[str, Sequence[str]] = dict(fields_of(inquiry, (), view.choices))
        if not PostedForm(left).first("further").strip():
            left.pop("further", None)
            left["draft_known"] = known
            filled["further"] = [typed_in(draft.answers) if draft else ""]
        return filled | left
