"""Bundles: which letters went where, and what came back."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from crypto.bundle import TO_INTAKE, TO_STATION, Direction, purpose_of
from crypto.constants import NOTICE_KINDS, Purpose
from crypto.notice import Notice
from crypto.records import ClosedRecord
from intake.clock import today
from intake.rows import FIRST_GENERATION, BundleRow, NewLetter
from intake.schema import bundles, envelopes, erasures, letters
from intake.store.closing import DESTRUCTION, close_as_told, is_withdrawn, keep, remove
from intake.store.dangers import carried_dangers, carry_dangers, count_waiting
from intake.store.holding import keep_holds
from intake.store.letters import uncarried
from intake.store.transactions import Transactions, stream
from intake.store.withdrawn import erase_due, taken_back

_ARRIVAL: Final = NOTICE_KINDS["arrival"]
_CONFIRMATIONS_AT_ONCE: Final = 1_000


class Bundles(Transactions):
    """What was carried between this side and the stations of the panel and of the safeguarding lead, a chain each."""

    def generation(self, purpose: Purpose = "panel") -> int:
        """Return the present generation of a chain: the newest of any bundle of it here. Those before have ended."""
        own = bundles.c.direction.in_((TO_STATION[purpose], TO_INTAKE[purpose]))
        with self._reading() as connection:
            return connection.scalar(select(func.max(bundles.c.generation)).where(own)) or FIRST_GENERATION

    def waiting(self, purpose: Purpose) -> int:
        """Return how many letters or records no bundle of a chain carries yet."""
        with self._reading() as connection:
            if purpose == "lead":
                return count_waiting(connection)
            return connection.scalar(select(func.count()).select_from(letters).where(*uncarried())) or 0

    def newest_bundle(self, direction: Direction) -> BundleRow | None:
        """Return the newest bundle of a direction in any generation."""
        newest = select(bundles).where(bundles.c.direction == direction)
        newest = newest.order_by(bundles.c.generation.desc(), bundles.c.sequence.desc())
        with self._reading() as connection:
            return _bundle_of(connection.execute(newest.limit(1)).first())

    def last_bundle(self, direction: Direction) -> BundleRow | None:
        """Return the newest bundle of a direction in the present generation."""
        newest = self.newest_bundle(direction)
        present = self.generation(purpose_of(direction))
        return newest if newest is not None and newest.generation == present else None

    def bundle(self, direction: Direction, sequence: int) -> BundleRow | None:
        """Return the bundle of the present generation with that sequence."""
        place = (
            bundles.c.direction == direction,
            bundles.c.generation == self.generation(purpose_of(direction)),
            bundles.c.sequence == sequence,
        )
        with self._reading() as connection:
            return _bundle_of(connection.execute(select(bundles).where(*place)).first())

    def begin_bundle(self, row: BundleRow) -> int:
        """Give every letter or record that no bundle carries to this one, and return how many. Its `count` becomes that."""
        with self._writing() as connection:
            if purpose_of(row.direction) == "lead":
                given = carry_dangers(connection, row.sequence)
            else:
                giving = update(letters).where(*uncarried()).values(bundle=row.sequence)
                given = connection.execute(giving).rowcount
            connection.execute(insert(bundles), [{**vars(row), "count": given}])
            return given

    def letters_of_bundle(self, sequence: int, purpose: Purpose = "panel") -> Iterator[Row[Any]]:
        """Yield digest, kind, day, locator, sealed, body_hash and is_taken_back of a bundle's letters, in the order of digests.

        A letter that was erased since has no `sealed`, and SHA-256 of the record that it was as `body_hash`. Unless it
        `is_taken_back` it was only forgotten here.
        """
        small = (letters.c.digest, letters.c.kind, letters.c.day, letters.c.locator)
        columns = (*small, envelopes.c.sealed, erasures.c.body_hash, taken_back().label("is_taken_back"))
        joined = letters.outerjoin(envelopes, letters.c.place == envelopes.c.place)
        joined = joined.outerjoin(erasures, letters.c.digest == erasures.c.digest)
        wanted = select(*columns).select_from(joined).where(letters.c.bundle == sequence).order_by(letters.c.digest)
        with self._reading() as connection:
            if purpose == "lead":
                yield from carried_dangers(connection, sequence)
            else:
                yield from stream(connection, wanted)

    def finish_bundle(self, row: BundleRow, chain: str) -> None:
        """Note that a bundle was written whole."""
        place = (
            bundles.c.direction == row.direction,
            bundles.c.generation == row.generation,
            bundles.c.sequence == row.sequence,
        )
        with self._writing() as connection:
            connection.execute(update(bundles).where(*place).values(chain=chain))

    def accept_bundle(
        self,
        row: BundleRow,
        outcomes: Iterable[tuple[bytes, str]],
        notices: Iterable[NewLetter] = (),
        closed: Iterable[ClosedRecord] = (),
        holds: Iterable[Notice] = (),
    ) -> int:
        """Note a bundle that came in, what it says became of letters (digest, outcome), its notices and holds, all or nothing.

        A thread that the station calls `closed` is closed here as well: this side may have been restored.

        A notice waits for whoever comes back to its thread; a newer arrival receipt takes the place of the one before.
        What was taken back and waited for its confirmation is erased.

        Returns how many of the digests are known here.
        """
        wanted = letters.c.digest == bindparam("wanted_digest")
        first_day = func.coalesce(letters.c.confirmed_day, today())
        marking = update(letters).where(wanted).values(confirmed=bindparam("outcome"), confirmed_day=first_day)
        known = 0
        waiting = ({"wanted_digest": digest, "outcome": outcome} for digest, outcome in outcomes)
        with self._writing() as connection:
            while some := list(islice(waiting, _CONFIRMATIONS_AT_ONCE)):
                known += connection.execute(marking, some).rowcount
            place_notices(connection, notices)
            keep_holds(connection, holds)
            for told in closed:
                close_as_told(connection, told, today())
            erase_due(connection, taken_back(), today())
            connection.execute(insert(bundles), [vars(row)])
        return known


def place_notices(connection: Connection, notices: Iterable[NewLetter]) -> None:
    """Place the notices of one bundle, which stand in no order; of two receipts for arrival in it the newer is placed."""
    newest: dict[bytes, int] = {}
    for notice in notices:
        if notice.kind == _ARRIVAL:
            if notice.sequence < newest.get(notice.locator, 0):
                continue
            newest[notice.locator] = notice.sequence
        place_notice(connection, notice)


def place_notice(connection: Connection, notice: NewLetter) -> None:
    """Let a notice wait for its thread, unless it was here before, or the thread was taken back before it came."""
    if notice.kind != DESTRUCTION and is_withdrawn(connection, notice.locator):
        return
    if notice.kind == _ARRIVAL:
        remove(connection, (letters.c.locator == notice.locator) & (letters.c.kind == _ARRIVAL))
    keep(connection, notice)


def _bundle_of(row: Row[Any] | None) -> BundleRow | None:
    return None if row is None else BundleRow(**row._asdict())
