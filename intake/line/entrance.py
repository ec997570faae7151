"""Signing in: the password, then a second factor. Unknown and known names get the same answer after the same work."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from intake.line.audit import NOBODY, Book
from intake.line.codes import code_digest, new_token, step_of, token_digest
from intake.line.cookies import DEVICE_DAYS
from intake.line.guard import SignedIn
from intake.line.key import LineKey
from intake.line.names import is_name, written
from intake.line.passkeys import Passkeys
from intake.line.passwords import Hashing
from intake.line.pending import Pending
from intake.line.presence import Presence
from intake.line.rows import Session, Stage, Worker
from intake.line.store import LineStore
from intake.line.throttle import Throttle

MOST_SESSIONS: Final = 3
# Of one kind of try in one session; then it has to begin again.
MOST_TRIES: Final = 5
_MINUTE: Final = 60


@dataclass(frozen=True, repr=False)
class Passed:
    """What came of a try. `trouble`: "wrong", "wait", "over" (begin again), or "" with the `token` of a session at `stage`.

    `device` is a new cookie for a browser that was not known yet.
    """

    trouble: str = ""
    token: str = ""
    stage: Stage = "factor"
    device: str = ""


class Entrance:
    """Lets workers in. `now` gives seconds since 1970."""

    def __init__(
        self,
        store: LineStore,
        key: LineKey,
        hashing: Hashing,
        throttle: Throttle,
        passkeys: Passkeys,
        book: Book,
        presence: Presence,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._key = key
        self._hashing = hashing
        self._throttle = throttle
        self._passkeys = passkeys
        self._book = book
        self._presence = presence
        self._now = now
        self._nobody = Worker("", NOBODY, "worker", "active", hashing.nobodys, None, None, None, 0)

    async def sign_in(self, name: str, password: str, code: str, device: bytes | None, former: bytes | None) -> Passed:
        """Check a name and a password. `code`: a recovery code, shown where strangers' guesses would make its owner wait.

        `device` and `former` are the digests of the browser's cookies; the session `former` ends when another begins.
        """
        name = written(name)
        # What cannot be a name is looked up as one that nobody has: databases refuse some signs.
        asked = name if is_name(name) else NOBODY
        worker = await asyncio.to_thread(self._store.worker_named, asked) or self._nobody
        today = self._book.today()
        known = await asyncio.to_thread(self._store.knows_device, worker, device or b"", today)
        owns = await asyncio.to_thread(self._store.has_code, worker, code_digest(code))
        is_first = self._is_first(worker, password)
        lane = self._throttle.lane("account", name, device if known else b"code" if owns else None)
        trusted = known or owns or is_first
        # A first password has 120 random bits: nobody guesses it, and nobody's guesses may keep a new worker out.
        if not is_first and not await self._throttle.enter(lane, stranger=not trusted):
            return self._refused("wait")
        kept = worker.password or self._hashing.nobodys
        is_right = await self._hashing.verify(kept, password, trusted=trusted) and worker.state == "active"
        if not (is_right and worker.id) and not is_first:
            return self._refused("wrong")
        await self._throttle.leave(lane)
        if is_first:
            await asyncio.to_thread(self._store.drop_factors, worker)
            return await self._begin(worker, "enrolling", former)
        await self._rehash(worker, password)
        return await self._begin(worker, "factor", former)

    async def show_code(self, signed: SignedIn, typed: str, device: bytes | None) -> Passed:
        """Check the code of an authenticator app, or a recovery code."""
        worker, now = signed.worker, self._now()
        lane, known, trouble = await self._enter_factor(signed, device)
        if trouble:
            return self._refused(trouble)
        seed = self.seed_of(worker)
        step = step_of(seed, typed, now) if seed else None
        if step is not None and await asyncio.to_thread(self._store.take_step, worker, step):
            return await self._open(signed, device if known else None, lane, "authenticator app")
        used = self._book.change(worker, "recovery code used")
        if await asyncio.to_thread(self._store.spend_code, worker, code_digest(typed), used):
            return await self._open(signed, device if known else None, lane, "recovery code")
        return self._refused("wrong")

    async def show_passkey(self, signed: SignedIn, credential: str, device: bytes | None) -> Passed:
        """Check what a passkey signed."""
        lane, known, trouble = await self._enter_factor(signed, device)
        if trouble:
            return self._refused(trouble)
        challenge = Pending.read(self._key, signed.session).challenge
        # Whatever comes of it, nothing else may answer the same challenge.
        await asyncio.to_thread(self._store.wait_for, signed.session.digest, None)
        held = await asyncio.to_thread(self._store.passkeys_of, signed.worker)
        shown = self._passkeys.shown(held, credential, challenge) if challenge else None
        if shown is None or not await asyncio.to_thread(self._store.use_passkey, *shown):
            return self._refused("wrong")
        return await self._open(signed, device if known else None, lane, "passkey")

    async def unlock(self, signed: SignedIn, password: str) -> Passed:
        """Let a locked session go on, under another cookie."""
        if trouble := await self._wrong_password(signed, password):
            return self._refused(trouble)
        token = new_token()
        self._presence.unlock(signed.session, int(self._now() // _MINUTE), token_digest(token))
        return Passed(token=token, stage="open")

    async def prove(self, signed: SignedIn, password: str) -> Passed:
        """Ask for both factors again, before what somebody signs in with is changed: the password here, the second next."""
        if trouble := await self._wrong_password(signed, password):
            return self._refused(trouble)
        return await self._begin(signed.worker, "factor", signed.session.digest)

    async def is_password(self, signed: SignedIn, password: str) -> bool:
        """Say whether it is the worker's present password, for a change of it. Tries are counted."""
        return not await self._wrong_password(signed, password)

    async def finish(self, worker: Worker, former: bytes, device: bytes | None, how: str) -> Passed:
        """Begin a session that is signed in, in the place of `former`; `device` is the browser's own if it is known."""
        passed = await self._begin(worker, "open", former)
        await asyncio.to_thread(self._store.note, self._book.signed_in(worker, how))
        if device is not None:
            return passed
        token, today = new_token(), self._book.today()
        until = today + timedelta(days=DEVICE_DAYS)
        await asyncio.to_thread(self._store.keep_device, worker, token_digest(token), until, today)
        return replace(passed, device=token)

    def seed_of(self, worker: Worker) -> str | None:
        """Return a worker's TOTP seed in base32."""
        opened = self._key.open(worker.seed, worker.id) if worker.seed else None
        return opened.decode("ascii") if opened else None

    async def _enter_factor(self, signed: SignedIn, device: bytes | None) -> tuple[bytes, bool, str]:
        """Return the lane of a second factor, whether the browser is known, and "wait" or "over" where it may not be tried."""
        today = self._book.today()
        known = await asyncio.to_thread(self._store.knows_device, signed.worker, device or b"", today)
        lane = self._throttle.lane("factor", signed.worker.id, device if known else None)
        if not await self._throttle.enter(lane, stranger=False):
            return lane, known, "wait"
        return lane, known, await self._over(signed)

    async def _over(self, signed: SignedIn) -> str:
        """Count a try in a session; "over" when there were too many, or none is left to count in."""
        if signed.session.stage == "open":
            tries = self._presence.try_password(signed.session)
        else:
            tries = await asyncio.to_thread(self._store.try_again, signed.session.digest)
        if 0 < tries <= MOST_TRIES:
            return ""
        await asyncio.to_thread(self._store.end, signed.session.digest)
        self._presence.end(signed.session.digest)
        return "over"

    async def _wrong_password(self, signed: SignedIn, password: str) -> str:
        if trouble := await self._over(signed):
            return trouble
        kept = signed.worker.password or self._hashing.nobodys
        return "" if await self._hashing.verify(kept, password, trusted=True) else "wrong"

    async def _open(self, signed: SignedIn, device: bytes | None, lane: bytes, how: str) -> Passed:
        await self._throttle.leave(lane)
        return await self.finish(signed.worker, signed.session.digest, device, how)

    async def _begin(self, worker: Worker, stage: Stage, former: bytes | None) -> Passed:
        """Begin a session under a new cookie: whatever the browser sent before leads nowhere any more."""
        token, minute = new_token(), int(self._now() // _MINUTE)
        session = Session(token_digest(token), worker.id, stage, minute, minute)
        most = 1 if stage == "enrolling" else MOST_SESSIONS
        await asyncio.to_thread(self._store.begin, session, most, former)
        if former is not None:
            self._presence.end(former)
        return Passed(token=token, stage=stage)

    def _refused(self, trouble: str) -> Passed:
        self._book.count(NOBODY, "refused")
        return Passed(trouble)

    async def _rehash(self, worker: Worker, password: str) -> None:
        if worker.password and self._hashing.is_outdated(worker.password):
            await asyncio.to_thread(self._store.rehash, worker, await self._hashing.hash(password))

    def _is_first(self, worker: Worker, password: str) -> bool:
        """Say whether it is a first password that was not used yet and has not expired."""
        held = (worker.first or b"") == code_digest(password)
        return held and worker.state == "invited" and (worker.first_until or 0) > self._now() // _MINUTE
