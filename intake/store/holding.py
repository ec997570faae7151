"""Legal holds: kept as the station signed them, verified when they came in (`intake.importing`)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, insert, select

from crypto.hold import hold_digest, in_force, parse_hold
from crypto.notice import Notice, encode_notice
from intake.schema import holds
from intake.store.transactions import Transactions


class Holds(Transactions):
    """The holds that the station published."""

    def holds(self) -> list[Notice]:
        """Return all of them, those that were replaced or are over too. Raises StoreError, LetterError."""
        with self._reading() as connection:
            return stored_holds(connection)


def stored_holds(connection: Connection) -> list[Notice]:
    """Return every hold."""
    found = connection.scalars(select(holds.c.notice).order_by(holds.c.valid_from, holds.c.digest))
    return [parse_hold(notice.encode("utf-8")) for notice in found]


def is_held(connection: Connection, day: date) -> bool:
    """Say whether a hold is in force on `day`."""
    return bool(in_force(stored_holds(connection), day))


def keep_holds(connection: Connection, new: Iterable[Notice]) -> None:
    """Keep verified holds; one that is there already stays as it is."""
    known = {hold_digest(hold) for hold in stored_holds(connection)}
    for hold in new:
        digest = hold_digest(hold)
        if digest in known:
            continue
        known.add(digest)
        row = {
            "digest": bytes.fromhex(digest),
            "notice": encode_notice(hold).decode("utf-8"),
            "valid_from": date.fromisoformat(hold.valid_from),
            "valid_to": date.fromisoformat(hold.valid_to),
        }
        connection.execute(insert(holds), [row])
