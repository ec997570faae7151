"""The phone line's site: which address leads where, and what every request passes through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from intake.answers import HEALTH_PATH, STATIC_PATH
from intake.errors import StoreError
from intake.line.answers import ENROL, FACTOR, PROVE, SIGN_IN, START, UNLOCK
from intake.line.calls import LIMITS, Calls
from intake.line.guard import TurnedAwayError
from intake.line.headers import LINE_HEADERS
from intake.line.origin import StrictOriginCheck
from intake.line.routes import enrolling, security
from intake.line.routes.common import Common
from intake.line.routes.signing_in import SigningIn
from intake.line.routes.supervising import Supervising
from intake.line.service import LineService
from intake.line.throttle import KEPT
from intake.middleware.body import BodyLimit
from intake.middleware.failures import Failures
from intake.middleware.headers import SecurityHeaders

# A form of passwords and codes, or what a passkey signed.
_LARGEST: Final = 65_536
_MEBIBYTE: Final = 1_048_576
_SECONDS_BETWEEN: Final = 600
BOTH: Final = ["GET", "POST"]


def create_app(service: LineService, calls: Calls | None = None) -> ASGIApp:
    """Return the whole site; without `calls` nothing but the ways in."""
    routes = _routes(service) + (calls.routes(service) if calls else [])
    site = Starlette(routes=routes, lifespan=lambda _site: _tidying(service, calls))
    site.router.redirect_slashes = False

    async def not_served(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        allow = error.headers if isinstance(error, HTTPException) else None
        return service.refuse(request.scope, "method" if status == 405 else "missing", allow)

    async def turned_away(request: Request, error: Exception) -> Response:
        return service.refuse(request.scope, error.word if isinstance(error, TurnedAwayError) else "failure")

    async def without_database(request: Request, _error: Exception) -> Response:
        return service.refuse(request.scope, "database")

    handlers = {HTTPException: not_served, TurnedAwayError: turned_away, StoreError: without_database}
    # In place of Starlette's own stack, whose outermost layer would answer for Failures, in a plainer way.
    site.middleware_stack = ExceptionMiddleware(site.router, handlers=handlers)
    limits = {route.path: _LARGEST for route in routes if isinstance(route, Route) and "POST" in (route.methods or ())}
    limits |= LIMITS if calls else {}
    app: ASGIApp = BodyLimit(site, limits, service.settings.waiting_mebibytes * _MEBIBYTE, service.refuse)
    app = StrictOriginCheck(app, service.origin, service.refuse)
    app = Failures(app, service.refuse)
    return SecurityHeaders(app, LINE_HEADERS)


def _routes(service: LineService) -> list[BaseRoute]:
    common, supervising = Common(service), Supervising(service)
    return [
        Route(START, common.start, methods=["GET"]),
        *_doors(service),
        *_enrolment(service),
        *_security(service),
        Route("/supervise", supervising.loads, methods=["GET"]),
        Route("/supervise/audit", supervising.audit, methods=["GET"]),
        Route(HEALTH_PATH, common.health, methods=["GET"]),
        Route(STATIC_PATH + "/{name}", common.static, methods=["GET"]),
    ]


def _doors(service: LineService) -> list[BaseRoute]:
    doors = SigningIn(service)
    return [
        Route(SIGN_IN, doors.sign_in, methods=BOTH),
        Route(FACTOR, doors.second_factor, methods=BOTH),
        Route(f"{FACTOR}/options", doors.ask_passkey, methods=["POST"]),
        Route(f"{FACTOR}/passkey", doors.show_passkey, methods=["POST"]),
        Route(UNLOCK, doors.unlock, methods=BOTH),
        Route(PROVE, doors.prove, methods=BOTH),
        Route("/sign-out", doors.sign_out, methods=["POST"]),
        Route("/signed-out", doors.signed_out, methods=["GET"]),
        Route("/session", doors.state, methods=["GET"]),
    ]


def _enrolment(service: LineService) -> list[BaseRoute]:
    steps = enrolling.Enrolling(service)
    return [
        Route(ENROL, steps.begin, methods=["GET"]),
        Route(enrolling.PASSWORD, steps.password, methods=BOTH),
        Route(enrolling.FACTOR, steps.factor, methods=BOTH),
        Route(f"{enrolling.FACTOR}/options", steps.offer_passkey, methods=["POST"]),
        Route(f"{enrolling.FACTOR}/passkey", steps.take_passkey, methods=["POST"]),
        Route(enrolling.CODES, steps.codes, methods=BOTH),
    ]


def _security(service: LineService) -> list[BaseRoute]:
    own = security.Security(service)
    return [
        Route(security.PASSWORD, own.password, methods=BOTH),
        Route(security.SECURITY, own.overview, methods=BOTH),
        Route(security.APP, own.app, methods=BOTH),
        Route(security.PASSKEY, own.passkey, methods=["GET"]),
        Route(f"{security.PASSKEY}/options", own.offer_passkey, methods=["POST"]),
        Route(f"{security.PASSKEY}/passkey", own.take_passkey, methods=["POST"]),
        Route(security.CODES, own.codes, methods=BOTH),
    ]


@asynccontextmanager
async def _tidying(service: LineService, calls: Calls | None = None) -> AsyncIterator[None]:
    task = asyncio.create_task(_tidy(service))
    try:
        async with calls.running() if calls else nullcontext():
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        with suppress(StoreError):
            await asyncio.to_thread(service.book.flush, today_too=True)


async def _tidy(service: LineService) -> None:
    """Chain the totals of days that are over, and forget sessions and lanes whose time is."""
    while True:
        with suppress(StoreError):
            await asyncio.to_thread(tidy_once, service)
        await asyncio.sleep(_SECONDS_BETWEEN)


def tidy_once(service: LineService) -> None:
    """Do it once. Raises StoreError."""
    service.book.flush()
    service.store.close_days(service.book.today())
    oldest = service.guard.minute - service.settings.line_session_hours * 60
    service.store.forget_old(oldest)
    service.presence.forget_old(oldest)
    service.store.forget_lanes(int(service.now()) - KEPT)
