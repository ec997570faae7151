"""Bundles in the ledger: which came in and went out, in which generation."""

from typing import Any, Final

from sqlalchemy import func, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import col, select

from crypto.bundle import FIRST_PREVIOUS, Direction
from reviewer.database import Database
from reviewer.entries import BundleEntry, ThreadEntry

FIRST_GENERATION: Final = 1


class Bundles(Database):
    """The bundles of one station. A generation is the newest that anything here is of; those before have ended."""

    def generation(self) -> int:
        """Return the present generation."""
        with self._session() as session:
            return session.exec(select(func.max(BundleEntry.generation))).one() or FIRST_GENERATION

    def last_bundle(self, direction: Direction) -> BundleEntry | None:
        """Return the newest bundle of a direction in the present generation."""
        newest = self.newest_bundle(direction)
        return newest if newest is not None and newest.generation == self.generation() else None

    def newest_bundle(self, direction: Direction, *, finished: bool = False) -> BundleEntry | None:
        """Return the newest bundle of a direction in any generation; `finished`: that is wholly in, or out."""
        wanted = select(BundleEntry).where(BundleEntry.direction == direction)
        if finished:
            wanted = wanted.where(col(BundleEntry.finished).is_(True))
        newest = wanted.order_by(col(BundleEntry.generation).desc(), col(BundleEntry.sequence).desc())
        with self._session() as session:
            return session.exec(newest.limit(1)).first()

    def bundle(self, direction: Direction, sequence: int) -> BundleEntry | None:
        """Return one bundle of the present generation."""
        generation = self.generation()
        with self._session() as session:
            return session.get(BundleEntry, (direction, generation, sequence))

    def latest_epoch(self, direction: Direction) -> int:
        """Return the latest epoch of all bundles of a direction; 0 when there is none."""
        wanted = select(func.max(BundleEntry.epoch)).where(BundleEntry.direction == direction)
        with self._session() as session:
            return session.exec(wanted).one() or 0

    def begin_bundle(self, entry: BundleEntry) -> None:
        """Note a bundle whose letters are about to come in; does nothing when it was begun before."""
        with self._writing() as connection:
            connection.execute(insert(BundleEntry).values(entry.model_dump()).on_conflict_do_nothing())

    def finish_bundle(self, entry: BundleEntry) -> None:
        """Note that every letter of a bundle is in, or that both its files are out."""
        place = (
            col(BundleEntry.direction) == entry.direction,
            col(BundleEntry.generation) == entry.generation,
            col(BundleEntry.sequence) == entry.sequence,
        )
        with self._writing() as connection:
            connection.execute(update(BundleEntry).where(*place).values(finished=True))


def telling(entry: BundleEntry) -> Any:
    """Return the statement that notes that a return bundle tells of every closed thread that was not told of."""
    closed = update(ThreadEntry).where(col(ThreadEntry.state) != "open", col(ThreadEntry.told).is_(None))
    return closed.values(told=entry.sequence)


def next_place(last: BundleEntry | None) -> tuple[int, str]:
    """Return the sequence of the bundle after `last`, and the chain value it must name as previous."""
    return (1, FIRST_PREVIOUS) if last is None else (last.sequence + 1, last.chain)
