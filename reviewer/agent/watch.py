"""When the keys must go: after a time without use, after a working day, and when the machine slept."""

from typing import Final

from reviewer.agent import clocks

# However busy: the people who unlocked it in the morning are not those who are there at night.
LONGEST_SECONDS: Final = 10 * 3_600.0
_SLEPT_SECONDS: Final = 2.0
# A busy machine may pause between one reading and the next; only readings this close to each other are compared.
_CLOSE_SECONDS: Final = 0.5


class Watch:
    """Begins when it is made."""

    def __init__(self, idle: float) -> None:
        """Let the keys stay for `idle` seconds without use."""
        self._idle = idle
        self._begun = self._used = clocks.boottime()
        self._asleep = _asleep()

    def is_over(self) -> bool:
        """Say whether the keys must go now."""
        return self.seconds_left() <= 0 or abs(_asleep() - self._asleep) > _SLEPT_SECONDS

    def seconds_left(self) -> float:
        """Return how long the keys stay if nobody uses them again."""
        now = clocks.boottime()
        return min(self._used + self._idle - now, self._begun + LONGEST_SECONDS - now)

    def use(self) -> None:
        """Note that somebody used the keys."""
        self._used = clocks.boottime()


def _asleep() -> float:
    """Return the seconds that the machine slept since it started."""
    while True:
        before, all_time, after = clocks.monotonic(), clocks.boottime(), clocks.monotonic()
        if after - before < _CLOSE_SECONDS:
            return all_time - after
