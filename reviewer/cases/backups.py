"""Which backups were made, and which of their copies people have not destroyed yet: a withdrawal names those it cannot reach."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, func, select

from reviewer.cases.database import CaseDatabase
from reviewer.cases.log import Act, Log
from reviewer.cases.rows import BackupRow
from reviewer.errors import BackupError


class Backups(Log, CaseDatabase):
    """The backups of one store. Methods raise CaseStoreError."""

    def backups(self) -> Sequence[BackupRow]:
        """Return every backup, oldest first."""
        with self._session() as session:
            return session.exec(select(BackupRow).order_by(col(BackupRow.number))).all()

    def next_backup(self) -> int:
        """Return the number of the next backup."""
        with self._session() as session:
            return (session.exec(select(func.max(BackupRow.number))).one() or 0) + 1

    def add_backup(self, who: str, number: int, name: str, digest: str, day: date) -> None:
        """Note a backup whose file is whole."""
        with self._writing() as session:
            session.add(BackupRow(number=number, day=day.isoformat(), name=name, digest=digest))
            self._note(session, who, Act.BACKED_UP, [f"backup {number}"], day)

    def mark_gone(self, who: str, number: int) -> None:
        """Note that people destroyed every copy of a backup. Raises BackupError."""
        with self._writing() as session:
            row = session.get(BackupRow, number)
            if row is None:
                raise BackupError(f"There is no backup {number}; see `reviewer backup --list`.")
            row.gone = True
            self._note(session, who, Act.BACKUP_GONE, [f"backup {number}"])

    def out_of_reach(self) -> list[BackupRow]:
        """Return the backups that may still hold what is taken out now: those whose copies were not destroyed."""
        return [row for row in self.backups() if not row.gone]
