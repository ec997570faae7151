"""Deciding in the room: marks, and that a thread may be used. Where it takes two, the other one types who they are on the page."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reviewer.cases.casework import Casework
from reviewer.cases.deciding import Decider
from reviewer.cases.readers import Right
from reviewer.cases.rows import Mark
from reviewer.entries import LetterEntry
from reviewer.errors import LockedError, StationError
from reviewer.reading import find
from reviewer.room.beside import NAME, Refused, SecondError, beside, how_two, status_of
from reviewer.room.fields import Fields
from reviewer.room.letters import Letters
from reviewer.room.pages import Pages

# Which mark, and whether it is taken back.
_MARKS: Final = {
    "risk": (Mark.RISK, False),
    "risk-off": (Mark.RISK, True),
    "two-people": (Mark.TWO, False),
    "two-people-off": (Mark.TWO, True),
}
_NOTED: Final = "It is noted in the station's log."


class Decisions:
    """Answers every address about decisions."""

    def __init__(self, letters: Letters, pages: Pages) -> None:
        self._letters = letters
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return which address leads where."""
        return [
            Route("/thread/{id}/decide", self.show, methods=["GET"]),
            Route("/thread/{id}/decide/{what}", self.decide, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show what can be decided, and how it stands."""
        return self._page(request, "", "", None)

    async def decide(self, request: Request) -> Response:
        """Note a decision of those who are here."""
        fields, what = await Fields.of(request), request.path_params["what"]
        try:
            heading = self._decide(find(self._letters.desk.ledger, request.path_params["id"]), what, fields)
        except LockedError:
            raise
        except StationError as error:
            refused = Refused.by(error, what)
            if isinstance(error, SecondError):
                refused = Refused(refused.text, f"{NAME}-{what}")
            return self._page(request, what, fields.get(NAME), refused)
        if heading is None:
            return self._pages.problem("missing")
        onward = (f"/thread/{request.path_params['id']}", "Back to the thread")
        return self._pages.answer("acted", heading=heading, text=_NOTED, onward=onward)

    def _decide(self, entry: LetterEntry, what: str, fields: Fields) -> str | None:
        """Decide, and return what was noted; None when there is no such decision."""
        if what == "release":
            self._decider(beside(self._letters.work, fields)).release(entry)
            return "Released"
        if what not in _MARKS:
            return None
        mark, remove = _MARKS[what]
        work = beside(self._letters.work, fields) if mark is Mark.TWO and remove else None
        self._decider(work).mark(entry, mark, remove=remove)
        return f"{'Taken back' if remove else 'Marked'}: {mark.value}"

    def _page(self, request: Request, what: str, name: str, refused: Refused | None) -> Response:
        entry = find(self._letters.desk.ledger, request.path_params["id"])
        line, seat = self._decider().line(entry), self._letters.work.seat
        seat.require(Right.READ)
        return self._pages.answer(
            "decide",
            status_of(refused),
            id=request.path_params["id"],
            marks=self._letters.work.store.marks(line.person),
            two=how_two(self._letters.work),
            may_release=seat.reader is None or seat.reader.may(Right.RELEASE),
            what=what,
            second=name,
            refused=refused,
        )

    def _decider(self, work: Casework | None = None) -> Decider:
        return Decider(self._letters.desk, work or self._letters.work, self._letters.panel)
