"""Bundles: which letters went where, and what came back."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from crypto.constants import NOTICE_KINDS
from intake.rows import BundleRow, NewLetter
from intake.schema import bundles, envelopes, erasures, letters
from intake.store.letters import envelope_row, letter_row, uncarried
from intake.store.threads import remove
from intake.store.transactions import Transactions, stream

_ARRIVAL: Final = NOTICE_KINDS["arrival"]
_CONFIRMATIONS_AT_ONCE: Final = 1_000


class Bundles(Transactions):
    """What was carried between the two sides."""

    def last_bundle(self, direction: str) -> BundleRow | None:
        """Return the newest bundle of a direction."""
        newest = select(bundles).where(bundles.c.direction == direction)
        with self._reading() as connection:
            row = connection.execute(
                newest.order_by(bundles.c.generation.desc(), bundles.c.sequence.desc()).limit(1)
            ).first()
        return _bundle_of(row)

    def bundle(self, direction: str, sequence: int) -> BundleRow | None:
        """Return the newest generation's bundle with that sequence."""
        wanted = select(bundles).where(bundles.c.direction == direction, bundles.c.sequence == sequence)
        with self._reading() as connection:
            row = connection.execute(wanted.order_by(bundles.c.generation.desc()).limit(1)).first()
        return _bundle_of(row)

    def begin_bundle(self, row: BundleRow) -> int:
        """Give every letter that no bundle carries to this one, and return how many. Its `count` becomes that."""
        with self._writing() as connection:
            given = connection.execute(update(letters).where(*uncarried()).values(bundle=row.sequence))
            connection.execute(insert(bundles), [{**vars(row), "count": given.rowcount}])
            return given.rowcount

    def letters_of_bundle(self, sequence: int) -> Iterator[Row[Any]]:
        """Yield digest, kind, day, locator, sealed and body_hash of a bundle's letters, in the order of their digests.

        A letter that was erased since has no `sealed`, and SHA-256 of the record that it was as `body_hash`.
        """
        small = (letters.c.digest, letters.c.kind, letters.c.day, letters.c.locator)
        columns = (*small, envelopes.c.sealed, erasures.c.body_hash)
        joined = letters.outerjoin(envelopes, letters.c.place == envelopes.c.place)
        joined = joined.outerjoin(erasures, letters.c.digest == erasures.c.digest)
        wanted = select(*columns).select_from(joined).where(letters.c.bundle == sequence).order_by(letters.c.digest)
        with self._reading() as connection:
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
        self, row: BundleRow, outcomes: Iterable[tuple[bytes, str]], notices: Iterable[NewLetter] = ()
    ) -> int:
        """Note a bundle that came in, what it says became of letters (digest, outcome), and its notices, all or nothing.

        A notice waits for whoever comes back to its thread; a newer arrival receipt takes the place of the one before.

        Returns how many of the digests are known here.
        """
        wanted = letters.c.digest == bindparam("wanted_digest")
        marking = update(letters).where(wanted).values(confirmed=bindparam("outcome"))
        known = 0
        waiting = ({"wanted_digest": digest, "outcome": outcome} for digest, outcome in outcomes)
        with self._writing() as connection:
            while some := list(islice(waiting, _CONFIRMATIONS_AT_ONCE)):
                known += connection.execute(marking, some).rowcount
            for notice in notices:
                _place_notice(connection, notice)
            connection.execute(insert(bundles), [vars(row)])
        return known


def _place_notice(connection: Connection, notice: NewLetter) -> None:
    if connection.execute(select(letters.c.kind).where(letters.c.digest == notice.digest)).first() is not None:
        return
    if notice.kind == _ARRIVAL:
        older = letters.c.sequence < notice.sequence
        remove(connection, (letters.c.locator == notice.locator) & (letters.c.kind == _ARRIVAL) & older)
    connection.execute(insert(letters), [letter_row(notice)])
    connection.execute(insert(envelopes), [envelope_row(notice)])


def _bundle_of(row: Row[Any] | None) -> BundleRow | None:
    return None if row is None else BundleRow(**row._asdict())
