"""Who is signed in. A route begins with `signed = await guard.worker(request)`; whoever may not go on never reaches the rest.

A page gets a way to sign in again. A script (Accept: application/json) gets 401 "signed-out" or 423 "locked", so that it can keep
what was typed, ask for the password in place (`POST /unlock`, or `/sign-in` and `/second-factor`), and go on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from intake.line.cookies import session_of
from intake.line.presence import Presence
from intake.line.rows import Role, Session, Stage, Worker
from intake.line.store import LineStore

# Minutes after both factors were shown in which a worker may change what they sign in with.
PROVED_MINUTES: Final = 10
_HOUR: Final = 60
# How long half of a sign-in, or of an enrolment, is waited for.
_HALF_MINUTES: Final = {"factor": 10, "enrolling": 60}


class TurnedAwayError(Exception):
    """A request may not go on; `word` says why (see `intake.line.answers`)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, repr=False)
class SignedIn:
    """Who sent a request, and in which session."""

    worker: Worker
    session: Session
    is_locked: bool = False

    @property
    def name(self) -> str:
        """The worker's name."""
        return self.worker.name

    @property
    def is_supervisor(self) -> bool:
        """Whether they may see what others did."""
        return self.worker.role == "supervisor"


class Guard:
    """Finds the session of a request. `now` gives seconds since 1970."""

    def __init__(self, store: LineStore, presence: Presence, hours: int, now: Callable[[], float]) -> None:
        self._store = store
        self._presence = presence
        self._lasts = hours * _HOUR
        self._now = now

    @property
    def minute(self) -> int:
        """The minute since 1970."""
        return int(self._now() // 60)

    async def worker(self, request: Request, role: Role = "worker", *, proved: bool = False) -> SignedIn:
        """Return who is signed in, and note that they are there.

        `proved`: both factors were shown within ten minutes. Raises TurnedAwayError: "signed-out", "locked", "forbidden", "prove".
        """
        signed = await self.at(request, "open")
        if signed.is_locked:
            raise TurnedAwayError("locked")
        if role == "supervisor" and not signed.is_supervisor:
            raise TurnedAwayError("forbidden")
        if proved and self.minute - signed.session.proved >= PROVED_MINUTES:
            raise TurnedAwayError("prove")
        self._presence.see(signed.session, self.minute)
        return signed

    async def at(self, request: Request, *stages: Stage) -> SignedIn:
        """Return whose session it is at one of `stages`, locked or not. It is not noted as a sign of the worker.

        Raises TurnedAwayError ("signed-out").
        """
        signed = await self.look(request)
        if signed is None or signed.session.stage not in stages:
            raise TurnedAwayError("signed-out")
        return signed

    async def look(self, request: Request) -> SignedIn | None:
        """Return whose session it is, at whatever stage; one that was left alone too long is locked now."""
        digest = self.row_of(request)
        found = await asyncio.to_thread(self._store.session, digest) if digest else None
        if found is None:
            return None
        session, worker = found
        if self.minute - session.began >= self._lasts or self._is_abandoned(session):
            await self.end(session.digest)
            return None
        return SignedIn(worker, session, session.stage == "open" and self._presence.is_locked(session, self.minute))

    def row_of(self, request: Request) -> bytes | None:
        """Return the digest of the session's row that a request's cookie leads to, if there is one."""
        digest = session_of(request)
        return self._presence.row(digest) if digest else None

    async def end(self, row: bytes) -> None:
        """End one session."""
        await asyncio.to_thread(self._store.end, row)
        self._presence.end(row)

    def _is_abandoned(self, session: Session) -> bool:
        """Say whether a sign-in was begun and not gone on with; half of a sign-in must not lie about."""
        return session.stage != "open" and self.minute - session.began >= _HALF_MINUTES[session.stage]
