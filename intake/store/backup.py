"""Backup: every row out, and back into an empty database."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Table, delete, func, insert, select

from intake.schema import bundles, conditions, dangers, envelopes, erasures, holds, letters, threads
from intake.store.conditions import REPLAY, set_condition
from intake.store.transactions import Transactions, stream

KEPT: Final[tuple[Table, ...]] = (threads, letters, envelopes, erasures, bundles, holds, dangers, conditions)


class Backup(Transactions):
    """Everything that a backup holds."""

    def is_empty(self) -> bool:
        """Say whether there is neither a letter nor a bundle. What a new service knows about itself does not count."""
        held = [table for table in KEPT if table is not conditions]
        with self._reading() as connection:
            return all(connection.execute(select(func.count()).select_from(table)).scalar() == 0 for table in held)

    def dump(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every row (table name, columns) as of one moment, while letters keep arriving."""
        with self._reading(snapshot=True) as connection:
            for table in KEPT:
                for row in stream(connection, select(table).order_by(*table.primary_key.columns)).mappings():
                    yield table.name, {str(name): value for name, value in row.items()}

    def load(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Store rows that `dump` gave, all or nothing. Raises StoreError when a row does not fit.

        From then on nobody is answered until what was taken back after the backup is known here.
        """
        tables = {table.name: table for table in KEPT}
        with self._writing() as connection:
            connection.execute(delete(conditions))
            for name, row in rows:
                connection.execute(insert(tables[name]), [dict(row)])
            set_condition(connection, REPLAY, "restored")
