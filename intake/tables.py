"""The database's rows as SQLModel classes, over the tables of `intake.schema`."""

from datetime import date
from typing import ClassVar

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from intake import schema


class StoredLetter(SQLModel, table=True):
    """The little that the server knows about one sealed letter.

    `digest` is SHA-256 of the sealed bytes (32 bytes), `place` its first 63 bits, `kind` a code of `LETTER_KINDS`,
    `locator` 16 bytes, `access_hash` 32, `day` the date of arrival, `size` the number of sealed bytes. `once` (32 bytes) stands for a form sealed here, so that
    sending it again stores nothing. `bundle` is the sequence of the export that carries the letter, `confirmed` what
    became of it at the station.
    """

    __table__: ClassVar[Table] = schema.letters

    digest: bytes = Field(sa_column=schema.letters.c.digest)
    place: int = Field(sa_column=schema.letters.c.place)
    kind: int = Field(sa_column=schema.letters.c.kind)
    locator: bytes = Field(sa_column=schema.letters.c.locator, repr=False)
    access_hash: bytes = Field(sa_column=schema.letters.c.access_hash, repr=False)
    day: date = Field(sa_column=schema.letters.c.day)
    size: int = Field(sa_column=schema.letters.c.size)
    once: bytes | None = Field(default=None, sa_column=schema.letters.c.once, repr=False)
    bundle: int | None = Field(default=None, sa_column=schema.letters.c.bundle)
    confirmed: str | None = Field(default=None, sa_column=schema.letters.c.confirmed)


class Envelope(SQLModel, table=True):
    """The sealed bytes of the letter with the same `place`."""

    __table__: ClassVar[Table] = schema.envelopes

    place: int = Field(sa_column=schema.envelopes.c.place)
    sealed: bytes = Field(sa_column=schema.envelopes.c.sealed, repr=False)


class CarriedBundle(SQLModel, table=True):
    """One bundle that was written or taken in.

    `previous` and `chain` are chain values (64 hex); `chain` is None while an export is unfinished. `week` is the ISO
    week in which it was made or taken in, as year * 100 + week.
    """

    __table__: ClassVar[Table] = schema.bundles

    direction: str = Field(sa_column=schema.bundles.c.direction)
    generation: int = Field(sa_column=schema.bundles.c.generation)
    sequence: int = Field(sa_column=schema.bundles.c.sequence)
    inquiry: str = Field(sa_column=schema.bundles.c.inquiry)
    epoch: int = Field(sa_column=schema.bundles.c.epoch)
    previous: str = Field(sa_column=schema.bundles.c.previous)
    chain: str | None = Field(default=None, sa_column=schema.bundles.c.chain)
    count: int = Field(sa_column=schema.bundles.c.count)
    week: int = Field(sa_column=schema.bundles.c.week)


class Probe(SQLModel, table=True):
    """The one row (id 1) that is rewritten to find out whether a letter could be stored."""

    __table__: ClassVar[Table] = schema.probes

    id: int = Field(sa_column=schema.probes.c.id)
    filling: bytes = Field(sa_column=schema.probes.c.filling, repr=False)
