"""Second factors: TOTP seeds, passkeys, recovery codes; and the browsers that a worker has signed in with."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake.line.rows import Passkey, Worker
from intake.line.schema import devices, passkeys, recovery_codes, sessions, workers
from intake.line.store.audit import Audit, Note


class Factors(Audit):
    """What a worker has, beside what they know. Whoever changes it ends all their other sessions."""

    def drop_factors(self, worker: Worker) -> None:
        """Take away all that an enrolment which was never ended may have left."""
        with self._writing() as connection:
            connection.execute(update(workers).where(workers.c.id == worker.id).values(seed=None, step=0))
            for table in (passkeys, recovery_codes):
                connection.execute(delete(table).where(table.c.worker == worker.id))

    def set_seed(self, worker: Worker, seed: bytes, step: int, session: bytes, note: Note) -> None:
        """Store a TOTP seed, sealed; a code of the time step `step` has just shown that the worker has it."""
        with self._writing() as connection:
            connection.execute(update(workers).where(workers.c.id == worker.id).values(seed=seed, step=step))
            self._changed(connection, worker, session, note)

    def drop_seed(self, worker: Worker, session: bytes, note: Note) -> bool:
        """Take the TOTP seed away; False when nothing else would be left."""
        with self._writing() as connection:
            if not _passkeys_of(connection, worker):
                return False
            connection.execute(update(workers).where(workers.c.id == worker.id).values(seed=None, step=0))
            self._changed(connection, worker, session, note)
        return True

    def passkeys_of(self, worker: Worker) -> Sequence[Passkey]:
        """Return a worker's passkeys, oldest first."""
        own = select(passkeys).where(passkeys.c.worker == worker.id).order_by(passkeys.c.day, passkeys.c.name)
        with self._reading() as connection:
            return [Passkey(**row._asdict()) for row in connection.execute(own)]

    def add_passkey(self, worker: Worker, passkey: Passkey, session: bytes, note: Note) -> bool:
        """Store a passkey; False when it is somebody's already."""
        with self._writing() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(passkeys), [vars(passkey)])
            except IntegrityError:
                return False
            self._changed(connection, worker, session, note)
        return True

    def drop_passkey(self, worker: Worker, identity: bytes, session: bytes, note: Note) -> bool:
        """Take a passkey away; False when nothing else would be left, or it is not theirs."""
        own = (passkeys.c.worker == worker.id, passkeys.c.id == identity)
        with self._writing() as connection:
            seed = connection.scalar(select(workers.c.seed).where(workers.c.id == worker.id))
            if seed is None and _passkeys_of(connection, worker) < 2:
                return False
            if not connection.execute(delete(passkeys).where(*own)).rowcount:
                return False
            self._changed(connection, worker, session, note)
        return True

    def use_passkey(self, passkey: Passkey, uses: int) -> bool:
        """Note the counter that a passkey showed; False when somebody else showed it first (a copied authenticator)."""
        same = (passkeys.c.id == passkey.id, passkeys.c.uses == passkey.uses)
        with self._writing() as connection:
            return connection.execute(update(passkeys).where(*same).values(uses=uses)).rowcount == 1

    def set_codes(self, worker: Worker, digests: Iterable[bytes], note: Note) -> None:
        """Put new recovery codes in the place of all earlier ones."""
        rows = [{"digest": digest, "worker": worker.id} for digest in digests]
        with self._writing() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.worker == worker.id))
            connection.execute(insert(recovery_codes), rows)
            self._append(connection, note)

    def has_code(self, worker: Worker, digest: bytes) -> bool:
        """Say whether a recovery code is one of the worker's."""
        own = (recovery_codes.c.worker == worker.id, recovery_codes.c.digest == digest)
        with self._reading() as connection:
            return connection.execute(select(recovery_codes.c.worker).where(*own)).first() is not None

    def count_codes(self, worker: Worker) -> int:
        """Return how many recovery codes are left."""
        own = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.worker == worker.id)
        with self._reading() as connection:
            return connection.scalar(own) or 0

    def spend_code(self, worker: Worker, digest: bytes, note: Note) -> bool:
        """Erase a recovery code; False when there is none like it."""
        own = (recovery_codes.c.worker == worker.id, recovery_codes.c.digest == digest)
        with self._writing() as connection:
            if not connection.execute(delete(recovery_codes).where(*own)).rowcount:
                return False
            self._append(connection, note)
        return True

    def keep_device(self, worker: Worker, digest: bytes, until: date, today: date) -> None:
        """Remember a browser until a day, and forget those whose day is over."""
        with self._writing() as connection:
            connection.execute(delete(devices).where((devices.c.until < today) | (devices.c.digest == digest)))
            connection.execute(insert(devices), [{"digest": digest, "worker": worker.id, "until": until}])

    def knows_device(self, worker: Worker, digest: bytes, today: date) -> bool:
        """Say whether a worker has signed in with this browser before."""
        own = (devices.c.digest == digest, devices.c.worker == worker.id, devices.c.until >= today)
        with self._reading() as connection:
            return connection.execute(select(devices.c.worker).where(*own)).first() is not None

    def _changed(self, connection: Connection, worker: Worker, session: bytes, note: Note) -> None:
        others = (sessions.c.worker == worker.id, sessions.c.digest != session)
        connection.execute(delete(sessions).where(*others))
        self._append(connection, note)


def _passkeys_of(connection: Connection, worker: Worker) -> int:
    own = select(func.count()).select_from(passkeys).where(passkeys.c.worker == worker.id)
    return connection.scalar(own) or 0
