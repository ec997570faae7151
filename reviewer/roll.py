"""The roll: what the case store is held against. Queries over all letters at once, without what only one of them needs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy
from sqlmodel import col, select

from crypto.constants import LETTER_KINDS
from reviewer.database import Database
from reviewer.entries import LetterEntry, Status, ThreadEntry


class Called(NamedTuple):
    """What the roll says of one letter, each as in `LetterEntry`."""

    digest: str
    week: int
    status: str
    reason: str | None
    bundle: int
    verify_key: str | None
    call: str | None


class Roll(Database):
    """All letters of one station."""

    def roll(self) -> Iterator[Called]:
        """Yield every letter, in no order. Plain rows: a hundred thousand entries would take seconds."""
        columns = [col(getattr(LetterEntry, name)) for name in Called._fields]
        with self._session() as session:
            for row in session.execute(sqlalchemy.select(*columns).execution_options(yield_per=1_024)):
                yield Called._make(row)

    def replaced(self) -> Sequence[tuple[str, str]]:
        """Return each thread whose words were replaced, and the one that goes on from it (64 hex each)."""
        wanted = select(ThreadEntry.verify_key, ThreadEntry.successor).where(col(ThreadEntry.successor).is_not(None))
        with self._session() as session:
            return [(key, after) for key, after in session.exec(wanted) if after is not None]

    def ended_calls(self) -> Sequence[tuple[str, str]]:
        """Return each call (32 hex) that an account with words ended, and the words' key (64 hex)."""
        wanted = select(LetterEntry.call, LetterEntry.verify_key).where(
            LetterEntry.kind == LETTER_KINDS["account"],
            LetterEntry.status == Status.IMPORTED,
            col(LetterEntry.call).is_not(None),
            col(LetterEntry.verify_key).is_not(None),
        )
        with self._session() as session:
            return [(call, key) for call, key in session.exec(wanted) if call is not None and key is not None]
