"""The line's tables, in SQLAlchemy Core: workers, what they sign in with, sessions, and the audit. None of them knows a letter.

Times are whole minutes since 1970 where a wait or a session needs them; the audit has an hour at most.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

# The Alembic revision that these tables are at; a test compares it with the newest file in intake/line/migrations/versions.
LINE_REVISION: Final = "0001"
# Not Alembic's own name: the letters' tables have that one.
VERSION_TABLE: Final = "line_version"

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
)

# `first` is SHA-256 of a first password (120 random bits) that was handed over and not used yet, until the minute
# `first_until`. `seed` is the TOTP seed, sealed under line.key; `step` the last time step that signed somebody in.
workers: Final = Table(
    "workers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("password", Text, nullable=True),
    Column("first", LargeBinary(32), nullable=True),
    Column("first_until", BigInteger, nullable=True),
    Column("seed", LargeBinary, nullable=True),
    Column("step", BigInteger, nullable=False),
    CheckConstraint("role IN ('worker', 'supervisor')", name="role"),
    CheckConstraint("state IN ('invited', 'active', 'disabled')", name="state"),
    sqlite_with_rowid=False,
)

passkeys: Final = Table(
    "passkeys",
    metadata,
    Column("id", LargeBinary(1023), primary_key=True),
    Column("worker", String(32), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("name", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Index("ix_passkeys_worker", "worker"),
    sqlite_with_rowid=False,
)

# SHA-256 of a code of 120 random bits; a used one is erased.
recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("worker", String(32), nullable=False),
    Index("ix_recovery_codes_worker", "worker"),
    sqlite_with_rowid=False,
)

# Browsers that a worker has signed in with: strangers' guesses do not make these wait. SHA-256 of the cookie.
devices: Final = Table(
    "devices",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("worker", String(32), nullable=False),
    Column("until", Date, nullable=False),
    Index("ix_devices_worker", "worker"),
    sqlite_with_rowid=False,
)

# `digest` is SHA-256 of the cookie. `stage`: "factor" (the password was right, the second factor is to come), "enrolling",
# or "open". When a worker was last there stands nowhere: see intake.line.presence. `proved` is the minute when both factors were last shown. `pending` is what an enrolment or a passkey waits
# for, sealed under line.key.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("worker", String(32), nullable=False),
    Column("stage", String(12), nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("proved", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("pending", LargeBinary, nullable=True),
    CheckConstraint("stage IN ('factor', 'enrolling', 'open')", name="stage"),
    Index("ix_sessions_worker", "worker"),
    sqlite_with_rowid=False,
)

# Wrong guesses by lane: an account as strangers try it, an account from a browser that it knows, all strangers together.
# `lane` is a keyed hash, so that names which do not exist leave no names here. `until` is in seconds.
lanes: Final = Table(
    "lanes",
    metadata,
    Column("lane", LargeBinary(32), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# How often a worker did something on a day, until the day is over and the chain takes it.
totals: Final = Table(
    "totals",
    metadata,
    Column("day", Date, primary_key=True),
    Column("worker", String(64), primary_key=True),
    Column("what", String(24), primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The chain: `mac` is HMAC-SHA-256 under a key of line.key over everything else in the row and the `mac` before it.
audit: Final = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("moment", String(13), nullable=False),
    Column("worker", String(64), nullable=False),
    Column("what", String(24), nullable=False),
    Column("detail", String(80), nullable=False),
    Column("count", Integer, nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)

# Alembic's own table, to read the revision without importing Alembic.
line_version: Final = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
