"""Sessions: a row for each browser that is signed in or on its way to be. An ended session has no row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from intake.line.rows import Session, Worker
from intake.line.schema import sessions, workers
from intake.line.store.audit import Audit, Note


class Sessions(Audit):
    """What a cookie leads to."""

    def begin(self, session: Session, most: int, former: bytes | None = None) -> None:
        """Store a session in the place of the one with the digest `former`; of a worker's `most` at that stage the oldest ends."""
        same = (sessions.c.worker == session.worker, sessions.c.stage == session.stage)
        own = select(sessions.c.digest).where(*same)
        own = own.order_by(sessions.c.began.desc(), sessions.c.digest)
        with self._writing() as connection:
            if former is not None:
                connection.execute(delete(sessions).where(sessions.c.digest == former))
            too_many = connection.scalars(own.offset(most - 1)).all()
            connection.execute(delete(sessions).where(sessions.c.digest.in_(too_many)))
            connection.execute(insert(sessions), [vars(session)])

    def session(self, digest: bytes) -> tuple[Session, Worker] | None:
        """Return the session with that digest, with its worker, unless they were disabled."""
        both = sessions.join(workers, sessions.c.worker == workers.c.id)
        wanted = select(sessions, workers).select_from(both)
        wanted = wanted.where(sessions.c.digest == digest, workers.c.state != "disabled")
        with self._reading() as connection:
            return _both(connection.execute(wanted).first())

    def replace(self, former: bytes, session: Session) -> bool:
        """Let a session go on under another digest and with other values; False when it has ended meanwhile."""
        with self._writing() as connection:
            own = sessions.c.digest == former
            return connection.execute(update(sessions).where(own).values(**vars(session))).rowcount == 1

    def try_again(self, digest: bytes) -> int:
        """Count a try at what a session waits for, and return how many there were. 0: it has ended."""
        own = sessions.c.digest == digest
        with self._writing() as connection:
            connection.execute(update(sessions).where(own).values(tries=sessions.c.tries + 1))
            return connection.scalar(select(sessions.c.tries).where(own)) or 0

    def wait_for(self, digest: bytes, pending: bytes | None) -> None:
        """Keep what an enrolment or a passkey waits for."""
        with self._writing() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(pending=pending))

    def end(self, digest: bytes) -> None:
        """End one session."""
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def end_of(self, worker: Worker | None, note: Note, but: bytes = b"") -> int:
        """End a worker's sessions (everybody's without a worker), `but` one; return how many there were."""
        chosen = sessions.c.digest != but
        with self._writing() as connection:
            which = chosen if worker is None else chosen & (sessions.c.worker == worker.id)
            ended = connection.execute(delete(sessions).where(which)).rowcount
            self._append(connection, note)
        return ended

    def sessions_of(self, worker: Worker) -> Sequence[Session]:
        """Return a worker's sessions, the newest first."""
        own = select(sessions).where(sessions.c.worker == worker.id).order_by(sessions.c.began.desc())
        with self._reading() as connection:
            return [Session(**row._asdict()) for row in connection.execute(own)]

    def forget_old(self, began_before: int) -> None:
        """Erase sessions that have lasted too long."""
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.began < began_before))


def _both(row: Row[Any] | None) -> tuple[Session, Worker] | None:
    if row is None:
        return None
    mine = len(sessions.columns)
    session = dict(zip(sessions.columns.keys(), row[:mine], strict=True))
    worker = dict(zip(workers.columns.keys(), row[mine:], strict=True))
    return Session(**session), Worker(**worker)
