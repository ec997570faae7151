"""Forgetting: what is erased because its time has come, and leaving nothing of it in the engine's own files."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, false, func, select

from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from intake.rows import Forgotten, RetentionDays
from intake.schema import dangers, letters
from intake.store.closing import forget_letters
from intake.store.dangers import due_dangers, erase_dangers
from intake.store.erasing import erase
from intake.store.transactions import Transactions
from intake.store.withdrawn import due, taken_back

# Letters of one transaction: a person who writes meanwhile waits for no more than this.
_AT_ONCE: Final = 128
# Not withdrawals and replacements: without them an older copy of the station would not know what they did.
_BODIES: Final = tuple(LETTER_KINDS[kind] for kind in ("account", "addition", "choices", "unfinished"))
# Not arrival receipts: their lasting absence is a sign that something was lost.
_ANSWERS: Final = (NOTICE_KINDS["reply"], NOTICE_KINDS["heard"])
_RECEIPTS: Final = (NOTICE_KINDS["destruction"],)
_Act = Callable[[Connection, Collection[bytes]], int]


class Retention(Transactions):
    """What has been kept long enough."""

    def forget(self, today: date, days: RetentionDays, *, dry_run: bool = False) -> Forgotten:
        """Erase what is due and return how many of each; a dry run only counts.

        Stopped in between, the next one goes on. The record of a thread, digests, and what the station has not confirmed stay.
        """
        return Forgotten(
            drafts=self._forget(lambda _: _drafts(today, days.drafts), forget_letters, dry_run),
            taken_back=self._forget(lambda connection: due(connection, taken_back(), today), erase, dry_run),
            letters=self._forget(lambda _: _bodies(today, days.letters), erase, dry_run),
            answers=self._forget(lambda _: _notices(_ANSWERS, today, days.answers), forget_letters, dry_run),
            receipts=self._forget(lambda _: _notices(_RECEIPTS, today, days.receipts), forget_letters, dry_run),
            dangers=self._forget_dangers(due_dangers(today, days.dangers), dry_run),
        )

    def _forget_dangers(self, due_now: Any, dry_run: bool) -> int:
        with self._writing() as connection:
            digests = connection.scalars(select(dangers.c.digest).where(due_now)).all()
            if not dry_run:
                erase_dangers(connection, digests)
        return len(digests)

    def _forget(self, condition: Callable[[Connection], Any], act: _Act, dry_run: bool) -> int:
        if dry_run:
            with self._reading() as connection:
                count = select(func.count()).select_from(letters).where(condition(connection))
                return connection.scalar(count) or 0
        total = 0
        while True:
            with self._writing() as connection:
                digests = connection.scalars(
                    select(letters.c.digest).where(condition(connection)).limit(_AT_ONCE)
                ).all()
                act(connection, digests)
            total += len(digests)
            if len(digests) < _AT_ONCE:
                return total

    def settle(self) -> bool:
        """Copy SQLite's write-ahead log into its file and empty it, and say whether that was possible at once.

        What was erased stays in the log until then. PostgreSQL recycles its own (docs/operators-guide.md).
        """
        if self._postgresql:
            return True
        # Outside a transaction, where a checkpoint is not allowed: the driver's own connection, which begins none.
        with self._reading() as connection:
            connection.commit()
            cursor = connection.connection.cursor()
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (1, 0, 0)
            cursor.close()
        return not busy


def _drafts(today: date, days: int) -> Any:
    return (letters.c.kind == LETTER_KINDS["draft"]) & (letters.c.day <= today - timedelta(days=days))


def _bodies(today: date, days: int) -> Any:
    """Return the condition for letters that the station confirmed `days` or more ago and nobody took back."""
    if not days:
        return false()
    old = letters.c.confirmed.is_not(None) & (letters.c.confirmed_day <= today - timedelta(days=days))
    return letters.c.kind.in_(_BODIES) & letters.c.erased.is_(False) & old & ~taken_back()


def _notices(kinds: tuple[int, ...], today: date, days: int) -> Any:
    if not days:
        return false()
    return letters.c.kind.in_(kinds) & (letters.c.day <= today - timedelta(days=days))
