"""Counting what there is, for `intake status`. Never which, whose, or when."""

from typing import Any, Final

from sqlalchemy import Connection, func, select

from crypto.constants import LETTER_KINDS
from intake.rows import Survey
from intake.schema import letters, threads
from intake.store.letters import EXPORTED, uncarried
from intake.store.transactions import Transactions

_STATES: Final = ("open", "withdrawn", "replaced")


class Surveys(Transactions):
    """Figures of the whole store."""

    def survey(self) -> Survey:
        """Return how many letters and threads there are, by what became of them, as of one moment."""
        with self._reading(snapshot=True) as connection:
            outcome, carried = letters.c.confirmed, letters.c.bundle.is_not(None)
            states = dict.fromkeys(_STATES, 0)
            for state, count in connection.execute(select(threads.c.state, func.count()).group_by(threads.c.state)):
                states[state] = count
            return Survey(
                delivered=_count(connection, letters.c.kind.in_(EXPORTED)),
                confirmed=_count(connection, outcome.is_not(None)),
                set_aside=_count(connection, outcome == "set aside"),
                destroyed=_count(connection, outcome == "destroyed"),
                open=_count(connection, *uncarried()),
                missing=_count(connection, carried, outcome.is_(None)),
                kept=_count(connection, letters.c.kind.in_(EXPORTED), letters.c.erased.is_(False)),
                unfinished=_count(connection, letters.c.kind == LETTER_KINDS["unfinished"]),
                drafts=_count(connection, letters.c.kind == LETTER_KINDS["draft"]),
                threads=states,
            )


def _count(connection: Connection, *conditions: Any) -> int:
    return connection.scalar(select(func.count()).select_from(letters).where(*conditions)) or 0
