"""What the case store's rows are. Everything here lies in one encrypted file, and only there.

Reprs show no text and no key: a row may end in an error's words.
"""

from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Apart from the ledger's tables, which lie in a file of their own.
CASES: registry = registry()


class Kept(SQLModel, registry=CASES):
    """What the case store keeps."""


class CaseRow(Kept, table=True):
    """One letter that counts. `digest` is SHA-256 (64 hex) of its sealed bytes, the same as in the ledger.

    `person` names the whole thread: the first words' public key, a call, or the letter itself. `week` is ISO year * 100 +
    week, 0 when unknown. `topics` (JSON) are the topics that it answers, `words` counts what was typed. `frame` is its JSON without
    answers and consents; those are in `parts`. `hint` says that a phrase of the list was found. `taken` is the reader who
    has it before them, `seen` whether somebody read it to the end.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_week", "week", "digest"),
        Index("ix_cases_unseen", "seen", "week", "digest"),
    )

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    person: str = Field(max_length=64, index=True, repr=False)
    kind: str = Field(max_length=16)
    week: int
    epoch: int
    channel: str = Field(max_length=16)
    language: str = Field(max_length=16)
    questions: str = Field(max_length=64)
    sequence: int
    call: str | None = Field(default=None, max_length=32, repr=False)
    part: int | None = None
    topics: str = Field(repr=False)
    words: int
    hint: bool = False
    taken: str | None = Field(default=None, max_length=64)
    seen: bool = False
    frame: str = Field(repr=False)


class PartRow(Kept, table=True):
    """One answer or consent of a letter, in its `place`: what was asked, as it was shown, and what was typed or chosen (JSON)."""

    __tablename__ = "parts"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    place: int
    consent: bool
    name: str = Field(max_length=64)
    topic: str = Field(max_length=64)
    question: str = Field(repr=False)
    text: str | None = Field(default=None, repr=False)
    chosen: str = Field(repr=False)


class AsideRow(Kept, table=True):
    """One letter that was set aside, apart from those that count: that it is there, and why. Its text stays sealed."""

    __tablename__ = "aside"

    digest: str = Field(primary_key=True, max_length=64)
    week: int
    reason: str = Field(max_length=64)


class Mark(StrEnum):
    """What people noted about a person's thread."""

    RISK = "risk"
    # Two different people open it, never one.
    TWO = "two people"
    RELEASED = "released"
    REFERRED = "referred"


class MarkRow(Kept, table=True):
    """One mark on a person's thread."""

    __tablename__ = "marks"

    person: str = Field(primary_key=True, max_length=64, repr=False)
    mark: str = Field(primary_key=True, max_length=16)


class RecusalRow(Kept, table=True):
    """A thread that a reader does not get: for good when they may know the person, else handed over without a reason."""

    __tablename__ = "recusals"

    reader: str = Field(primary_key=True, max_length=64)
    person: str = Field(primary_key=True, max_length=64, repr=False)
    may_know: bool


class ReaderRow(Kept, table=True):
    """One reader. `roles` and `avoided` (topics) are JSON lists; `verifier` (64 hex) is Argon2id of the passphrase and `salt` (32 hex)."""

    __tablename__ = "readers"

    name: str = Field(primary_key=True, max_length=64)
    roles: str
    avoided: str = Field(default="[]", repr=False)
    salt: str = Field(max_length=32, repr=False)
    verifier: str = Field(max_length=64, repr=False)
    stretching: str = Field(max_length=32)
    active: bool = True


class AllowanceRow(Kept, table=True):
    """That somebody else let a reader read more full accounts on one day (ISO date)."""

    __tablename__ = "allowances"

    reader: str = Field(primary_key=True, max_length=64)
    day: str = Field(primary_key=True, max_length=10)
    more: int
    granted_by: str = Field(max_length=64)


class LogRow(Kept, table=True):
    """One entry of the log: on which day who did what, to what. `chain` (64 hex) covers it and all before it."""

    __tablename__ = "log"

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: str = Field(max_length=10)
    who: str
    act: str = Field(max_length=32)
    subject: str
    chain: str = Field(max_length=64)


class BackupRow(Kept, table=True):
    """One backup that was made: `digest` is SHA-256 (64 hex) of its file; `gone` when people destroyed its copies."""

    __tablename__ = "backups"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: str = Field(max_length=10)
    name: str
    digest: str = Field(max_length=64)
    gone: bool = False


class RuleRow(Kept, table=True):
    """One rule of this station that its custodians chose, or a number that it counts on, by name."""

    __tablename__ = "rules"

    name: str = Field(primary_key=True, max_length=32)
    value: str = Field(max_length=32)


class ReplyRow(Kept, table=True):
    """One reply that waits for a second reader. `digest` is the letter that it answers, `by` who wrote the words as they stand, on `day`.

    `sealed` is the digest of the answer that the words became when somebody signed them, "" before.
    """

    __tablename__ = "replies"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(max_length=64)
    day: str = Field(max_length=10)
    by: str = Field(max_length=64)
    language: str = Field(max_length=32)
    text: str = Field(repr=False)
    sealed: str = Field(default="", max_length=64)


class ReferralRow(Kept, table=True):
    """One safeguarding referral. `digest` is the letter that it was decided from, `by` both people, `day` and `due` ISO dates.

    `text` is what was passed on, `basis` (JSON) the letters and parts it rests on: a list of [digest, part], part 0 for the whole letter.
    Both are None, and so is `note`, once the account was taken back. `follows` is what must follow by `due`.
    """

    __tablename__ = "referrals"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(max_length=64)
    day: str = Field(max_length=10)
    by: str = Field(max_length=160)
    recipient: str = Field(repr=False)
    authority: str = Field(repr=False)
    follows: str = Field(repr=False)
    due: str = Field(max_length=10)
    text: str | None = Field(default=None, repr=False)
    basis: str | None = Field(default=None, repr=False)
    done_day: str | None = Field(default=None, max_length=10)
    done_by: str | None = Field(default=None, max_length=160)
    note: str | None = Field(default=None, repr=False)
