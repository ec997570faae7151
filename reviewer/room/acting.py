"""Acting in the room: every address under which something is answered, decided or passed on."""

from starlette.routing import Route

from reviewer.room.answers import Answers
from reviewer.room.decisions import Decisions
from reviewer.room.letters import Letters
from reviewer.room.pages import Pages
from reviewer.room.referrals import ReferralPages


def acting_routes(letters: Letters, pages: Pages) -> list[Route]:
    """Return which address leads where."""
    return [route for part in (Answers, Decisions, ReferralPages) for route in part(letters, pages).routes()]
