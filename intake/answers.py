"""What is said when something cannot be done: a page for people, one line of JSON for the form's script."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from intake.language import Language
from intake.pages import Pages, Problem

LETTERS_PATH: Final = "/letters"
SHARE_PATH: Final = "/share"
RETURN_PATH: Final = "/return"
THREAD_PATH: Final = "/thread"
HEALTH_PATH: Final = "/healthz"
# A neutral name: it may be seen in a list of visited pages.
LEAVE_PATH: Final = "/go"
BLANK_PATH: Final = "/blank"
CLEARING_PATH: Final = "/blank/go"
STATIC_PATH: Final = "/static"

Refuse = Callable[[Scope, str], Response]


@dataclass(frozen=True)
class Refusal:
    """One kind of refusal: its HTTP status, and what is said of it."""

    status: int
    problem: Problem


class Refusals:
    """Answers a refusal, by its word, in the form that whoever asked can read."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._refusals = _refusals(pages.language)

    def __getitem__(self, word: str) -> Refusal:
        """Return what is said for `word`."""
        return self._refusals[word]

    def __call__(self, scope: Scope, word: str, headers: Mapping[str, str] | None = None) -> Response:
        """Return the answer for `word`: JSON where letters are sent, a page everywhere else."""
        refusal = self._refusals[word]
        if scope["path"] in {LETTERS_PATH, THREAD_PATH}:
            body = {"error": word, "message": f"{refusal.problem.heading}. {refusal.problem.text}"}
            return JSONResponse(body, refusal.status, headers=headers)
        return HTMLResponse(self._pages.problem(refusal.status, refusal.problem), refusal.status, headers=headers)


def _refusals(language: Language) -> Mapping[str, Refusal]:
    """Return every refusal by its word. Each text says what to do next."""
    gettext = language.gettext
    not_stored = Problem(
        gettext("Your account was not stored"),
        gettext(
            "The service cannot store anything at the moment. Please keep this page open and send again in a few minutes."
        ),
    )
    restoring = Problem(
        gettext("This service is being restored"),
        gettext(
            "Nothing was stored, and nothing that was stored before is shown until that is finished. Please keep what you "
            "wrote and try again later, or phone us."
        ),
    )
    not_ours = Problem(
        gettext("This could not be read"),
        gettext("What arrived is not something that our form sends. Please open the form again and send once more."),
    )
    return {
        **dict.fromkeys(("busy", "database", "disk", "migrate"), Refusal(503, not_stored)),
        "replay": Refusal(503, restoring),
        "closings": Refusal(503, not_stored),
        "form": Refusal(400, not_ours),
        "letter": Refusal(400, not_ours),
        "origin": Refusal(
            403,
            Problem(
                gettext("This was not sent from our own page"),
                gettext("Nothing was stored. Please open the form on this site and send from there."),
            ),
        ),
        "closed": Refusal(
            410,
            Problem(
                gettext("These words are closed"),
                gettext(
                    "Nothing was stored, because what belongs to these words was taken back, or they were replaced. "
                    "Please keep what you wrote, load the page again and take new words."
                ),
            ),
        ),
        "unscripted": Refusal(
            403,
            Problem(
                gettext("This service does not take accounts without scripts"),
                gettext("Nothing was stored. Please phone us, write on paper, or allow scripts for this site."),
            ),
        ),
        "missing": Refusal(
            404,
            Problem(gettext("There is no page here"), gettext("Please go back to the start of this service.")),
        ),
        "method": Refusal(
            405,
            Problem(
                gettext("This address works in another way"), gettext("Please go back to the start of this service.")
            ),
        ),
        "size": Refusal(
            413,
            Problem(
                gettext("This is too long to send at once"),
                gettext("Nothing was stored. Please send it in shorter parts, or tell us in one of these ways."),
            ),
        ),
        "type": Refusal(415, not_ours),
        "failure": Refusal(
            500,
            Problem(
                gettext("Something went wrong here"),
                gettext(
                    "It is not your fault. Please keep what you wrote, and try again in a few minutes or phone us."
                ),
            ),
        ),
        "empty": Refusal(
            422,
            Problem(
                gettext("There is a problem"),
                gettext("Write something in your account before you send. A few words are enough."),
                "account",
            ),
        ),
        "choice": Refusal(
            400,
            Problem(
                gettext("There is a problem"),
                gettext(
                    "One of the answers is not one that this form offers. Please look at your answers and send again."
                ),
            ),
        ),
        "field-long": Refusal(
            422, Problem(gettext("There is a problem"), gettext("One of the answers is too long. Please shorten it."))
        ),
        "too-long": Refusal(
            413,
            Problem(
                gettext("There is a problem"),
                gettext(
                    "Your account is too long to send at once. Please shorten it, and send the rest as a further part."
                ),
                "account",
            ),
        ),
    }
