"""Order and care: what a reader gets next, and how much of it on one day.

Risk first, then what was taken back (which waits for two people, not for a reader), then the oldest week. An inquiry's commissioners
kept to four full accounts a day; somebody else may allow more for one day, never the reader.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, or_, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import col, select

from reviewer.cases.filing import FiledStore
from reviewer.cases.log import Act
from reviewer.cases.readers import Reader, Readers
from reviewer.cases.rows import AllowanceRow, CaseRow, Mark, MarkRow, RecusalRow
from reviewer.cases.store import Line, line_of, lines
from reviewer.errors import PaceError, ReaderError

A_DAY: Final = 4
BREAK_AFTER: Final = 2
_MOST_MORE: Final = 4


@dataclass(frozen=True)
class Pace:
    """How many full accounts a reader opened on a day, and how many it may hold."""

    opened: int
    limit: int

    @property
    def wants_break(self) -> bool:
        """Whether a break should come now."""
        return self.opened > 0 and self.opened % BREAK_AFTER == 0


class Order(FiledStore, Readers):
    """What comes next in one store. Methods raise CaseStoreError."""

    def next_for(self, reader: Reader | None) -> Line | None:
        """Return the letter that a reader reads next, and note that they have it; None when there is none for them.

        One that they have already comes first, so that asking twice gives the same. Left out are threads that they may know or handed
        over, accounts about topics they asked not to get, and what another reader has.
        """
        name = None if reader is None else reader.name
        with self._writing() as session:
            rows = (session.execute(wanted).first() for wanted in _choices(reader))
            row = next((row for row in rows if row is not None), None)
            if row is None:
                return None
            taking = update(CaseRow).where(col(CaseRow.id) == row.id)
            session.connection().execute(taking.values(taken=name))
            return line_of(row)

    def count_unseen(self) -> int:
        """Return how many letters nobody has read to the end."""
        with self._session() as session:
            return session.exec(select(func.count()).select_from(CaseRow).where(col(CaseRow.seen).is_(False))).one()

    def mark_seen(self, digest: str) -> None:
        """Note that a letter was read to the end."""
        with self._writing() as session:
            reading = update(CaseRow).where(col(CaseRow.digest) == digest)
            session.connection().execute(reading.values(seen=True, taken=None))

    def pace(self, reader: Reader, day: date) -> Pace:
        """Return how far a reader has come on a day. An account that was opened twice counts once."""
        with self._session() as session:
            allowed = session.get(AllowanceRow, (reader.name, day.isoformat()))
        return Pace(len(self.opened_on(reader.name, day)), A_DAY + (allowed.more if allowed else 0))

    def require_pace(self, reader: Reader, digest: str, day: date) -> None:
        """Raise PaceError when a reader has opened as many accounts as the day holds, and this one is not among them."""
        pace = self.pace(reader, day)
        if pace.opened >= pace.limit and digest not in self.opened_on(reader.name, day):
            raise PaceError(
                f"That would be account {pace.opened + 1} today, and {pace.limit} is what a day holds. Stop here, or let somebody else "
                f"allow more: `reviewer reader allow {reader.name}`."
            )

    def opened_on(self, name: str, day: date) -> list[str]:
        """Return the accounts that a reader opened on a day, alone or with a second person."""
        return self.subjects_of(name, Act.OPENED, day)

    def allow_more(self, by: Reader, name: str, more: int, day: date) -> None:
        """Let a reader open more accounts today. Raises ReaderError unless somebody else allows it, and not too many."""
        if by.name == name:
            raise ReaderError("Nobody lifts their own limit: ask somebody else who may.")
        if not 1 <= more <= _MOST_MORE:
            raise ReaderError(f"Allow 1 to {_MOST_MORE} more; a day should not hold twice as many and more.")
        if name not in {reader.name for reader in self.readers() if reader.active}:
            raise ReaderError(f"There is no reader {name}; see `reviewer reader list`.")
        values = {"reader": name, "day": day.isoformat(), "more": more, "granted_by": by.name}
        adding = insert(AllowanceRow).values(values)
        with self._writing() as session:
            session.connection().execute(
                adding.on_conflict_do_update(
                    index_elements=["reader", "day"], set_={"more": more, "granted_by": by.name}
                )
            )
            self._note(session, by.name, Act.ALLOWED, [f"{name}: {more} more"], day)

    def mark(self, who: str, person: str, digest: str, mark: Mark, *, remove: bool = False) -> None:
        """Note, or take back, what people decided about a thread; the log names the letter that they looked at."""
        decided = {Mark.RELEASED: Act.RELEASED, Mark.REFERRED: Act.REFERRED}
        act = Act.UNMARKED if remove else decided.get(mark, Act.MARKED)
        subject = digest if mark in decided else f"{digest} {mark.value}"
        with self._writing() as session:
            known = session.get(MarkRow, (person, mark.value))
            if remove and known is not None:
                session.delete(known)
            if not remove and known is None:
                session.add(MarkRow(person=person, mark=mark.value))
            self._note(session, who, act, [subject])


def _choices(reader: Reader | None) -> list[Any]:
    """Return the queries of what may come next, the first that finds anything wins: what the reader has, risk, the oldest week."""
    unseen = lines().where(col(CaseRow.seen).is_(False)).order_by(col(CaseRow.week), col(CaseRow.digest)).limit(1)
    risky = select(MarkRow.person).where(MarkRow.mark == Mark.RISK.value)
    has_risk = or_(col(CaseRow.hint), col(CaseRow.person).in_(risky))
    if reader is None:
        return [unseen.where(has_risk), unseen]
    left = select(RecusalRow.person).where(RecusalRow.reader == reader.name)
    mine = unseen.where(col(CaseRow.person).not_in(left))
    for topic in reader.avoided:
        mine = mine.where(func.instr(CaseRow.topics, f'"{topic}"') == 0)
    free = mine.where(col(CaseRow.taken).is_(None))
    return [mine.where(col(CaseRow.taken) == reader.name), free.where(has_risk), free]
