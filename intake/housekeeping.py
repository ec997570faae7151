"""What the service does by itself: once when it starts and every hour, it forgets what is due and empties the log of the database."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Final

from intake.errors import ClosingsError, IntakeError
from intake.rows import RetentionDays
from intake.store import Store

SECONDS_BETWEEN: Final = 3_600
# After a busy database, or soon after the last request: the log should be empty long before a day has passed.
SECONDS_TO_RETRY: Final = 60
_LOG: Final = logging.getLogger("heard")


class Housekeeping:
    """A thread that forgets what `days` say and settles the store, until it is stopped."""

    def __init__(self, store: Store, day: Callable[[], date], days: RetentionDays) -> None:
        self._store = store
        self._day = day
        self._days = days
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        seconds = 0.0
        while not self._ending.wait(seconds):
            seconds = SECONDS_BETWEEN if self.tidy() else SECONDS_TO_RETRY

    def tidy(self) -> bool:
        """Do what is due, and say whether all of it could be done."""
        try:
            with suppress(ClosingsError):  # `GET /healthz` and `intake check` name it; the rest is due all the same
                self._store.catch_up()
            self._store.forget(self._day(), self._days)
            return self._store.settle()
        except IntakeError as error:
            _LOG.warning("What is due could not be erased yet: %s", type(error).__name__)
            return False
