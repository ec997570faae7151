"""What the phone line says when something cannot be done: a page for people, one line of JSON for scripts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from intake.language import Language
from intake.line.pages import LinePages
from intake.pages import Problem

START: Final = "/"
SIGN_IN: Final = "/sign-in"
FACTOR: Final = "/second-factor"
UNLOCK: Final = "/unlock"
PROVE: Final = "/prove"
ENROL: Final = "/enrol"
_PATH: Final = re.compile(r"/[a-z][a-z0-9-]*(/[a-z0-9-]+)*")
# Where somebody is sent who may not go on, and has only to show who they are.
_DOORS: Final = {"signed-out": SIGN_IN, "locked": UNLOCK, "prove": PROVE}


@dataclass(frozen=True)
class Refusal:
    """One kind of refusal: its HTTP status, and what is said of it."""

    status: int
    problem: Problem


class LineRefusals:
    """Answers a refusal, by its word, in the form that whoever asked can read."""

    def __init__(self, pages: LinePages) -> None:
        self._pages = pages
        self._refusals = _refusals(pages.language)

    def __getitem__(self, word: str) -> Refusal:
        """Return what is said for `word`."""
        return self._refusals[word]

    def __call__(self, scope: Scope, word: str, headers: Mapping[str, str] | None = None) -> Response:
        """Return the answer for `word`. Pages lead to where somebody signs in, unlocks or confirms, and back."""
        if is_script(scope):
            return self.as_json(word, headers)
        if word in _DOORS:
            reads = scope["method"] in {"GET", "HEAD"}
            return RedirectResponse(door(_DOORS[word], scope["path"] if reads else START), 303)
        refusal = self._refusals[word]
        return HTMLResponse(self._pages.render("problem", problem=refusal.problem), refusal.status, headers=headers)

    def as_json(self, word: str, headers: Mapping[str, str] | None = None) -> Response:
        """Return the answer for a script: the word, and a sentence that it may show."""
        refusal = self._refusals[word]
        message = f"{refusal.problem.heading}. {refusal.problem.text}"
        return JSONResponse({"error": word, "message": message}, refusal.status, headers=headers)


def is_script(scope: Scope) -> bool:
    """Say whether a script asks: it accepts JSON first."""
    return Headers(scope=scope).get("accept", "").startswith("application/json")


def door(path: str, then: str) -> str:
    """Return the address of a page that leads on to `then`."""
    return path if then in {"", START, path} else f"{path}?next={quote(then)}"


def way_on(wanted: str) -> str:
    """Return where to go on: a page of this site, whatever was asked for."""
    return wanted if _PATH.fullmatch(wanted) else START


def _refusals(language: Language) -> Mapping[str, Refusal]:
    """Return every refusal by its word. Each text says what to do next."""
    gettext = language.gettext
    away = Problem(
        gettext("The phone line cannot do this at the moment"),
        gettext("Its database does not answer. Please try again in a few minutes, and tell the operator if it lasts."),
    )
    not_ours = Problem(
        gettext("This could not be read"), gettext("Nothing was stored. Keep what was typed, and load the page again.")
    )
    closed = Problem(
        gettext("These words are closed"),
        gettext(
            "Nothing was stored: what belongs to them was taken back, or they were replaced. Give the caller others."
        ),
    )
    wrong = Problem(
        gettext("There is a problem"),
        gettext("That did not fit. Please check what you typed and try again."),
        "line-again",
    )
    return {
        "signed-out": Refusal(
            401,
            Problem(gettext("You are signed out"), gettext("Please sign in to go on. What is on your screen stays.")),
        ),
        "locked": Refusal(
            423,
            Problem(
                gettext("Your session is locked"),
                gettext("Please give your password to go on. What is on your screen stays."),
            ),
        ),
        "prove": Refusal(
            403, Problem(gettext("Please show again that it is you"), gettext("Then you can change this."))
        ),
        "forbidden": Refusal(
            403,
            Problem(gettext("This page is for supervisors"), gettext("Please go back to the start of the phone line.")),
        ),
        "wrong": Refusal(422, wrong),
        "wait": Refusal(
            429,
            Problem(
                gettext("There is a problem"),
                gettext(
                    "There were too many tries for this account. Please wait a minute and try again. If you cannot wait, give "
                    "one of your recovery codes as well."
                ),
                "line-again",
            ),
        ),
        "over": Refusal(
            401,
            Problem(
                gettext("Please begin again"),
                gettext("There were too many tries, or it took too long. Sign in once more."),
            ),
        ),
        **dict.fromkeys(("busy", "closings", "database", "disk", "migrate", "replay"), Refusal(503, away)),
        **dict.fromkeys(("letter", "type"), Refusal(400, not_ours)),
        "closed": Refusal(410, closed),
        "form": Refusal(
            400,
            Problem(gettext("This could not be read"), gettext("Please open the page again and send once more.")),
        ),
        "origin": Refusal(
            403,
            Problem(
                gettext("This was not sent from our own page"),
                gettext("Nothing was changed. Please open the phone line at its own address and try again there."),
            ),
        ),
        "missing": Refusal(
            404, Problem(gettext("There is no page here"), gettext("Please go back to the start of the phone line."))
        ),
        "method": Refusal(
            405,
            Problem(
                gettext("This address works in another way"), gettext("Please go back to the start of the phone line.")
            ),
        ),
        "size": Refusal(
            413, Problem(gettext("This is too long"), gettext("Nothing was changed. Please shorten it and try again."))
        ),
        "failure": Refusal(
            500,
            Problem(
                gettext("Something went wrong here"),
                gettext("It is not your fault. Please try again in a few minutes, and tell the operator."),
            ),
        ),
    }
