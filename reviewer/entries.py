"""What the ledger's rows are: letters, threads, notices and bundles. Digests, weeks, public keys and outcomes; never a word of a letter."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

# The `bundle` of a notice that waited when its thread was taken back: it never leaves.
NEVER_SENT: Final = 0
# The `verify_key` of a notice to no thread: a hold, which is public.
EVERYONE: Final = ""


class Status(StrEnum):
    """What became of a letter here."""

    IMPORTED = "imported"
    SET_ASIDE = "set aside"
    # A letter before it has not come, or its account has not: it is kept and not acted on.
    WAITING = "waiting"
    # Taken back: nobody reads it any more, and two people are to destroy it.
    WITHDRAWN = "withdrawn"
    DESTROYED = "destroyed"
    # Confirmed once, as the intake side says, and no longer kept there: only a newer copy of this station has it.
    MISSING = "missing"


class LetterEntry(SQLModel, table=True):
    """One letter. `digest` is SHA-256 (64 hex) of its sealed bytes and its name here.

    `locator` (32 hex) and `week` (ISO year * 100 + week, 0 when unknown) are what the bundle says; `epoch` is whose key
    opened it, None when set aside. `kind` is a code of `LETTER_KINDS` or `RECORD_KINDS`; `verify_key` (64 hex) names the thread that the
    letter says it belongs to, `sequence` its place there, `claim` (JSON) its recipient and what it changes. `reason` says why
    it did not count; it stays when the letter is taken back. `generation`, `bundle` and `place` say where it came from (numbers
    of bundles begin again with each generation); `confirmed` is the sequence of the return bundle that told the intake side.
    `call` (32 hex) and `part` say which part of a call a letter says it is. `acknowledged` says of a record of danger that the
    safeguarding lead has taken it on.
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint(
            "status IN ('imported', 'set aside', 'waiting', 'withdrawn', 'destroyed', 'missing')",
            name="ck_letters_status",
        ),
    )

    digest: str = Field(primary_key=True, max_length=64)
    kind: int = 1
    locator: str = Field(max_length=32, repr=False)
    verify_key: str | None = Field(default=None, max_length=64, index=True, repr=False)
    sequence: int = 0
    claim: str | None = Field(default=None, repr=False)
    call: str | None = Field(default=None, max_length=32, index=True, repr=False)
    part: int | None = None
    week: int
    size: int
    epoch: int | None = None
    generation: int = 1
    bundle: int = Field(index=True)
    place: int
    status: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=64)
    confirmed: int | None = Field(default=None, index=True)
    acknowledged: bool = False


class ThreadEntry(SQLModel, table=True):
    """One person's thread, named by the public key (64 hex) of their words.

    `locator` (32 hex) and `recipient` (`age1pq1…`) are where answers go. `last_sequence` is the last place that is filled
    without a gap (a place that two letters claimed together is never given again), `conflict` the highest place that two letters claimed. `successor` is the thread whose words replaced
    these; `keep` what a withdrawal lets us keep; `told` is the return bundle that told the intake side that its words closed it.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'withdrawn', 'destroyed', 'replaced')", name="ck_threads_state"),
    )

    verify_key: str = Field(primary_key=True, max_length=64)
    locator: str = Field(max_length=32, repr=False)
    recipient: str = Field(max_length=2_048, repr=False)
    state: str = Field(default="open", max_length=12)
    last_sequence: int = 0
    conflict: int | None = None
    successor: str | None = Field(default=None, max_length=64, index=True)
    keep: str | None = Field(default=None, max_length=12)
    told: int | None = None


class NoticeEntry(SQLModel, table=True):
    """One notice to a thread, or a hold, to `EVERYONE`; its bytes are in the vault. `bundle` is the return bundle that carries it.

    `bundle` is None while the notice waits, and `NEVER_SENT` when it will not go out any more.
    """

    __tablename__ = "notices"

    digest: str = Field(primary_key=True, max_length=64)
    kind: int
    locator: str = Field(max_length=32, repr=False)
    verify_key: str = Field(max_length=64, index=True, repr=False)
    sequence: int
    bundle: int | None = None


class BundleEntry(SQLModel, table=True):
    """One bundle, in or out. `chain` and `previous` are chain values (64 hex).

    `finished` is False until all its letters are in, or both its files are on the medium.
    """

    __tablename__ = "bundles"

    direction: str = Field(primary_key=True, max_length=24)
    generation: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int
    name: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    chain: str = Field(max_length=64)
    count: int
    finished: bool


@dataclass(frozen=True)
class Counts:
    """How many letters there are, by outcome, and how many of them the intake side has not been told of."""

    imported: int
    set_aside: int
    unconfirmed: int
    waiting: int = 0
    withdrawn: int = 0
    destroyed: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.imported + self.set_aside + self.waiting + self.withdrawn + self.destroyed + self.missing
