"""The survivors' site: which address leads where, and what every request passes through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from crypto.constants import FRAME_BYTES, SEALED_SIZES, VISIT_REQUEST_BYTES
from intake.answers import HEALTH_PATH, LETTERS_PATH, RETURN_PATH, SHARE_PATH, STATIC_PATH, THREAD_PATH, Refusals
from intake.middleware.body import BodyLimit
from intake.middleware.failures import Failures
from intake.middleware.headers import SecurityHeaders
from intake.middleware.origin import OriginCheck
from intake.routes.health import Health
from intake.routes.letters import Letters
from intake.routes.returning import Returning
from intake.routes.sharing import Sharing
from intake.routes.static import Static
from intake.routes.thread import Thread
from intake.service import Service

LARGEST_LETTER: Final = FRAME_BYTES + SEALED_SIZES[-1]
LARGEST_VISIT: Final = VISIT_REQUEST_BYTES + SEALED_SIZES[-1]
# Far more than a letter holds, so that even a text of ten million characters comes back with what to do, not lost.
LARGEST_FORM: Final = 12 * 1_048_576
_MEBIBYTE: Final = 1_048_576


def create_app(service: Service) -> ASGIApp:
    """Return the whole site. Its lifespan starts and stops the writer."""
    refuse = Refusals(service.pages)
    limits = {LETTERS_PATH: LARGEST_LETTER, THREAD_PATH: LARGEST_VISIT, SHARE_PATH: LARGEST_FORM}
    app: ASGIApp = _create_routes(service, refuse)
    app = BodyLimit(app, limits, service.settings.waiting_mebibytes * _MEBIBYTE, refuse)
    app = OriginCheck(app, refuse)
    app = Failures(app, refuse)
    return SecurityHeaders(app)


def _create_routes(service: Service, refuse: Refusals) -> Starlette:
    sharing, letters = Sharing(service, refuse), Letters(service, refuse)
    returning, thread = Returning(service), Thread(service, refuse)
    health, static = Health(service), Static(service, refuse)

    async def start(_request: Request) -> Response:
        return HTMLResponse(service.pages.start())

    async def not_served(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        allow = error.headers if isinstance(error, HTTPException) else None
        return refuse(request.scope, "method" if status == 405 else "missing", allow)

    site = Starlette(
        routes=[
            Route("/", start, methods=["GET"]),
            # One route for both, so that the answer to any other method names both.
            Route(SHARE_PATH, sharing.answer, methods=["GET", "POST"]),
            Route(RETURN_PATH, returning.answer, methods=["GET"]),
            Route(THREAD_PATH, thread, methods=["POST"]),
            Route(LETTERS_PATH, letters, methods=["POST"]),
            Route(HEALTH_PATH, health.get, methods=["GET"]),
            Route(STATIC_PATH + "/{name}", static.get, methods=["GET"]),
        ],
        lifespan=lambda _site: _writing(service),
    )
    site.router.redirect_slashes = False
    # In place of Starlette's own stack, whose outermost layer would answer for Failures, in a plainer way.
    site.middleware_stack = ExceptionMiddleware(site.router, handlers={HTTPException: not_served})
    return site


@asynccontextmanager
async def _writing(service: Service) -> AsyncIterator[None]:
    service.writer.start()
    service.housekeeping.start()
    try:
        yield
    finally:
        await asyncio.to_thread(service.housekeeping.stop)
        await asyncio.to_thread(service.writer.stop)
