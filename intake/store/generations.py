"""Generations: starting the exchange anew with a station that says all it knows, after one side or both were restored."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy import Connection, Date, bindparam, func, insert, select, update

from crypto.constants import NOTICE_KINDS
from crypto.notice import Notice
from crypto.records import ClosedRecord
from intake.clock import today
from intake.rows import BundleRow, NewLetter, Reconciled
from intake.schema import bundles, erasures, letters
from intake.store.bundles import Bundles, place_notices
from intake.store.closing import close_as_told, remove
from intake.store.conditions import REPLAY, clear_condition
from intake.store.holding import keep_holds
from intake.store.letters import EXPORTED
from intake.store.transactions import UndoneError
from intake.store.withdrawn import erase_due, taken_back

_ARRIVAL: Final = NOTICE_KINDS["arrival"]
# Where a letter stands while it is not known yet whether the station has it. No bundle has this number.
_UNKNOWN: Final = -1
# The number of letters that bundles of a generation carried that has ended.
_ENDED: Final = 0
_AT_ONCE: Final = 1_000
_FOR_PANEL: Final = letters.c.kind.in_(EXPORTED)


class Generations(Bundles):
    """The first bundle of a new generation."""

    def accept_generation(
        self,
        row: BundleRow,
        outcomes: Iterable[tuple[bytes, str]],
        notices: Iterable[NewLetter],
        closed: Iterable[ClosedRecord],
        holds: Iterable[Notice] = (),
        *,
        dry_run: bool,
    ) -> Reconciled:
        """Take in all that the station knows, in one transaction, or only find out what that would come to.

        Letters that it does not have are given back to the next export. What was erased here is never sent again; the
        station is told that it is gone. From then on this side knows what was taken back, and answers.
        """
        reconciled = Reconciled(0, 0, 0, 0, 0)
        try:
            with self._writing() as connection:
                keep_holds(connection, holds)
                for told in closed:
                    close_as_told(connection, told, today())
                reconciled = _reconcile(connection, outcomes)
                erase_due(connection, taken_back(), today())
                # What the station says of arrivals now is what counts: it may know of fewer than before.
                remove(connection, letters.c.kind == _ARRIVAL)
                place_notices(connection, notices)
                connection.execute(insert(bundles), [vars(row)])
                clear_condition(connection, REPLAY)
                if dry_run:
                    raise UndoneError
        except UndoneError:
            pass
        return reconciled


def _reconcile(connection: Connection, outcomes: Iterable[tuple[bytes, str]]) -> Reconciled:
    """Mark what the station has, and give back what it does not."""
    connection.execute(update(letters).where(_FOR_PANEL).values(bundle=_UNKNOWN))
    both, there = _mark(connection, outcomes)
    unknown = _FOR_PANEL & (letters.c.bundle == _UNKNOWN)
    forgotten = {"confirmed": None, "confirmed_day": None}
    given = update(letters).where(unknown, letters.c.erased.is_(False)).values(bundle=None, **forgotten)
    here = connection.execute(given).rowcount
    lost = connection.scalar(select(func.count()).select_from(letters).where(unknown, ~taken_back())) or 0
    # Erased, and known there as something else than destroyed, or not at all.
    not_gone = unknown | (_FOR_PANEL & (letters.c.confirmed != "destroyed"))
    may_be_told = letters.c.erased.is_(True) & letters.c.digest.in_(select(erasures.c.digest))
    told = may_be_told & not_gone & taken_back()
    erased = connection.execute(update(letters).where(told).values(bundle=None)).rowcount
    # Forgotten here after the station had it, and not there any more: it is told, so that it knows what it lacks.
    missing = may_be_told & unknown & ~taken_back()
    connection.execute(update(letters).where(missing).values(bundle=None, **forgotten))
    connection.execute(update(letters).where(unknown).values(bundle=_ENDED, **forgotten))
    return Reconciled(both, here, there, erased, lost)


def _mark(connection: Connection, outcomes: Iterable[tuple[bytes, str]]) -> tuple[int, int]:
    """Mark the letters that the station has, and return how many those are, and how many are only there."""
    marking = (
        update(letters)
        .where(letters.c.digest == bindparam("wanted_digest"))
        .values(
            confirmed=bindparam("outcome"),
            confirmed_day=func.coalesce(letters.c.confirmed_day, bindparam("today", type_=Date)),
            bundle=_ENDED,
        )
    )
    both = there = 0
    day = today()
    for some in _batches(outcomes):
        rows = [{"wanted_digest": digest, "outcome": outcome, "today": day} for digest, outcome in some]
        known = connection.execute(marking, rows).rowcount
        both += known
        digests = {digest for digest, outcome in some if outcome != "destroyed"}
        there += len(digests) - len(
            connection.scalars(select(letters.c.digest).where(letters.c.digest.in_(digests))).all()
        )
    return both, there


def _batches(outcomes: Iterable[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, str]]]:
    iterator = iter(outcomes)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some
