"""What is entered in the audit, and how a part of the program counts: `Book.count`."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from intake.line.rows import Total, Worker
from intake.line.store import LineStore
from intake.line.store.audit import Note

OPERATOR: Final = "operator"
# Under this name: tries that were refused, whosever account was meant. Nobody can be called so.
NOBODY: Final = "-"


class Book:
    """Writes the audit of one line. `now` gives seconds since 1970.

    Counts wait in memory until their day is over or the line ends. Written earlier, even in groups, a quiet day's would stand in the
    order of the database's log just where the letters that they count stand in the other's.
    """

    def __init__(self, store: LineStore, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[date, str, str]] = Counter()

    def today(self) -> date:
        """Return the date in UTC."""
        return datetime.fromtimestamp(self._now(), UTC).date()

    def signed_in(self, worker: Worker, how: str) -> Note:
        """Return the entry of a sign-in, with its hour: fine enough to notice one at night, and no finer."""
        hour = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H")
        return Note(hour, worker.name, "signed in", how)

    def change(self, worker: Worker | None, what: str, detail: str = "") -> Note:
        """Return the entry of a change of an account, with its day."""
        return Note(self.today().isoformat(), worker.name if worker else NOBODY, what, detail)

    def count(self, worker: str, what: str, day: date | None = None) -> None:
        """Add one to what the worker of that name did on a day: "calls", for example. Only the day's total is ever kept."""
        with self._lock:
            self._waiting[day or self.today(), worker, what] += 1

    def total(self, worker: str, what: str, day: date | None = None) -> int:
        """Return a worker's total of a day, of today if none is named, with what was not written yet."""
        day = day or self.today()
        with self._lock:
            return self._store.total(worker, what, day) + self._waiting[day, worker, what]

    def totals_since(self, day: date) -> Sequence[Total]:
        """Return the totals from `day` on, with what was not written yet, newest day first."""
        with self._lock:
            found = Counter({(one.day, one.worker, one.what): one.count for one in self._store.totals_since(day)})
            found.update({key: count for key, count in self._waiting.items() if key[0] >= day})
        ordered = sorted(found.items(), key=lambda item: (-item[0][0].toordinal(), item[0]))
        return [Total(*key, count) for key, count in ordered if count]

    def flush(self, *, today_too: bool = False) -> None:
        """Write what was counted on days that are over (`today_too`: and today), in the order of names. Raises StoreError."""
        with self._lock:
            due = {key: count for key, count in self._waiting.items() if today_too or key[0] < self.today()}
            written = [Total(*key, count) for key, count in sorted(due.items()) if count]
            if written:
                self._store.add_totals(written)
            for key in due:
                del self._waiting[key]
