"""Lanes: how many wrong tries there were in each, and until when the next one has to wait."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from intake.line.schema import lanes
from intake.line.store.transactions import Transactions


class Lanes(Transactions):
    """Counts tries before they are made, so that many at once count as many."""

    def enter(self, lane: bytes, now: int, wait: Callable[[int], int]) -> bool:
        """Count one try in a lane at `now` (seconds), and say whether it may be made.

        `wait` gives the seconds that the next must wait after so many tries. A try that has to wait is not counted.
        """
        dialect: Any = postgresql if self._postgresql else sqlite
        none = dialect.insert(lanes).values(lane=lane, tries=0, until=0).on_conflict_do_nothing()
        own = lanes.c.lane == lane
        with self._writing() as connection:
            connection.execute(none)
            row = connection.execute(select(lanes).where(own).with_for_update()).one()
            if row.until > now:
                return False
            tries = row.tries + 1
            connection.execute(update(lanes).where(own).values(tries=tries, until=now + wait(tries)))
        return True

    def leave(self, lane: bytes) -> None:
        """Forget the wrong tries of a lane: the right one was made."""
        with self._writing() as connection:
            connection.execute(delete(lanes).where(lanes.c.lane == lane))

    def forget_lanes(self, before: int) -> None:
        """Erase lanes that have waited for nothing since `before` (seconds)."""
        with self._writing() as connection:
            connection.execute(delete(lanes).where(lanes.c.until < before))
