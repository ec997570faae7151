"""Answering in the room: from a template or in one's own words, read once more, and signed; or kept for a second reader."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reviewer.cases.casework import Casework
from reviewer.cases.replies import seen_of
from reviewer.cases.replying import Draft, Replier
from reviewer.entries import LetterEntry
from reviewer.errors import LockedError, StationError
from reviewer.reading import find
from reviewer.reply_templates import chosen, load_templates
from reviewer.room.beside import NAME, Refused, beside, how_two, status_of
from reviewer.room.fields import Fields
from reviewer.room.letters import Letters
from reviewer.room.pages import Pages

_TEXT: Final = "text"
_LEAVES: Final = "It leaves with the next reviewer export, and the person reads it when they come back."


class Answers:
    """Answers every address about replies."""

    def __init__(self, letters: Letters, pages: Pages) -> None:
        self._letters = letters
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return which address leads where."""
        return [
            Route("/thread/{id}/reply", self.begin, methods=["GET"]),
            Route("/thread/{id}/reply/own", self.write, methods=["GET"]),
            Route("/thread/{id}/reply/from/{template}", self.write, methods=["GET"]),
            Route("/thread/{id}/reply/check", self.check, methods=["POST"]),
            Route("/thread/{id}/reply/sign", self.sign, methods=["POST"]),
            Route("/replies", self.list, methods=["GET"]),
            Route("/reply/{number:int}", self.waiting, methods=["GET"]),
            Route("/reply/{number:int}/{act}", self.act, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Show what one can begin from."""
        entry = self._entry(request)
        self._replier().require_person(entry)
        templates = load_templates(self._letters.desk.station).values()
        return self._pages.answer("reply", id=request.path_params["id"], templates=templates)

    async def write(self, request: Request) -> Response:
        """Show the form, with a template's words in it or empty."""
        self._replier().require_person(self._entry(request))
        draft = Draft("")
        if "template" in request.path_params:
            template = chosen(load_templates(self._letters.desk.station), request.path_params["template"])
            draft = Draft(template.text, template.language)
        return self._form(request, draft, None)

    async def check(self, request: Request) -> Response:
        """Show the words once more, before anything is signed."""
        draft = _draft(await Fields.of(request))
        try:
            self._replier().check(self._entry(request), draft)
        except LockedError:
            raise
        except StationError as error:
            return self._form(request, draft, Refused.by(error, _TEXT))
        return self._once_more(request, draft, "", None)

    async def sign(self, request: Request) -> Response:
        """Sign the words that were read once more, keep them for a second reader, or go back to changing them."""
        fields = await Fields.of(request)
        draft, act, entry = _draft(fields), fields.get("act"), self._entry(request)
        if act == "change":
            return self._form(request, draft, None)
        try:
            if act == "keep":
                self._replier().prepare(entry, draft)
                return self._done(
                    "Kept for a second reader", "It stands among the replies that wait, until somebody else signs it."
                )
            self._sign(entry, draft, fields)
        except LockedError:
            raise
        except StationError as error:
            return self._once_more(request, draft, fields.get(NAME), Refused.by(error, "sign"))
        return self._done("Signed and sealed", _LEAVES)

    async def list(self, _request: Request) -> Response:
        """Show which replies wait, without a word of them."""
        return self._pages.answer("replies", replies=self._replier().waiting())

    async def waiting(self, request: Request) -> Response:
        """Show one that waits."""
        return self._one(request, None, None)

    async def act(self, request: Request) -> Response:
        """Sign, change or discard one that waits."""
        fields, number = await Fields.of(request), request.path_params["number"]
        replier, act, seen = self._replier(), request.path_params["act"], fields.get("seen")
        done: tuple[str, str] | None = None
        try:
            if act == "sign":
                with self._letters.desk.station.locked():
                    replier.sign_waiting(number, seen)
                done = "Signed and sealed", _LEAVES
            elif act == "change":
                replier.change(number, seen, _draft(fields))
                done = "Kept for a second reader", "These are other words now: somebody else reads and signs them."
            elif act == "discard":
                replier.discard(number, seen)
                done = "Discarded", "Nobody is sent these words."
        except LockedError:
            raise
        except StationError as error:
            refused = Refused.by(error, _TEXT if act == "change" else "words")
            return self._one(request, _draft(fields) if act == "change" else None, refused)
        return self._done(*done) if done is not None else self._pages.problem("missing")

    def _sign(self, entry: LetterEntry, draft: Draft, fields: Fields) -> None:
        replier = self._replier()
        if replier.takes_two():
            replier = self._replier(beside(self._letters.work, fields))
        with self._letters.desk.station.locked():
            replier.sign(entry, draft)

    def _form(self, request: Request, draft: Draft, refused: Refused | None) -> Response:
        status = status_of(refused)
        return self._pages.answer("reply_write", status, id=request.path_params["id"], draft=draft, refused=refused)

    def _once_more(self, request: Request, draft: Draft, name: str, refused: Refused | None) -> Response:
        takes_two = self._replier().takes_two()
        return self._pages.answer(
            "reply_check",
            status_of(refused),
            id=request.path_params["id"],
            draft=draft,
            two=how_two(self._letters.work) if takes_two else None,
            second=name,
            refused=refused,
        )

    def _one(self, request: Request, draft: Draft | None, refused: Refused | None) -> Response:
        replier = self._replier()
        row = replier.one(request.path_params["number"])
        return self._pages.answer(
            "reply_waiting",
            status_of(refused),
            reply=row,
            seen=seen_of(row),
            draft=draft or Draft(row.text, row.language),
            may_sign=replier.may_sign(row),
            refused=refused,
        )

    def _done(self, heading: str, text: str) -> Response:
        return self._pages.answer("acted", heading=heading, text=text, onward=("/replies", "Replies that wait"))

    def _entry(self, request: Request) -> LetterEntry:
        return find(self._letters.desk.ledger, request.path_params["id"])

    def _replier(self, work: Casework | None = None) -> Replier:
        return Replier(self._letters.desk, work or self._letters.work, self._letters.panel)


def _draft(fields: Fields) -> Draft:
    return Draft(fields.get(_TEXT).strip("\n"), fields.get("language").strip())
