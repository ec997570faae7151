"""When each session last showed a sign of its worker, whether it is locked, and under which cookie it goes on: in memory alone.

Workers come back to their desks when a call comes in. Written at that moment, a row would stand in the order of the database's log
just where that call's letter stands in the other's. So between signing in and signing out nothing is written. What a restart takes: a
session then counts as last seen when it began, so most are locked, none is lost, and cookies of sessions that were unlocked lead
nowhere.
"""

from dataclasses import dataclass

from intake.line.rows import Session


@dataclass
class _Sign:
    """`seen` is a minute since 1970; `cookie` the digest that leads to the session since it was last unlocked."""

    seen: int
    locked: bool = False
    tries: int = 0
    cookie: bytes | None = None


class Presence:
    """Knows the signs of open sessions by the digests of their rows. For one event loop; a line is one process."""

    def __init__(self, idle_minutes: int) -> None:
        self._idle = idle_minutes
        self._signs: dict[bytes, _Sign] = {}
        self._rows: dict[bytes, bytes] = {}

    def row(self, cookie: bytes) -> bytes | None:
        """Return the digest of the row that a cookie's digest leads to, or None when another cookie took its place."""
        if (row := self._rows.get(cookie)) is not None:
            return row
        sign = self._signs.get(cookie)
        return None if sign and sign.cookie else cookie

    def is_locked(self, session: Session, minute: int) -> bool:
        """Say whether a session is locked; one that was left alone too long is locked now."""
        sign = self._sign(session)
        sign.locked = sign.locked or minute - sign.seen >= self._idle
        return sign.locked

    def see(self, session: Session, minute: int) -> None:
        """Note that the worker is there."""
        self._sign(session).seen = minute

    def lock(self, session: Session) -> None:
        """Lock a session."""
        self._sign(session).locked = True

    def try_password(self, session: Session) -> int:
        """Count a try at the password of a session, and return how many there were since it was last right."""
        sign = self._sign(session)
        sign.tries += 1
        return sign.tries

    def unlock(self, session: Session, minute: int, cookie: bytes) -> None:
        """Let a session go on under another cookie, given by its digest."""
        sign = self._sign(session)
        self._rows.pop(sign.cookie or b"", None)
        self._rows[cookie] = session.digest
        self._signs[session.digest] = _Sign(max(minute, sign.seen), cookie=cookie)

    def move(self, session: Session, digest: bytes, minute: int) -> None:
        """Let a session go on in another row."""
        self.end(session.digest)
        self._signs[digest] = _Sign(minute)

    def end(self, row: bytes) -> None:
        """Forget a session that has ended."""
        sign = self._signs.pop(row, None)
        if sign and sign.cookie:
            self._rows.pop(sign.cookie, None)

    def forget_old(self, before: int) -> None:
        """Forget sessions of which nothing was seen since the minute `before`: they have lasted too long."""
        for row in [row for row, sign in self._signs.items() if sign.seen < before]:
            self.end(row)

    def _sign(self, session: Session) -> _Sign:
        return self._signs.setdefault(session.digest, _Sign(session.began))
