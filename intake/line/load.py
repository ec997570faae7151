"""How many calls a worker took today, how many of them were hard, and what one day should hold."""

from dataclasses import dataclass
from typing import Final, Protocol

SENT: Final = "calls sent"
DESTROYED: Final = "calls destroyed"
VISITS: Final = "visits with words"
HARD: Final = "hard calls"
LIFTED: Final = "limit lifted"
# What a page may say that a call was.
KINDS: Final = {"sent": SENT, "destroyed": DESTROYED, "visit": VISITS, "hard": HARD}
_CALLS: Final = (SENT, DESTROYED, VISITS)


class Counts(Protocol):
    """What counts: `intake.line.audit.Book`, which writes nothing at the moment when a call ends."""

    def count(self, worker: str, what: str) -> None:
        """Add one to what a worker did today."""

    def total(self, worker: str, what: str) -> int:
        """Return how often a worker did something today. Raises StoreError."""


@dataclass(frozen=True)
class Load:
    """What a worker did today, and the most that one day should hold; 0 is no limit."""

    calls: int
    hard: int
    most_calls: int
    most_hard: int
    is_lifted: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether it is enough for today."""
        many = 0 < self.most_calls <= self.calls
        heavy = 0 < self.most_hard <= self.hard
        return (many or heavy) and not self.is_lifted

    @property
    def sentence(self) -> str:
        """What the page says of it."""
        calls = f"{self.calls} of at most {self.most_calls}" if self.most_calls else str(self.calls)
        hard = f"{self.hard} of at most {self.most_hard}" if self.most_hard else str(self.hard)
        lifted = " Your supervisor lifted the limit for today." if self.is_lifted else ""
        return f"Your calls today: {calls}. Hard ones: {hard}.{lifted}"


class Loads:
    """The loads of all workers; `most_calls` and `most_hard` are what one day should hold."""

    def __init__(self, counts: Counts, most_calls: int, most_hard: int) -> None:
        self._counts = counts
        self._most = most_calls, most_hard

    def add(self, worker: str, what: str) -> None:
        """Add one to what a worker did today."""
        self._counts.count(worker, what)

    def of(self, worker: str) -> Load:
        """Return what a worker did today. Raises StoreError."""
        calls = sum(self._counts.total(worker, what) for what in _CALLS)
        return Load(calls, self._counts.total(worker, HARD), *self._most, self._counts.total(worker, LIFTED) > 0)
