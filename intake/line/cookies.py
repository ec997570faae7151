"""The line's two cookies: one leads to the session, one says that a worker has signed in with this browser before.

`__Host-`: the browser takes and sends them only here, never from a neighbouring name. Browsers count http://localhost as safe.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from intake.line.codes import token_digest

SESSION: Final = "__Host-line"
DEVICE: Final = "__Host-line-browser"
DEVICE_DAYS: Final = 90
_DAY: Final = 86_400


def session_of(request: Request) -> bytes | None:
    """Return the digest of the session cookie, if there is one."""
    return _digest(request, SESSION)


def device_of(request: Request) -> bytes | None:
    """Return the digest of the browser's own cookie, if there is one."""
    return _digest(request, DEVICE)


def set_session(response: Response, token: str) -> None:
    """Let the browser have a session until it is closed."""
    response.set_cookie(SESSION, token, secure=True, httponly=True, samesite="strict", path="/")


def set_device(response: Response, token: str) -> None:
    """Let the browser be known."""
    response.set_cookie(
        DEVICE, token, max_age=DEVICE_DAYS * _DAY, secure=True, httponly=True, samesite="strict", path="/"
    )


def forget_session(response: Response) -> None:
    """Take the session's cookie from the browser. The browser stays known."""
    response.delete_cookie(SESSION, path="/", secure=True, httponly=True, samesite="strict")


def _digest(request: Request, name: str) -> bytes | None:
    token = request.cookies.get(name)
    return token_digest(token) if token else None
