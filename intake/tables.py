"""The database's rows as SQLModel classes, over the tables of `intake.schema`."""

from datetime import date
from typing import ClassVar

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from intake import schema


class StoredLetter(SQLModel, table=True):
    """The little that the server knows about one sealed letter.

    `digest` is SHA-256 of the sealed bytes (32 bytes), `place` its first 63 bits, `kind` a code of `LETTER_KINDS` or
    `NOTICE_KINDS`, `locator` 16 bytes, `sequence` its place in the thread, `day` the date of arrival, `size` the number
    of sealed bytes. `once` (32 bytes) stands for a form sealed here, so that sending it again stores nothing. `bundle` is
    the sequence of the export that carries the letter (0: of a generation that has ended), `confirmed` what became of
    it at the station, which this side learned on `confirmed_day`. `erased` says that its sealed bytes are gone.
    """

    __table__: ClassVar[Table] = schema.letters

    digest: bytes = Field(sa_column=schema.letters.c.digest)
    place: int = Field(sa_column=schema.letters.c.place)
    kind: int = Field(sa_column=schema.letters.c.kind)
    locator: bytes = Field(sa_column=schema.letters.c.locator, repr=False)
    sequence: int = Field(sa_column=schema.letters.c.sequence)
    day: date = Field(sa_column=schema.letters.c.day)
    size: int = Field(sa_column=schema.letters.c.size)
    once: bytes | None = Field(default=None, sa_column=schema.letters.c.once, repr=False)
    bundle: int | None = Field(default=None, sa_column=schema.letters.c.bundle)
    confirmed: str | None = Field(default=None, sa_column=schema.letters.c.confirmed)
    confirmed_day: date | None = Field(default=None, sa_column=schema.letters.c.confirmed_day)
    erased: bool = Field(sa_column=schema.letters.c.erased)


class KeptThread(SQLModel, table=True):
    """What one set of return words leads to.

    `locator` and `current` have 16 bytes, `access_hash` is SHA-256 of the access (32), `state` "open", "withdrawn" or
    "replaced"; `closed_day` is when it stopped being open.
    """

    __table__: ClassVar[Table] = schema.threads

    locator: bytes = Field(sa_column=schema.threads.c.locator, repr=False)
    access_hash: bytes = Field(sa_column=schema.threads.c.access_hash, repr=False)
    state: str = Field(sa_column=schema.threads.c.state)
    current: bytes = Field(sa_column=schema.threads.c.current, repr=False)
    next_sequence: int = Field(sa_column=schema.threads.c.next_sequence)
    closed_day: date | None = Field(default=None, sa_column=schema.threads.c.closed_day)


class Erasure(SQLModel, table=True):
    """What is left of an erased letter that a bundle carried: SHA-256 (32 bytes) of the record's body."""

    __table__: ClassVar[Table] = schema.erasures

    digest: bytes = Field(sa_column=schema.erasures.c.digest)
    body_hash: bytes = Field(sa_column=schema.erasures.c.body_hash)


class KeptDanger(SQLModel, table=True):
    """A record for the safeguarding lead, and what this side may know of it.

    `digest` is SHA-256 of the sealed bytes (32 bytes), `locator` 16 random bytes, `day` the date on which it came. `sealed` is
    None once it was erased; `body_hash` (32) then stands for it where its bundle is written again. `bundle` is the sequence of
    the bundle for the lead that carries it (0: of a generation that has ended), `confirmed` what became of it at the lead's
    station, `acknowledged_day` when this side learned that the lead has taken it on.
    """

    __table__: ClassVar[Table] = schema.dangers

    digest: bytes = Field(sa_column=schema.dangers.c.digest)
    locator: bytes = Field(sa_column=schema.dangers.c.locator, repr=False)
    day: date = Field(sa_column=schema.dangers.c.day)
    sealed: bytes | None = Field(default=None, sa_column=schema.dangers.c.sealed, repr=False)
    body_hash: bytes | None = Field(default=None, sa_column=schema.dangers.c.body_hash)
    bundle: int | None = Field(default=None, sa_column=schema.dangers.c.bundle)
    confirmed: str | None = Field(default=None, sa_column=schema.dangers.c.confirmed)
    acknowledged_day: date | None = Field(default=None, sa_column=schema.dangers.c.acknowledged_day)


class PublishedHold(SQLModel, table=True):
    """A hold that the station published: its JSON, whose SHA-256 is the key, and its dates."""

    __table__: ClassVar[Table] = schema.holds

    digest: bytes = Field(sa_column=schema.holds.c.digest)
    notice: str = Field(sa_column=schema.holds.c.notice)
    valid_from: date = Field(sa_column=schema.holds.c.valid_from)
    valid_to: date = Field(sa_column=schema.holds.c.valid_to)


class Condition(SQLModel, table=True):
    """One thing that this service knows about itself."""

    __table__: ClassVar[Table] = schema.conditions

    name: str = Field(sa_column=schema.conditions.c.name)
    value: str = Field(sa_column=schema.conditions.c.value)


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
