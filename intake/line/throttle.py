"""How guesses are slowed down: by account and for all strangers together, never by address (docs/decisions/0013).

A lane lets a few tries through, then one after ever longer waits of at most a minute. Strangers who try an account share one
lane; a browser that its worker has signed in with has a lane of its own, so that nobody else's guesses make the worker wait.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from intake.line.key import LineKey
from intake.line.store import LineStore

FREE_TRIES: Final = 5
LONGEST_WAIT: Final = 60
# Passwords that all strangers together may try in a minute.
STRANGERS_TRIES: Final = 60
_MINUTE: Final = 60
# A lane that nobody used for a day is forgotten (seconds).
KEPT: Final = 86_400


def wait_after(tries: int) -> int:
    """Return how many seconds the next try has to wait after so many."""
    over = tries - FREE_TRIES
    return 0 if over < 0 else min(2 ** min(over, 10), LONGEST_WAIT)


class Throttle:
    """The lanes of one line. `now` gives seconds since 1970."""

    def __init__(self, store: LineStore, key: LineKey, now: Callable[[], float]) -> None:
        self._store = store
        self._key = key
        self._now = now

    def lane(self, purpose: str, whose: str, by: bytes | None) -> bytes:
        """Return the lane for a purpose and an account, tried by a browser with the device digest `by`, or by strangers."""
        return self._key.lane(f"{purpose}\0{whose}\0{'strangers' if by is None else by.hex()}")

    async def enter(self, lane: bytes, *, stranger: bool) -> bool:
        """Count one try, before it is made; False when it has to wait."""
        now = int(self._now())
        if not await asyncio.to_thread(self._store.enter, lane, now, wait_after):
            return False
        if not stranger:
            return True
        minute = now // _MINUTE
        everybody = self._key.lane(f"everybody\0{minute}")
        closes = (minute + 1) * _MINUTE - now
        return await asyncio.to_thread(
            self._store.enter, everybody, now, lambda tries: closes if tries >= STRANGERS_TRIES else 0
        )

    async def leave(self, lane: bytes) -> None:
        """Forget what went wrong in a lane, since it went right."""
        await asyncio.to_thread(self._store.leave, lane)
