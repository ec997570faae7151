"""Calls in the ledger: the letters that are parts of one. docs/sealing.md, "Calls"."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from crypto.constants import LETTER_KINDS
from reviewer.calling import TAKES_BACK, take_back
from reviewer.database import Database
from reviewer.entries import LetterEntry, Status

_ACCOUNT: Final = LETTER_KINDS["account"]
_UNFINISHED: Final = LETTER_KINDS["unfinished"]


class Calls(Database):
    """The calls of one station."""

    def take_back_calls(self) -> None:
        """Let nobody read any more what callers took back."""
        with self._writing() as connection:
            connection.execute(take_back())

    def letters_of_calls(self, calls: Collection[str]) -> Sequence[LetterEntry]:
        """Return the letters that name one of those calls (32 hex), in the order of their parts."""
        wanted = select(LetterEntry).where(col(LetterEntry.call).in_(calls))
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.part), col(LetterEntry.digest))).all()

    def parts_to_destroy(self) -> Sequence[LetterEntry]:
        """Return the parts of calls that were taken back and wait for two people."""
        wanted = select(LetterEntry).where(LetterEntry.kind == _UNFINISHED, LetterEntry.status == Status.WITHDRAWN)
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.digest))).all()

    def count_unfinished(self) -> int:
        """Return how many calls broke off and have no account here."""
        ended = select(LetterEntry.call).where(LetterEntry.kind == _ACCOUNT, col(LetterEntry.call).is_not(None))
        wanted = select(func.count(func.distinct(LetterEntry.call))).where(
            LetterEntry.kind == _UNFINISHED,
            LetterEntry.status == Status.IMPORTED,
            col(LetterEntry.claim).is_distinct_from(TAKES_BACK),
            col(LetterEntry.call).not_in(ended),
        )
        with self._session() as session:
            return session.exec(wanted).one()
