"""What every route of the phone line needs, made once when it starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import Parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from intake.assets import Assets
from intake.inquiry import Inquiry
from intake.line.answers import LineRefusals
from intake.line.audit import Book
from intake.line.entrance import Entrance
from intake.line.guard import Guard
from intake.line.key import LineKey
from intake.line.pages import LinePages
from intake.line.passkeys import Passkeys
from intake.line.passwords import Hashing, PasswordRules
from intake.line.presence import Presence
from intake.line.store import LineStore
from intake.line.throttle import Throttle
from intake.settings import Settings


@dataclass(frozen=True, repr=False)
class LineService:
    """The parts of one running phone line. `origin` is where workers open it; `now` gives seconds since 1970."""

    settings: Settings
    inquiry: Inquiry
    assets: Assets
    store: LineStore
    key: LineKey
    origin: str
    now: Callable[[], float]
    hashing: Hashing
    rules: PasswordRules
    passkeys: Passkeys
    presence: Presence
    guard: Guard
    book: Book
    entrance: Entrance
    pages: LinePages
    refuse: LineRefusals


def make_service(
    settings: Settings,
    inquiry: Inquiry,
    store: LineStore,
    key: LineKey,
    origin: str,
    *,
    now: Callable[[], float] = time.time,
    parameters: Parameters = RFC_9106_LOW_MEMORY,
) -> LineService:
    """Put the parts together. `now` and the `parameters` of Argon2 are others only in tests."""
    assets = Assets()
    hashing = Hashing(settings.line_hashing_at_once, parameters)
    book, passkeys = Book(store, now), Passkeys(origin, inquiry.service)
    presence = Presence(settings.line_idle_minutes)
    pages = LinePages(inquiry, assets, settings.line_idle_minutes, lambda: datetime.fromtimestamp(now(), UTC))
    return LineService(
        settings=settings,
        inquiry=inquiry,
        assets=assets,
        store=store,
        key=key,
        origin=origin,
        now=now,
        hashing=hashing,
        rules=PasswordRules(inquiry),
        passkeys=passkeys,
        presence=presence,
        guard=Guard(store, presence, settings.line_session_hours, now),
        book=book,
        entrance=Entrance(store, key, hashing, Throttle(store, key, now), passkeys, book, presence, now),
        pages=pages,
        refuse=LineRefusals(pages),
    )
