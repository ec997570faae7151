"""Reading what a page posted, and answering with the page that follows."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from intake.errors import FormError
from intake.line.answers import ENROL, FACTOR, SIGN_IN, door, is_script, way_on
from intake.line.cookies import forget_session, set_device, set_session
from intake.line.entrance import Passed
from intake.line.guard import TurnedAwayError
from intake.line.service import LineService
from intake.unscripted.form import read_fields

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, repr=False)
class Posted:
    """The first value of each field. Nothing typed is changed but line ends."""

    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Return what was typed, "" where nothing was."""
        return self.fields.get(name, "")

    @property
    def next(self) -> str:
        """The page to go on to."""
        return way_on(self["next"])


async def posted(request: Request) -> Posted:
    """Return the form that was posted. Raises TurnedAwayError ("form")."""
    media_type, _, _ = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != _FORM:
        raise TurnedAwayError("form")
    try:
        fields = read_fields(await request.body())
    except FormError:
        raise TurnedAwayError("form") from None
    return Posted({name: values[0] for name, values in fields.items()})


def wanted(request: Request) -> str:
    """Return the page that a request's address asks to be led to afterwards."""
    return way_on(request.query_params.get("next", ""))


def go_on(request: Request, passed: Passed, then: str) -> Response:
    """Answer a try that was right: the cookies, and the step that follows."""
    step = {"factor": door(FACTOR, then), "enrolling": ENROL, "open": then}[passed.stage]
    said = {"step": passed.stage, "next": step}
    answer: Response = JSONResponse(said) if is_script(request.scope) else RedirectResponse(step, 303)
    if passed.token:
        set_session(answer, passed.token)
    if passed.device:
        set_device(answer, passed.device)
    return answer


def begin_again(service: LineService, request: Request) -> Response:
    """Answer that a session is over: the way in once more."""
    if is_script(request.scope):
        answer = service.refuse.as_json("over")
    else:
        problem = service.refuse["over"].problem
        page = service.pages.render("sign_in", problem=problem, who="", then="/", asks_code=False, path=SIGN_IN)
        answer = HTMLResponse(page, service.refuse["over"].status)
    forget_session(answer)
    return answer
