"""Workers: who may sign in. Every change stands in the audit, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake.line.rows import Worker
from intake.line.schema import devices, passkeys, recovery_codes, sessions, workers
from intake.line.store.audit import Audit, Note


class Workers(Audit):
    """The accounts themselves."""

    def worker_named(self, name: str) -> Worker | None:
        """Return the worker with that name, as `intake.line.names` writes it."""
        with self._reading() as connection:
            return _worker(connection.execute(select(workers).where(workers.c.name == name)).first())

    def worker(self, identity: str) -> Worker | None:
        """Return the worker with that id."""
        with self._reading() as connection:
            return _worker(connection.execute(select(workers).where(workers.c.id == identity)).first())

    def workers(self) -> Sequence[Worker]:
        """Return all, by name."""
        with self._reading() as connection:
            return [Worker(**row._asdict()) for row in connection.execute(select(workers).order_by(workers.c.name))]

    def add_worker(self, worker: Worker, note: Note) -> bool:
        """Add one; False when the name is taken."""
        with self._writing() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(workers), [vars(worker)])
            except IntegrityError:
                return False
            self._append(connection, note)
        return True

    def invite_again(self, worker: Worker, first: bytes, first_until: int, note: Note) -> None:
        """Take everything away that signs a worker in, end their sessions, and let them begin with a first password."""
        values = {"state": "invited", "password": None, "seed": None, "step": 0}
        with self._writing() as connection:
            _take_away(connection, worker.id)
            self._set(connection, worker.id, **values, first=first, first_until=first_until)
            self._append(connection, note)

    def disable(self, worker: Worker, note: Note) -> None:
        """Let a worker sign in no more, and end their sessions."""
        values = {"state": "disabled", "password": None, "seed": None, "first": None, "first_until": None}
        with self._writing() as connection:
            _take_away(connection, worker.id)
            self._set(connection, worker.id, **values)
            self._append(connection, note)

    def activate(self, worker: Worker, password: str, session: bytes, note: Note) -> None:
        """End an enrolment: the first password is spent, the worker's own holds, and only this session goes on."""
        with self._writing() as connection:
            self._set(connection, worker.id, state="active", password=password, first=None, first_until=None)
            _end_others(connection, worker.id, session)
            self._append(connection, note)

    def change_password(self, worker: Worker, password: str, session: bytes, device: bytes, note: Note) -> None:
        """Set a password that its worker chose; end all other sessions and forget all other browsers."""
        with self._writing() as connection:
            self._set(connection, worker.id, password=password)
            _end_others(connection, worker.id, session)
            connection.execute(delete(devices).where(devices.c.worker == worker.id, devices.c.digest != device))
            self._append(connection, note)

    def rehash(self, worker: Worker, password: str) -> None:
        """Store the same password's hash with today's parameters, unless it was changed meanwhile."""
        same = (workers.c.id == worker.id, workers.c.password == worker.password)
        with self._writing() as connection:
            connection.execute(update(workers).where(*same).values(password=password))

    def take_step(self, worker: Worker, step: int) -> bool:
        """Note the time step of a TOTP code; False when it, or a later one, was used before."""
        newer = (workers.c.id == worker.id, workers.c.step < step)
        with self._writing() as connection:
            return connection.execute(update(workers).where(*newer).values(step=step)).rowcount == 1

    def _set(self, connection: Connection, identity: str, **values: object) -> None:
        connection.execute(update(workers).where(workers.c.id == identity).values(**values))


def _take_away(connection: Connection, identity: str) -> None:
    for table in (passkeys, recovery_codes, devices, sessions):
        connection.execute(delete(table).where(table.c.worker == identity))


def _end_others(connection: Connection, identity: str, session: bytes) -> None:
    connection.execute(delete(sessions).where(sessions.c.worker == identity, sessions.c.digest != session))


def _worker(row: Row[Any] | None) -> Worker | None:
    return None if row is None else Worker(**row._asdict())
