"""Conditions: the few things that this service knows about itself, by name."""

from typing import Final

from sqlalchemy import Connection, delete, insert, select

from intake.schema import conditions
from intake.store.transactions import Transactions

# Set by a restore: nobody is answered until what was taken back after the backup was done again.
REPLAY: Final = "replay"
# How far the log of changes went when the backup was made: the number of its entries and its chain value.
CHANGES: Final = "changes"


class Conditions(Transactions):
    """Names of at most 32 characters and values of at most 200."""

    def condition(self, name: str) -> str | None:
        """Return the value, or None when it is not set."""
        with self._reading() as connection:
            return connection.scalar(select(conditions.c.value).where(conditions.c.name == name))

    def set_condition(self, name: str, value: str) -> None:
        """Set or change it."""
        with self._writing() as connection:
            set_condition(connection, name, value)

    def clear_condition(self, name: str) -> None:
        """Forget it, whether it was set or not."""
        with self._writing() as connection:
            clear_condition(connection, name)


def set_condition(connection: Connection, name: str, value: str) -> None:
    """Set or change a condition in this transaction."""
    clear_condition(connection, name)
    connection.execute(insert(conditions), [{"name": name, "value": value}])


def clear_condition(connection: Connection, name: str) -> None:
    """Forget a condition in this transaction."""
    connection.execute(delete(conditions).where(conditions.c.name == name))
