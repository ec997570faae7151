"""Erasing sealed bytes: the large row goes, overwritten by the engine's `secure_delete`; the digest stays as a tombstone."""

import hashlib
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from crypto.records import LetterRecord
from intake.clock import week_of
from intake.schema import envelopes, erasures, letters

_AT_ONCE: Final = 64


def erase(connection: Connection, digests: Collection[bytes]) -> int:
    """Erase the sealed bytes of letters (digests of 32 bytes) in this transaction and return how many had some.

    Of a letter that a bundle carries or carried, SHA-256 of its record is kept, so that the bundle can be written again without it.
    """
    waiting = sorted(digests)
    return sum(_erase(connection, waiting[at : at + _AT_ONCE]) for at in range(0, len(waiting), _AT_ONCE))


def _erase(connection: Connection, digests: list[bytes]) -> int:
    columns = (letters.c.digest, letters.c.kind, letters.c.day, letters.c.locator, letters.c.bundle, letters.c.place)
    held = letters.join(envelopes, letters.c.place == envelopes.c.place)
    rows = connection.execute(
        select(*columns, envelopes.c.sealed).select_from(held).where(letters.c.digest.in_(digests))
    ).all()
    hashes = [
        {"digest": row.digest, "body_hash": _body_hash(row.kind, week_of(row.day), row.locator, row.sealed)}
        for row in rows
        if row.bundle is not None
    ]
    if hashes:
        connection.execute(insert(erasures), hashes)
    connection.execute(delete(envelopes).where(envelopes.c.place.in_([row.place for row in rows])))
    connection.execute(update(letters).where(letters.c.digest.in_(digests)).values(erased=True))
    return len(rows)


def _body_hash(kind: int, week: int, locator: bytes, sealed: bytes) -> bytes:
    return hashlib.sha256(LetterRecord(kind, week, locator, sealed).encode()).digest()
