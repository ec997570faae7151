"""What the operator does with accounts. Nobody makes one for themselves."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from intake.errors import WorkerError
from intake.line.audit import OPERATOR, Book
from intake.line.codes import code_digest, new_code
from intake.line.names import is_name, written
from intake.line.rows import Role, Worker
from intake.line.store import LineStore

# How long a first password waits for its worker (hours).
FIRST_HOURS = 72
_MINUTE, _HOUR = 60, 60


@dataclass(frozen=True)
class Accounts:
    """The accounts of one line. Methods raise WorkerError for what cannot be done."""

    store: LineStore
    now: Callable[[], float] = time.time

    def add(self, name: str, role: Role) -> str:
        """Add a worker, and return their first password: shown now, and kept only as a hash."""
        name = written(name)
        if not is_name(name):
            raise WorkerError(
                "A worker's name has at most 64 small letters, digits, dots and hyphens; choose one like jo.b or line-3."
            )
        first = new_code()
        worker = Worker(secrets.token_hex(16), name, role, "invited", None, code_digest(first), self._until(), None, 0)
        if not self.store.add_worker(worker, self._book.change(worker, "added", f"{OPERATOR}, as {role}")):
            raise WorkerError(f"There is a worker {name} already; `intake worker reset {name}` lets them begin anew.")
        return first

    def reset(self, name: str) -> str:
        """Let a worker begin anew, also one that was disabled, and return their new first password."""
        worker, first = self._find(name), new_code()
        note = self._book.change(worker, "reset", OPERATOR)
        self.store.invite_again(worker, code_digest(first), self._until(), note)
        return first

    def disable(self, name: str) -> None:
        """Let a worker sign in no more. Their sessions end at once; the audit keeps their name."""
        worker = self._find(name)
        self.store.disable(worker, self._book.change(worker, "disabled", OPERATOR))

    def sign_out(self, name: str | None) -> int:
        """End a worker's sessions, or everybody's without a name; return how many there were."""
        worker = self._find(name) if name is not None else None
        return self.store.end_of(worker, self._book.change(worker, "sessions ended", OPERATOR))

    @property
    def _book(self) -> Book:
        return Book(self.store, self.now)

    def _find(self, name: str) -> Worker:
        worker = self.store.worker_named(written(name))
        if worker is None:
            raise WorkerError(f"There is no worker {written(name)}; `intake worker list` shows those there are.")
        return worker

    def _until(self) -> int:
        return int(self.now() // _MINUTE) + FIRST_HOURS * _HOUR
