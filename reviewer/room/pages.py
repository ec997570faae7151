"""The pages of the reading room as HTML. What others wrote is escaped, and what could play tricks with it is spelt out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

import templates
from reviewer.display import safe_line, safe_text
from reviewer.naming import kind_of, way_of
from reviewer.room.letters import short
from reviewer.room.styles import Styles
from reviewer.room.view import View

PROBLEMS: Final[Mapping[str, tuple[HTTPStatus, str, str]]] = {
    "missing": (
        HTTPStatus.NOT_FOUND,
        "There is nothing here",
        "No letter or part has this address. It may have been taken back since the list was shown.",
    ),
    "method": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This page cannot do that",
        "Go back to the list and begin from there.",
    ),
    "failure": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong here",
        "Nothing was changed. Go back to the list; if it happens again, end the room and report the line in the terminal.",
    ),
}


class Pages:
    """Renders them. `demonstration` marks every page of a station that one share opens."""

    def __init__(self, styles: Styles, *, demonstration: bool) -> None:
        self.view = View()
        self._environment = Environment(
            loader=FileSystemLoader(templates.FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"safe_text": safe_text, "safe_line": safe_line, "short": short, "week": week}
        self._environment.filters |= {"kind_of": kind_of, "way_of": way_of}
        self._environment.globals |= {"styles": styles, "demonstration": demonstration, "view": self.view}

    def answer(self, name: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
        """Return a page as an answer."""
        return HTMLResponse(self._environment.get_template(f"station/{name}.html").render(values), status)

    def refusal(self, error: Exception) -> HTMLResponse:
        """Return the page about what the rules of this station do not allow, in the sentence of the commands."""
        return self.answer("problem", HTTPStatus.FORBIDDEN, heading="This was not done", text=str(error))

    def problem(self, name: str) -> HTMLResponse:
        """Return the page about something that cannot be shown."""
        status, heading, text = PROBLEMS[name]
        return self.answer("problem", status, heading=heading, text=text)


def week(number: int) -> str:
    """Return a week of arrival (202648) as "week 48 of 2026"."""
    year, of_year = divmod(number, 100)
    return f"week {of_year} of {year}" if number else "week unknown"
