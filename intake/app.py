"""The survivors' site: which address leads where, and what every request passes through."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from crypto.constants import FRAME_BYTES, SEALED_SIZES, VISIT_REQUEST_BYTES
from crypto.frame import SURVIVOR_KINDS
from intake.answers import (
    BLANK_PATH,
    CLEARING_PATH,
    HEALTH_PATH,
    LEAVE_PATH,
    LETTERS_PATH,
    RETURN_PATH,
    SHARE_PATH,
    STATIC_PATH,
    THREAD_PATH,
    Refusals,
)
from intake.middleware.body import BodyLimit
from intake.middleware.compression import Compression
from intake.middleware.failures import Failures
from intake.middleware.headers import SecurityHeaders
from intake.middleware.languages import LANGUAGE, LanguageChoice, LanguagePrefix
from intake.middleware.origin import OriginCheck
from intake.middleware.restoring import Restoring
from intake.pages import INFORMATION, PLAIN_PATH, PLAIN_RETURN_PATH
from intake.routes.health import Health
from intake.routes.information import Information, Leaving
from intake.routes.returning import Returning
from intake.routes.sharing import Sharing
from intake.routes.static import Static
from intake.service import Service
from intake.submissions import Submissions
from intake.visits import Visits

LARGEST_LETTER: Final = FRAME_BYTES + SEALED_SIZES[-1]
LARGEST_VISIT: Final = VISIT_REQUEST_BYTES + SEALED_SIZES[-1]
# Far more than a letter holds, so that even a text of ten million characters comes back with what to do, not lost.
LARGEST_FORM: Final = 12 * 1_048_576
_MEBIBYTE: Final = 1_048_576


def create_app(service: Service) -> ASGIApp:
    """Return the whole site in every language. Its lifespan starts and stops the writer."""
    refusals = {code: Refusals(pages) for code, pages in service.translations.items()}
    sites = {
        code: _create_routes(replace(service, pages=pages), refusals[code])
        for code, pages in service.translations.items()
    }
    first = service.pages.language.code

    def refuse(scope: Scope, word: str, headers: Mapping[str, str] | None = None) -> Response:
        return refusals[scope.get(LANGUAGE, first)](scope, word, headers)

    limits = {LETTERS_PATH: LARGEST_LETTER, THREAD_PATH: LARGEST_VISIT}
    limits |= {SHARE_PATH: LARGEST_FORM, RETURN_PATH: LARGEST_FORM}
    app: ASGIApp = LanguageChoice(sites, first)
    app = Restoring(app, (SHARE_PATH, PLAIN_PATH, RETURN_PATH, PLAIN_RETURN_PATH), service.is_waiting, refuse)
    app = BodyLimit(app, limits, service.settings.waiting_mebibytes * _MEBIBYTE, refuse)
    app = OriginCheck(app, refuse)
    app = Failures(app, refuse)
    app = LanguagePrefix(app, service.translations.keys() - {first})
    app = Compression(app)
    return SecurityHeaders(app)


def _create_routes(service: Service, refuse: Refusals) -> Starlette:
    sharing = Sharing(service, refuse)
    letters = Submissions(service.writer, service.day, SURVIVOR_KINDS, refuse)
    returning, thread = (
        Returning(service, refuse),
        Visits(service.threads, service.settings.answer_grid_milliseconds, refuse),
    )
    health, static = Health(service), Static(service, refuse)
    information, leaving = Information(service), Leaving(service)

    async def start(_request: Request) -> Response:
        return HTMLResponse(service.pages.start((await service.holds.shown()).text))

    async def not_served(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        allow = error.headers if isinstance(error, HTTPException) else None
        return refuse(request.scope, "method" if status == 405 else "missing", allow)

    site = Starlette(
        routes=[
            # In the order of how busy they are; the first that fits answers.
            Route(LETTERS_PATH, letters, methods=["POST"]),
            Route(THREAD_PATH, thread, methods=["POST"]),
            Route("/", start, methods=["GET"]),
            *(Route(path, information.answer, methods=["GET"]) for path in INFORMATION),
            # One route for both, so that the answer to any other method names both.
            Route(SHARE_PATH, sharing.answer, methods=["GET", "POST"]),
            Route(PLAIN_PATH, sharing.show_plain, methods=["GET"]),
            Route(PLAIN_RETURN_PATH, returning.show_plain, methods=["GET"]),
            Route(RETURN_PATH, returning.answer, methods=["GET", "POST"]),
            Route(LEAVE_PATH, leaving.answer, methods=["GET"]),
            Route(BLANK_PATH, leaving.blank, methods=["GET"]),
            Route(CLEARING_PATH, leaving.clear, methods=["GET"]),
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
    await service.holds.shown()  # before the first page is asked for
    try:
        yield
    finally:
        await asyncio.to_thread(service.housekeeping.stop)
        await asyncio.to_thread(service.writer.stop)
