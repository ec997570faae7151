"""Referring in the room: a form, read once more by both people; what is due; and the sheet as a page that can be printed."""

from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reviewer.cases.casework import Casework
from reviewer.cases.deciding import Decider
from reviewer.cases.readers import Right
from reviewer.cases.referring import FOLLOWS, Referrer, Typed, due_by_default
from reviewer.entries import LetterEntry
from reviewer.errors import LockedError, StationError
from reviewer.reading import SHORT_ID, find, parts_of
from reviewer.room.beside import NAME, Refused, beside, how_two, status_of
from reviewer.room.fields import Fields
from reviewer.room.letters import Letters
from reviewer.room.pages import Pages

_NOT_SENT: Final = (
    "Nothing was sent. Open the referral for its sheet, hand it over yourselves, and note here what followed."
)


class ReferralPages:
    """Answers every address about referrals."""

    def __init__(self, letters: Letters, pages: Pages) -> None:
        self._letters = letters
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return which address leads where."""
        return [
            Route("/thread/{id}/refer", self.begin, methods=["GET"]),
            Route("/thread/{id}/refer/check", self.check, methods=["POST"]),
            Route("/thread/{id}/refer/note", self.note, methods=["POST"]),
            Route("/referrals", self.list, methods=["GET"]),
            Route("/referral/{number:int}", self.one, methods=["GET"]),
            Route("/referral/{number:int}/done", self.done, methods=["POST"]),
            Route("/referral/{number:int}/sheet", self.sheet, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Show the form."""
        return self._form(request, Typed("", "", "", [], FOLLOWS, due_by_default(date.today()).isoformat()), None)

    async def check(self, request: Request) -> Response:
        """Show what was typed once more, to both."""
        typed = _typed(await Fields.of(request))
        try:
            self._referrer().check(self._entry(request), typed, date.today())
        except LockedError:
            raise
        except StationError as error:
            return self._form(request, typed, Refused.by(error, "text"))
        return self._once_more(request, typed, "", None)

    async def note(self, request: Request) -> Response:
        """Note what both have decided, or go back to changing it."""
        fields = await Fields.of(request)
        typed, entry = _typed(fields), self._entry(request)
        if fields.get("act") == "change":
            return self._form(request, typed, None)
        try:
            new = self._referrer().check(entry, typed, date.today())
            number = self._referrer(beside(self._letters.work, fields)).refer(entry, new)
        except LockedError:
            raise
        except StationError as error:
            return self._once_more(request, typed, fields.get(NAME), Refused.by(error, "note"))
        onward = (f"/referral/{number}", f"Referral {number}")
        return self._pages.answer("acted", heading=f"Referral {number} is noted", text=_NOT_SENT, onward=onward)

    async def list(self, _request: Request) -> Response:
        """Show every referral, and what is due."""
        return self._pages.answer("referrals", referrals=self._referrer().listed(), today=date.today())

    async def one(self, request: Request) -> Response:
        """Show one referral."""
        return self._one(request, date.today().isoformat(), "", None)

    async def done(self, request: Request) -> Response:
        """Note that what must follow was done."""
        fields = await Fields.of(request)
        day, note = fields.get("day"), fields.get("note")
        try:
            self._referrer().follow_up(request.path_params["number"], day, note)
        except LockedError:
            raise
        except StationError as error:
            return self._one(request, day, note, Refused.by(error, "day"))
        heading = f"Referral {request.path_params['number']} is done"
        text = "It is noted in the station's log."
        return self._pages.answer("acted", heading=heading, text=text, onward=("/referrals", "All referrals"))

    async def sheet(self, request: Request) -> Response:
        """Note that the sheet is written out, and show it."""
        referral = self._referrer().write_out(request.path_params["number"])
        return self._pages.answer("referral_sheet", referral=referral, card=self._letters.desk.newest)

    def _form(self, request: Request, typed: Typed, refused: Refused | None) -> Response:
        entry, work = self._entry(request), self._letters.work
        line = self._referrer().decider.line(entry)
        work.seat.require(Right.REFER)
        return self._pages.answer(
            "refer",
            status_of(refused),
            id=request.path_params["id"],
            typed=typed,
            choices=_choices(work, line.person),
            refused=refused,
        )

    def _once_more(self, request: Request, typed: Typed, name: str, refused: Refused | None) -> Response:
        return self._pages.answer(
            "refer_check",
            status_of(refused),
            id=request.path_params["id"],
            typed=typed,
            two=how_two(self._letters.work),
            second=name,
            refused=refused,
        )

    def _one(self, request: Request, day: str, note: str, refused: Refused | None) -> Response:
        referral = self._referrer().one(request.path_params["number"])
        values: dict[str, Any] = {"day": day, "note": note, "today": date.today(), "refused": refused}
        return self._pages.answer("referral", status_of(refused), referral=referral, **values)

    def _entry(self, request: Request) -> LetterEntry:
        return find(self._letters.desk.ledger, request.path_params["id"])

    def _referrer(self, work: Casework | None = None) -> Referrer:
        return Referrer(Decider(self._letters.desk, work or self._letters.work, self._letters.panel))


def _typed(fields: Fields) -> Typed:
    names = ("recipient", "authority", "text", "follows", "due")
    return Typed(**{name: fields.get(name) for name in names}, basis=list(fields.all("basis")))


def _choices(work: Casework, person: str) -> list[tuple[str, str]]:
    """Return what a referral can rest on: each letter of a thread and each part, as the form sends it, and as it is called."""
    found = []
    for line in work.store.of_person(person):
        name = line.digest[:SHORT_ID]
        found.append((name, f"{line.kind.capitalize()} {name}, the whole letter"))
        letter = work.letter(line.digest)
        parts = parts_of(letter) if letter is not None else []
        found += [
            (f"{name}:{number}", f"{line.kind.capitalize()} {name}, part {number}: {part.answer.topic}")
            for number, part in enumerate(parts, 1)
        ]
    return found
