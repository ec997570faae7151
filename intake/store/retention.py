"""Forgetting: what is erased because its time has come, and leaving nothing of it in the engine's own files."""

from datetime import date, timedelta

from sqlalchemy import func, select

from crypto.constants import LETTER_KINDS
from intake.schema import letters
from intake.store.threads import remove
from intake.store.transactions import Transactions


class Retention(Transactions):
    """What has been kept long enough."""

    def forget_drafts(self, today: date, draft_days: int, *, dry_run: bool = False) -> int:
        """Erase drafts that were last saved `draft_days` or more ago and return how many; a dry run only counts."""
        old = letters.c.day <= today - timedelta(days=draft_days)
        wanted = (letters.c.kind == LETTER_KINDS["draft"]) & old
        if dry_run:
            with self._reading() as connection:
                return connection.scalar(select(func.count()).select_from(letters).where(wanted)) or 0
        with self._writing() as connection:
            return remove(connection, wanted)

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
