"""The log of closings beside the store: noting each before it is committed, and doing them again after a restore."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from intake.closing import Closed
from intake.closings import ClosingsLog, OpenLog, Point, new_log
from intake.errors import ClosingsError, StoreError, StoreUnavailableError
from intake.store.closing import REPLACEMENT, WITHDRAWAL, redo
from intake.store.conditions import CHANGES, REPLAY, clear_condition, read_condition, set_condition
from intake.store.letters import Letters

_CLOSINGS: Final = frozenset({WITHDRAWAL, REPLACEMENT})
_BEFORE_LOG: Final = (
    "The backup is from before there was a log of closings; take in a new generation from the station "
    "(`intake import BUNDLE --new-generation`)."
)


class Logging:
    """The locked log while one closing is stored."""

    def __init__(self, log: OpenLog, point: Point) -> None:
        self._log = log
        self.point = point

    def note(self, connection: Connection, closed: Closed) -> None:
        """Write the closing to the log, durably, and note in this transaction how far the log goes now."""
        set_condition(connection, CHANGES, self._log.append(self.point, closed).encode())

    def take_back(self) -> None:
        """Take the entry out again, whose transaction was rolled back."""
        with suppress(OSError):
            self._log.cut(self.point)


class Closings(Letters):
    """What the log of closings and the database know of each other."""

    @property
    def is_waiting(self) -> bool:
        """Whether this service was restored and does not know yet what was taken back after the backup."""
        with self._reading() as connection:
            return read_condition(connection, REPLAY) is not None

    def point(self) -> Point | None:
        """Return how far the log went when the database last changed with it; None when there was no log yet."""
        with self._reading() as connection:
            value = read_condition(connection, CHANGES)
        return None if value is None else Point.parse(value)

    def begin_log(self, *, anew: bool = False) -> None:
        """Make the log when this database never had one; `anew`: also when the one that it had is lost.

        Raises ClosingsError when another log is in its place.
        """
        log = self._require_log()
        point = self.point()
        if self.is_waiting:
            return
        if point is None or anew:
            # The database first: then an interruption leaves an id without a file, which the next call makes.
            point = Point.first(log.unused() or new_log())
            with self._writing() as connection:
                set_condition(connection, CHANGES, point.encode())
        if point.count == 0:
            log.begin(point.log)

    def check_log(self) -> None:
        """Raise ClosingsError unless a closing could be noted. Nothing is said of what the log held before."""
        if self._log is None or self.is_waiting:
            return
        point = self.point()
        if point is None:
            raise ClosingsError("There is no log of closings yet; run `intake migrate`.")
        with self._log.opened() as log:
            next(log.after(point), None)

    def probe_log(self) -> None:
        """Raise StoreUnavailableError unless a closing could be noted."""
        try:
            self.check_log()
        except ClosingsError:
            raise StoreUnavailableError("closings") from None

    def catch_up(self) -> int:
        """Do again what the log holds and the database does not: a crash came between, or its file was put back.

        Returns how many closings that were. Raises ClosingsError.
        """
        point = self.point()
        if self._log is None or point is None or self.is_waiting:
            return 0
        with self._log.opened() as log:
            return self._redo(log, point).count - point.count

    def adopt_log(self, copy: Path) -> None:
        """Put a copy of the log in its place when it goes further than what is there. Raises ClosingsError."""
        point = self.point()
        if point is None:
            raise ClosingsError(_BEFORE_LOG)
        self._require_log().adopt(copy, point)

    def replay(self, step: Callable[[], None] = lambda: None) -> int:
        """After a restore: do again every closing after the backup, then let the service answer. Returns how many.

        Stopped at any moment, it goes on where it was. `step` is called once for each. Raises ClosingsError.
        """
        point = self.point()
        if point is None:
            raise ClosingsError(_BEFORE_LOG)
        with self._require_log().opened() as log:
            log.verify(point)
            count = self._redo(log, point, step).count - point.count
        with self._writing() as connection:
            clear_condition(connection, REPLAY)
        return count

    def replay_if_there(self) -> None:
        """Replay, where the log is there and sound; else leave everything as it is."""
        if self.is_waiting:
            with suppress(ClosingsError):
                self.replay()

    def renew_log(self) -> None:
        """Begin a new log where the one that this database had is lost. What lies in its place is kept beside."""
        try:
            self.check_log()
        except ClosingsError:
            log = self._require_log()
            if log.path.exists():
                log.set_aside()
            self.begin_log(anew=True)

    def _redo(self, log: OpenLog, point: Point, step: Callable[[], None] = lambda: None) -> Point:
        """Do what stands after `point`, an entry and its point in one transaction. Returns the point behind the last."""
        for closed, behind in log.after(point):
            with self._writing() as connection:
                redo(connection, closed)
                set_condition(connection, CHANGES, behind.encode())
            point = behind
            step()
        return point

    @contextmanager
    def _logging(self, kind: int) -> Iterator[Logging | None]:
        """Lock the log while a closing is stored (None for other kinds), after doing what stands in it and not in the database."""
        if self._log is None or kind not in _CLOSINGS or self.is_waiting:
            yield None
            return
        try:
            with self._log.opened() as log:
                point = self.point()
                if point is None:
                    raise StoreUnavailableError("closings")
                logging = Logging(log, self._redo(log, point))
                try:
                    yield logging
                except Exception:
                    self._take_back(logging)
                    raise
        except ClosingsError:
            raise StoreUnavailableError("closings") from None

    def _take_back(self, logging: Logging) -> None:
        """Take out an entry that surely was not committed. A server that went away may still do so: then it stays, to be done again."""
        with suppress(StoreError):
            if not self._postgresql and self.point() == logging.point:
                logging.take_back()

    def _require_log(self) -> ClosingsLog:
        if self._log is None:
            raise ClosingsError("There is no place for a log of closings.")
        return self._log
