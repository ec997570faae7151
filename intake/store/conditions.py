"""Conditions: the few things that this service knows about itself, by name (at most 32 characters; values at most 200)."""

from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from intake.schema import conditions

# Set by a restore: nobody is answered until what was taken back after the backup was done again.
REPLAY: Final = "replay"
# How far the log of closings went: what `intake.closings.Point` encodes, changed together with each closing.
CHANGES: Final = "changes"
# Made once: every letter that is stored asks, and making it takes longer than asking.
_VALUE: Final = select(conditions.c.value).where(conditions.c.name == bindparam("wanted"))


def read_condition(connection: Connection, name: str) -> str | None:
    """Return the value of a condition, or None when it is not set."""
    return connection.scalar(_VALUE, {"wanted": name})


def set_condition(connection: Connection, name: str, value: str) -> None:
    """Set or change a condition in this transaction."""
    clear_condition(connection, name)
    connection.execute(insert(conditions), [{"name": name, "value": value}])


def clear_condition(connection: Connection, name: str) -> None:
    """Forget a condition in this transaction."""
    connection.execute(delete(conditions).where(conditions.c.name == name))
