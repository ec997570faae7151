"""What a backup of the line reads and writes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert, select

from intake.errors import BackupError
from intake.line.rows import Entry
from intake.line.schema import audit
from intake.line.store.audit import Audit


class Keeping(Audit):
    """Every row out, and back in."""

    def dump(self, tables: Sequence[Table]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every row (table name, columns), as of one moment."""
        level = {"isolation_level": "REPEATABLE READ"} if self._postgresql else {}
        with self._reading() as one:
            connection = one.execution_options(**level)
            for table in tables:
                ordered = select(table).order_by(*table.primary_key.columns)
                for row in connection.execute(ordered).mappings():
                    yield table.name, {str(name): value for name, value in row.items()}

    def load(self, rows: Sequence[tuple[Table, Mapping[str, Any]]]) -> None:
        """Store rows that `dump` gave, all or nothing. Raises BackupError unless the audit is whole afterwards."""
        with self._writing() as connection:
            for table, row in rows:
                connection.execute(insert(table), [dict(row)])
            entries = [Entry(**row._asdict()) for row in connection.execute(select(audit).order_by(audit.c.number))]
            if fault := next(self.faults_of(entries), ""):
                raise BackupError(f"Nothing was restored; bring the line.key that belongs to this backup. {fault}")
