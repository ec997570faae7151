"""Records of danger, for the safeguarding lead alone: kept, carried and forgotten apart from every letter.

Nobody comes back to one, so it has no thread; nothing of it can be taken back, since nothing says whose it is.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, false, func, insert, literal, select, update

from crypto.constants import RECORD_KINDS
from crypto.records import LetterRecord
from intake.clock import today, week_of
from intake.rows import BundleRow, DangerSurvey, NewLetter, Overdue, Reconciled
from intake.schema import bundles, dangers
from intake.store.transactions import Transactions, UndoneError, stream

DANGER: Final = RECORD_KINDS["danger"]
# Where a record stands while it is not known yet whether the lead's station has it. No bundle has this number.
_UNKNOWN: Final = -1
_ENDED: Final = 0
_AT_ONCE: Final = 1_000


class Dangers(Transactions):
    """What goes to the safeguarding lead, and what comes back from there."""

    def danger_survey(self, day: date, days: int) -> DangerSurvey:
        """Count the records; overdue are those that came more than `days` days before `day` and were not acknowledged."""
        late = _ACKNOWLEDGED.is_(None) & (dangers.c.day < day - timedelta(days=days))
        wanted = select(dangers.c.digest, dangers.c.day).where(late).order_by(dangers.c.day, dangers.c.digest)
        with self._reading(snapshot=True) as connection:
            return DangerSurvey(
                total=_count(connection),
                open=_count(connection, dangers.c.bundle.is_(None)),
                arrived=_count(connection, dangers.c.confirmed.is_not(None)),
                acknowledged=_count(connection, _ACKNOWLEDGED.is_not(None)),
                set_aside=_count(connection, dangers.c.confirmed == "set aside"),
                overdue=tuple(Overdue(row.digest, (day - row.day).days) for row in connection.execute(wanted)),
            )

    def accept_danger_bundle(self, row: BundleRow, outcomes: Iterable[tuple[bytes, str]]) -> int:
        """Note a bundle that came from the lead's station, and what it says became of records; return how many are known here."""
        with self._writing() as connection:
            known = _mark(connection, outcomes, today())
            connection.execute(insert(bundles), [vars(row)])
        return known[0]

    def accept_danger_generation(
        self, row: BundleRow, outcomes: Iterable[tuple[bytes, str]], *, dry_run: bool
    ) -> Reconciled:
        """Begin a new generation with the lead's station, in one transaction, or only find out what that would come to.

        Records that it does not have are given back to the next export, those that were erased here as what is forgotten.
        """
        reconciled = Reconciled(0, 0, 0, 0, 0)
        with suppress(UndoneError), self._writing() as connection:
            connection.execute(update(dangers).values(bundle=_UNKNOWN))
            both, there = _mark(connection, outcomes, today(), bundle=_ENDED)
            unknown = dangers.c.bundle == _UNKNOWN
            here = _count(connection, unknown, dangers.c.sealed.is_not(None))
            lost = _count(connection, unknown, dangers.c.sealed.is_(None))
            # What was never in a bundle has no hash, and was never erased either.
            given = {"bundle": None, "confirmed": None, "acknowledged_day": None}
            connection.execute(update(dangers).where(unknown).values(given))
            connection.execute(insert(bundles), [vars(row)])
            reconciled = Reconciled(both, here, there, 0, lost)
            if dry_run:
                raise UndoneError
        return reconciled


def keep_dangers(connection: Connection, inserting: Any, records: Sequence[NewLetter]) -> set[bytes]:
    """Store records, unless they are or were here, and return the digests that are held."""
    rows = [{name: getattr(one, name) for name in ("digest", "locator", "day", "sealed")} for one in records]
    if rows:
        connection.execute(inserting, rows)
    return {one.digest for one in records}


def carry_dangers(connection: Connection, sequence: int) -> int:
    """Give every record that no bundle carries to the bundle for the lead with that number, and return how many."""
    return connection.execute(update(dangers).where(dangers.c.bundle.is_(None)).values(bundle=sequence)).rowcount


def carried_dangers(connection: Connection, sequence: int) -> Iterator[Row[Any]]:
    """Yield the records of a bundle as `Bundles.letters_of_bundle` does the letters."""
    columns = (dangers.c.digest, dangers.c.day, dangers.c.locator, dangers.c.sealed, dangers.c.body_hash)
    labels = (literal(DANGER).label("kind"), literal(value=False).label("is_taken_back"))
    wanted = select(*columns, *labels).where(dangers.c.bundle == sequence).order_by(dangers.c.digest)
    yield from stream(connection, wanted)


def count_waiting(connection: Connection) -> int:
    """Return how many records no bundle carries."""
    return _count(connection, dangers.c.bundle.is_(None))


def due_dangers(day: date, days: int) -> ColumnElement[bool]:
    """Return the condition for records that the lead acknowledged `days` or more before `day`; 0 keeps all."""
    if not days:
        return false()
    return dangers.c.sealed.is_not(None) & (day - timedelta(days=days) >= _ACKNOWLEDGED)


def erase_dangers(connection: Connection, digests: Collection[bytes]) -> None:
    """Erase the sealed bytes of records; what their bundle needs to be written again is kept."""
    for row in connection.execute(select(dangers).where(dangers.c.digest.in_(digests))).all():
        body = LetterRecord(DANGER, week_of(row.day), row.locator, row.sealed).encode()
        erased = {"sealed": None, "body_hash": hashlib.sha256(body).digest()}
        connection.execute(update(dangers).where(dangers.c.digest == row.digest).values(erased))


def _mark(connection: Connection, outcomes: Iterable[tuple[bytes, str]], day: date, **changes: int) -> tuple[int, int]:
    """Note what became of records at the lead's station; return how many are known here, and how many only there."""
    wanted = dangers.c.digest == bindparam("wanted_digest")
    marking = update(dangers).where(wanted).values(confirmed=bindparam("outcome"), **changes)
    first_day = func.coalesce(dangers.c.acknowledged_day, day)
    acknowledging = update(dangers).where(wanted).values(acknowledged_day=first_day)
    iterator = iter(outcomes)
    known = total = 0
    while some := list(islice(iterator, _AT_ONCE)):
        rows = [{"wanted_digest": digest, "outcome": outcome} for digest, outcome in some]
        known += connection.execute(marking, rows).rowcount
        acknowledged = [{"wanted_digest": digest} for digest, outcome in some if outcome == "acknowledged"]
        if acknowledged:
            connection.execute(acknowledging, acknowledged)
        total += len(some)
    return known, total - known


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(dangers).where(*conditions)) or 0


_ACKNOWLEDGED: Final = dangers.c.acknowledged_day
