"""The audit: a chain of account changes, sign-ins, and the totals of days that are over."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from intake.line.key import LineKey
from intake.line.rows import Entry, Total
from intake.line.schema import audit, totals
from intake.line.store.transactions import Transactions

BEGINNING: Final = bytes(32)
_DAY: Final = len("2026-11-26")
# A number that no other program takes for its own advisory lock in this database: "heard" in ASCII.
_CHAIN_LOCK: Final = int.from_bytes(b"heard", "big")


class Note(NamedTuple):
    """What is to be entered: `moment` as in Entry, the worker's name, what they did or what was done to them, and by whom."""

    moment: str
    worker: str
    what: str
    detail: str = ""


class Audit(Transactions):
    """Counts what happens, and chains it."""

    def __init__(self, engine: Engine, key: LineKey) -> None:
        super().__init__(engine)
        self._key = key

    def note(self, note: Note) -> None:
        """Add one entry to the chain."""
        with self._writing() as connection:
            self._append(connection, note)

    def add_totals(self, counted: Iterable[Total]) -> None:
        """Add to workers' totals, all or none."""
        dialect: Any = postgresql if self._postgresql else sqlite
        keys = [totals.c.day, totals.c.worker, totals.c.what]
        with self._writing() as connection:
            for one in counted:
                first = dialect.insert(totals).values(**vars(one))
                more = {"count": totals.c.count + one.count}
                connection.execute(first.on_conflict_do_update(index_elements=keys, set_=more))

    def close_days(self, today: date) -> None:
        """Chain the totals of the days before `today`."""
        with self._writing() as connection:
            self._close_days(connection, today)

    def totals_since(self, day: date) -> Sequence[Total]:
        """Return the totals from `day` on, those of today too, newest day first."""
        chained = select(audit.c.moment, audit.c.worker, audit.c.what, audit.c.count).where(audit.c.count > 0)
        chained = chained.where(audit.c.moment >= day.isoformat(), func.length(audit.c.moment) == _DAY)
        found: Counter[tuple[date, str, str]] = Counter()
        with self._reading() as connection:
            for moment, worker, what, count in connection.execute(chained):
                found[date.fromisoformat(moment), worker, what] += count
            for when, worker, what, count in connection.execute(select(totals).where(totals.c.day >= day)):
                found[when, worker, what] += count
        # What was counted just before midnight may have come after its day was chained: two entries, one total.
        summed = [Total(*key, count) for key, count in found.items()]
        return sorted(summed, key=lambda one: (-one.day.toordinal(), one.worker, one.what))

    def total(self, worker: str, what: str, day: date) -> int:
        """Return a total of a day that is not over."""
        one = (totals.c.day == day, totals.c.worker == worker, totals.c.what == what)
        with self._reading() as connection:
            return connection.scalar(select(totals.c.count).where(*one)) or 0

    def entries(self, newest: int = 0) -> Sequence[Entry]:
        """Return the chain from its beginning, or its `newest` entries, the newest first."""
        wanted = select(audit).order_by(audit.c.number)
        if newest:
            wanted = select(audit).order_by(audit.c.number.desc()).limit(newest)
        with self._reading() as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def chain_faults(self) -> Iterator[str]:
        """Yield a sentence for each place where the chain is not what was written."""
        yield from self.faults_of(self.entries())

    def faults_of(self, entries: Sequence[Entry]) -> Iterator[str]:
        """Yield the same for entries that were read from the chain, from its beginning."""
        expected, before = 1, BEGINNING
        for entry in entries:
            if entry.number != expected:
                yield f"The audit lacks what stood before its entry {entry.number}: entry {expected} is missing."
            elif self._key.link(before, _content(entry)) != entry.mac:
                yield f"Entry {entry.number} of the audit was altered, or belongs to another line.key."
            expected, before = entry.number + 1, entry.mac

    def _append(self, connection: Connection, note: Note) -> None:
        self._close_days(connection, date.fromisoformat(note.moment[:_DAY]))
        self._chain(connection, note, 0)

    def _close_days(self, connection: Connection, today: date) -> None:
        """In the order of names, which says nothing about when."""
        if self._postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
        over = select(totals).where(totals.c.day < today).order_by(totals.c.day, totals.c.worker, totals.c.what)
        for day, worker, what, count in connection.execute(over).all():
            self._chain(connection, Note(day.isoformat(), worker, what), count)
        connection.execute(delete(totals).where(totals.c.day < today))

    def _chain(self, connection: Connection, note: Note, count: int) -> None:
        last = connection.execute(select(audit.c.number, audit.c.mac).order_by(audit.c.number.desc()).limit(1)).first()
        number, before = (last.number, last.mac) if last else (0, BEGINNING)
        entry = Entry(number + 1, note.moment, note.worker, note.what, note.detail, count, b"")
        mac = self._key.link(before, _content(entry))
        connection.execute(insert(audit), [{**vars(entry), "mac": mac}])


def _content(entry: Entry) -> bytes:
    """Return what the MAC is over: every field with its length, so that no two entries have the same bytes."""
    fields = (str(entry.number), entry.moment, entry.worker, entry.what, entry.detail, str(entry.count))
    return b"".join(len(field.encode()).to_bytes(4, "big") + field.encode() for field in fields)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._asdict())
