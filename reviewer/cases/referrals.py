"""Safeguarding referrals: what was passed on, to whom, under which authority, by whom, and what must follow by when.

What was passed on rests on an account: it goes with the account when that is taken back. That there was a referral, to whom and
under which authority, stays: what somebody else was told cannot be unsaid, and others may be asked about it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import col, func, select

from reviewer.cases.database import CaseDatabase
from reviewer.cases.log import STATION, Act, Log
from reviewer.cases.rows import Mark, MarkRow, ReferralRow, ReplyRow
from reviewer.errors import ReferralError

# People meet at the station once a week, so what is due before the next meeting is due.
DUE_WITHIN: Final = timedelta(days=7)
# A letter by its digest (64 hex), and one of its parts, counted from 1; 0 for the whole letter.
Basis = tuple[str, int]


class Standing(StrEnum):
    """How far a referral has come."""

    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True)
class NewReferral:
    """What two people have decided to pass on, and what must follow by `due`."""

    recipient: str = field(repr=False)
    authority: str = field(repr=False)
    text: str = field(repr=False)
    basis: tuple[Basis, ...]
    follows: str = field(repr=False)
    due: date


@dataclass(frozen=True)
class Referral:
    """A referral as it was noted. `text` is None and `basis` empty once the account was taken back."""

    number: int
    digest: str
    day: date
    by: str
    recipient: str = field(repr=False)
    authority: str = field(repr=False)
    text: str | None = field(repr=False)
    basis: tuple[Basis, ...]
    follows: str = field(repr=False)
    due: date
    done_day: date | None
    done_by: str | None
    note: str | None = field(repr=False)

    def standing(self, today: date) -> Standing:
        """Say how far it has come."""
        if self.done_day is not None:
            return Standing.DONE
        if self.due < today:
            return Standing.OVERDUE
        return Standing.DUE if self.due <= today + DUE_WITHIN else Standing.OPEN


class Referrals(Log, CaseDatabase):
    """The referrals of one store. Methods raise CaseStoreError."""

    def referrals(self) -> list[Referral]:
        """Return every referral, oldest first."""
        with self._session() as session:
            return [_referral(row) for row in session.exec(select(ReferralRow).order_by(col(ReferralRow.number)))]

    def add_referral(self, who: str, person: str, digest: str, new: NewReferral) -> int:
        """Note a referral that was decided from a letter, mark its thread, and return the referral's number."""
        with self._writing() as session:
            number = (session.exec(select(func.max(ReferralRow.number))).one() or 0) + 1
            row = ReferralRow(
                number=number,
                digest=digest,
                day=date.today().isoformat(),
                by=who,
                recipient=new.recipient,
                authority=new.authority,
                follows=new.follows,
                due=new.due.isoformat(),
                text=new.text,
                basis=json.dumps(new.basis),
            )
            session.add(row)
            if session.get(MarkRow, (person, Mark.REFERRED.value)) is None:
                session.add(MarkRow(person=person, mark=Mark.REFERRED.value))
            self._note(session, who, Act.REFERRED, [digest, f"referral {number}"])
            return number

    def follow_up(self, who: str, number: int, day: date, note: str) -> None:
        """Note that what must follow was done on a day. Raises ReferralError when there is no such referral, or it was done before."""
        with self._writing() as session:
            row = session.get(ReferralRow, number)
            if row is None:
                raise ReferralError(f"There is no referral {number}; see `reviewer referrals`.")
            if row.done_day is not None:
                raise ReferralError(f"Referral {number} was done on {row.done_day} already.")
            if not row.day <= day.isoformat() <= date.today().isoformat():
                raise ReferralError(
                    "Say on which day it was done: not before it was decided, and not after today.", "day"
                )
            row.done_day, row.done_by, row.note = day.isoformat(), who, note
            self._note(session, who, Act.FOLLOWED_UP, [f"referral {number}"])

    def shred_referrals(self, digests: Collection[str]) -> None:
        """Take out what was passed on of letters that were taken back; the bare record of each referral stays."""
        with self._writing() as session:
            for row in session.exec(select(ReferralRow).where(col(ReferralRow.text).is_not(None))):
                if any(digest in digests for digest in _named(row)):
                    row.text = row.basis = row.note = None
                    self._note(session, STATION, Act.SHREDDED, [f"the text of referral {row.number}"])
        self.empty_log()

    def named_in_acts(self) -> frozenset[str]:
        """Return the digests of the letters that waiting replies answer, and that the texts of referrals rest on."""
        with self._session() as session:
            replies = session.exec(select(ReplyRow.digest)).all()
            rows = session.exec(select(ReferralRow).where(col(ReferralRow.text).is_not(None))).all()
            return frozenset([*replies, *(digest for row in rows for digest in _named(row))])


def _named(row: ReferralRow) -> list[str]:
    return [row.digest, *(digest for digest, _ in json.loads(row.basis or "[]"))]


def _referral(row: ReferralRow) -> Referral:
    basis = json.loads(row.basis) if row.basis is not None else []
    return Referral(
        number=row.number,
        digest=row.digest,
        day=date.fromisoformat(row.day),
        by=row.by,
        recipient=row.recipient,
        authority=row.authority,
        text=row.text,
        basis=tuple((digest, part) for digest, part in basis),
        follows=row.follows,
        due=date.fromisoformat(row.due),
        done_day=date.fromisoformat(row.done_day) if row.done_day else None,
        done_by=row.done_by,
        note=row.note,
    )


def count_due(referrals: Sequence[Referral], today: date) -> dict[Standing, int]:
    """Return how many referrals stand where."""
    standings = [referral.standing(today) for referral in referrals]
    return {standing: standings.count(standing) for standing in Standing}
