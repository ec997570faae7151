"""The ledger: which letters and bundles there are. Digests, weeks and outcomes; never a word of a letter.

Every query of it is in this module, in `reviewer.bundles`, `reviewer.calls`, `reviewer.roll` and `reviewer.judging`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from crypto.constants import LETTER_KINDS
from reviewer.bundles import Bundles, telling
from reviewer.calls import Calls
from reviewer.entries import NEVER_SENT, BundleEntry, Counts, LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.errors import LedgerError
from reviewer.roll import Roll

LEAST_PREFIX: Final = 6


class Ledger(Calls, Bundles, Roll):
    """Letters, threads and notices of one station. Methods raise LedgerError."""

    # Letters

    def letter(self, digest: str) -> LetterEntry | None:
        """Return one letter by its whole digest (64 hex)."""
        with self._session() as session:
            return session.get(LetterEntry, digest)

    def digests(self) -> frozenset[str]:
        """Return the digests (64 hex) of every letter and notice."""
        with self._session() as session:
            return frozenset(
                digest for column in (LetterEntry.digest, NoticeEntry.digest) for digest in session.exec(select(column))
            )

    def letters_named(self, prefix: str) -> Sequence[LetterEntry]:
        """Return up to two letters whose digest starts with `prefix` (hex): enough to tell whether it is one."""
        with self._session() as session:
            return session.exec(select(LetterEntry).where(col(LetterEntry.digest).startswith(prefix)).limit(2)).all()

    def letters(self) -> Iterator[LetterEntry]:
        """Yield every letter, oldest week first; within a week in the order of digests, which is random.

        What belongs to one call stands together, where its first part came, in the order of its parts.
        """
        group = func.coalesce(col(LetterEntry.call), col(LetterEntry.digest))
        first_week = func.min(col(LetterEntry.week)).over(partition_by=group)
        wanted = select(LetterEntry).order_by(first_week, group, col(LetterEntry.part), col(LetterEntry.digest))
        with self._session() as session:
            yield from session.exec(wanted.execution_options(yield_per=256))

    def imported(self) -> Sequence[LetterEntry]:
        """Return every imported letter, in the order of `letters`."""
        return [entry for entry in self.letters() if entry.status == Status.IMPORTED]

    def add_letters(self, entries: Sequence[LetterEntry]) -> None:
        """Add letters, all or none. One that is there already is left as it is, and will be confirmed again.

        One that was missing so far is no longer.
        """
        if not entries:
            return
        found = [entry.digest for entry in entries if entry.status != Status.MISSING]
        missing = (col(LetterEntry.digest).in_(found), col(LetterEntry.status) == Status.MISSING)
        adding = insert(LetterEntry)
        # The intake side sends a letter again when it has not heard of it: the confirmation may have been lost.
        again = adding.on_conflict_do_update(
            index_elements=["digest"],
            set_={"confirmed": None},
            where=(col(LetterEntry.bundle) != adding.excluded.bundle)
            | (col(LetterEntry.generation) != adding.excluded.generation),
        )
        with self._writing() as connection:
            connection.execute(delete(LetterEntry).where(*missing))
            connection.execute(again, [entry.model_dump() for entry in entries])

    def letters_of_bundle(self, bundle: BundleEntry) -> Sequence[LetterEntry]:
        """Return the letters that a bundle brought and that were set aside, in its order."""
        wanted = select(LetterEntry).where(*_brought_by(bundle), LetterEntry.status == Status.SET_ASIDE)
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.place))).all()

    def counts(self, bundle: BundleEntry | None = None) -> Counts:
        """Count all letters, or those that one bundle brought."""
        groups = select(LetterEntry.status, func.count(), func.count(col(LetterEntry.confirmed)))
        if bundle is not None:
            groups = groups.where(*_brought_by(bundle))
        with self._session() as session:
            rows = session.exec(groups.group_by(LetterEntry.status)).all()
        totals = {status: total for status, total, _ in rows}
        unconfirmed = sum(total - confirmed for _, total, confirmed in rows)
        return Counts(
            totals.get(Status.IMPORTED, 0),
            totals.get(Status.SET_ASIDE, 0),
            unconfirmed,
            totals.get(Status.WAITING, 0),
            totals.get(Status.WITHDRAWN, 0),
            totals.get(Status.DESTROYED, 0),
            totals.get(Status.MISSING, 0),
        )

    # The way back

    def unconfirmed(self) -> Iterator[LetterEntry]:
        """Yield the letters that the intake side has not been told of, in the order of digests."""
        wanted = select(LetterEntry).where(col(LetterEntry.confirmed).is_(None)).order_by(col(LetterEntry.digest))
        with self._session() as session:
            yield from session.exec(wanted.execution_options(yield_per=256))

    def add_return(self, entry: BundleEntry) -> None:
        """Note a return bundle that confirms every letter that was unconfirmed, in one transaction."""
        with self._writing() as connection:
            connection.execute(insert(BundleEntry).values(entry.model_dump()))
            confirming = update(LetterEntry).where(col(LetterEntry.confirmed).is_(None))
            connection.execute(confirming.values(confirmed=entry.sequence))
            sending = update(NoticeEntry).where(col(NoticeEntry.bundle).is_(None))
            connection.execute(sending.values(bundle=entry.sequence))
            connection.execute(telling(entry))

    def add_resync(self, entry: BundleEntry, notices: Sequence[NoticeEntry]) -> None:
        """Note the first bundle of a new generation, which tells of every letter and closed thread, and carries `notices`."""
        with self._writing() as connection:
            connection.execute(insert(BundleEntry).values(entry.model_dump()))
            brought = update(LetterEntry).where(col(LetterEntry.bundle) > 0)
            connection.execute(brought.values(confirmed=entry.sequence))
            sent = update(NoticeEntry).where(col(NoticeEntry.digest).in_([notice.digest for notice in notices]))
            connection.execute(sent.values(bundle=entry.sequence))
            connection.execute(telling(entry))

    def brought(self) -> Iterator[LetterEntry]:
        """Yield every letter that a bundle brought, in the order of digests."""
        wanted = select(LetterEntry).where(LetterEntry.bundle > 0).order_by(col(LetterEntry.digest))
        with self._session() as session:
            yield from session.exec(wanted.execution_options(yield_per=256))

    def closed_threads(self, *, untold: bool) -> Sequence[ThreadEntry]:
        """Return the threads that their words closed; `untold`: of which the intake side was not told yet.

        A place that an open thread has too is left out: who knows a locator could close it for its owner.
        """
        shared = select(ThreadEntry.locator).where(ThreadEntry.state == "open")
        wanted = select(ThreadEntry).where(ThreadEntry.state != "open", col(ThreadEntry.locator).not_in(shared))
        if untold:
            wanted = wanted.where(col(ThreadEntry.told).is_(None))
        with self._session() as session:
            return session.exec(wanted.order_by(col(ThreadEntry.locator))).all()

    def all_notices(self) -> Sequence[NoticeEntry]:
        """Return every notice that may go out, in the order of digests."""
        wanted = select(NoticeEntry).where(col(NoticeEntry.bundle).is_distinct_from(NEVER_SENT))
        with self._session() as session:
            return session.exec(wanted.order_by(col(NoticeEntry.digest))).all()

    # Threads and notices

    @contextmanager
    def judging(self) -> Iterator[Session]:
        """Yield a session in which threads are judged: all that is changed in it, or nothing."""
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise LedgerError(f"The ledger cannot be written ({type(error).__name__}); is the disk full?") from None

    def thread(self, verify_key: str) -> ThreadEntry | None:
        """Return the thread that goes on from the one with that key (64 hex): itself, or what replaced its words."""
        with self._session() as session:
            found = session.get(ThreadEntry, verify_key)
            while found is not None and found.successor is not None:
                found = session.get(ThreadEntry, found.successor)
            return found

    def keys_before(self, verify_key: str) -> list[str]:
        """Return the key and those of the words that it replaced, newest first."""
        keys, newest = [verify_key], [verify_key]
        with self._session() as session:
            while newest:
                wanted = select(ThreadEntry.verify_key).where(col(ThreadEntry.successor).in_(newest))
                newest = [key for key in session.exec(wanted) if key not in keys]
                keys += newest
        return keys

    def letters_of_threads(self, verify_keys: Sequence[str]) -> Sequence[LetterEntry]:
        """Return the letters that name one of those keys, in order of their places."""
        wanted = select(LetterEntry).where(col(LetterEntry.verify_key).in_(verify_keys))
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.sequence), col(LetterEntry.digest))).all()

    def threads_named(self, verify_keys: Sequence[str]) -> list[ThreadEntry]:
        """Return the threads with those keys that are known, in the order of `verify_keys`."""
        with self._session() as session:
            found = [session.get(ThreadEntry, key) for key in verify_keys]
            return [thread for thread in found if thread is not None]

    def keys_of_bundle(self, bundle: BundleEntry) -> Sequence[str]:
        """Return the keys that letters of a bundle name."""
        wanted = select(LetterEntry.verify_key).where(
            *_brought_by(bundle),
            col(LetterEntry.verify_key).is_not(None),
            LetterEntry.status != Status.SET_ASIDE,
        )
        with self._session() as session:
            return sorted({key for key in session.exec(wanted) if key is not None})

    def keys_without_thread(self) -> Sequence[str]:
        """Return the keys that an account names and that have no thread yet."""
        wanted = select(LetterEntry.verify_key).where(
            LetterEntry.kind == LETTER_KINDS["account"],
            LetterEntry.status == Status.IMPORTED,
            col(LetterEntry.verify_key).is_not(None),
            col(LetterEntry.verify_key).not_in(select(ThreadEntry.verify_key)),
        )
        with self._session() as session:
            return sorted({key for key in session.exec(wanted) if key is not None})

    def unnamed(self) -> Sequence[LetterEntry]:
        """Return the imported letters of which it was not noted yet whose they are."""
        wanted = select(LetterEntry).where(
            LetterEntry.status == Status.IMPORTED, col(LetterEntry.claim).is_(None), LetterEntry.bundle > 0
        )
        with self._session() as session:
            return session.exec(wanted.order_by(col(LetterEntry.digest))).all()

    def name_letter(self, entry: LetterEntry) -> None:
        """Note whose a letter is."""
        named = entry.model_dump(include={"verify_key", "sequence", "claim", "status", "reason", "confirmed"})
        with self._writing() as connection:
            connection.execute(update(LetterEntry).where(col(LetterEntry.digest) == entry.digest).values(named))

    def acknowledge(self, digest: str) -> None:
        """Note that the safeguarding lead has taken a record on; the intake side will be told."""
        noting = update(LetterEntry).where(col(LetterEntry.digest) == digest)
        with self._writing() as connection:
            connection.execute(noting.values(acknowledged=True, confirmed=None))

    def count_acknowledged(self) -> int:
        """Return how many of the records that are here the safeguarding lead has taken on."""
        wanted = select(func.count()).where(col(LetterEntry.acknowledged), LetterEntry.status == Status.IMPORTED)
        with self._session() as session:
            return session.exec(wanted).one()

    def threads_to_destroy(self) -> Sequence[ThreadEntry]:
        """Return the threads that were taken back and wait for two people."""
        wanted = select(ThreadEntry).where(ThreadEntry.state == "withdrawn")
        with self._session() as session:
            return session.exec(wanted.order_by(col(ThreadEntry.verify_key))).all()

    def keep_of_letter(self, digest: str, kept: LetterEntry, reason: str) -> None:
        """Add what is kept of a letter, and note that it is beside the letter: one does not happen without the other."""
        with self._writing() as connection:
            connection.execute(insert(LetterEntry).values(kept.model_dump()))
            noting = update(LetterEntry).where(col(LetterEntry.digest) == digest)
            connection.execute(noting.values(reason=reason))

    def mark_destroyed(
        self, verify_keys: Sequence[str], digests: Sequence[str], receipt: NoticeEntry | None = None
    ) -> None:
        """Note that those letters are gone, and the receipt that says so; the intake side will be told again."""
        with self._writing() as connection:
            if receipt is not None:
                connection.execute(insert(NoticeEntry).values(receipt.model_dump()))
            gone = update(LetterEntry).where(col(LetterEntry.digest).in_(digests))
            connection.execute(gone.values(status=Status.DESTROYED, confirmed=None))
            closed = update(ThreadEntry).where(col(ThreadEntry.verify_key).in_(verify_keys))
            connection.execute(closed.values(state="destroyed"))

    def add_notice(self, entry: NoticeEntry) -> None:
        """Add a notice that the next export carries."""
        with self._writing() as connection:
            connection.execute(insert(NoticeEntry).values(entry.model_dump()).on_conflict_do_nothing())

    def notices(self, verify_keys: Sequence[str]) -> Sequence[NoticeEntry]:
        """Return the notices to threads with those keys, in their order."""
        wanted = select(NoticeEntry).where(col(NoticeEntry.verify_key).in_(verify_keys))
        with self._session() as session:
            return session.exec(wanted.order_by(col(NoticeEntry.sequence))).all()

    def has_notice(self, digest: str) -> bool:
        """Say whether the notice in that sealed file was added."""
        with self._session() as session:
            return session.get(NoticeEntry, digest) is not None

    def unsent_notices(self) -> Sequence[NoticeEntry]:
        """Return the notices that no bundle carries yet, in the order of digests, which is random."""
        wanted = select(NoticeEntry).where(col(NoticeEntry.bundle).is_(None))
        with self._session() as session:
            return session.exec(wanted.order_by(col(NoticeEntry.digest))).all()


def _brought_by(bundle: BundleEntry) -> tuple[Any, ...]:
    """Return the conditions for letters that a bundle brought: numbers of bundles begin again with each generation."""
    return LetterEntry.generation == bundle.generation, LetterEntry.bundle == bundle.sequence
