"""The database's tables, in SQLAlchemy Core. `intake.tables` lays SQLModel classes over these same tables.

They are apart because importing SQLModel (with pydantic and the ORM) takes longer than everything else that a start
needs; serving needs only this module. docs/decisions/0005-store-and-group-commit.md.

A letter's key is the SHA-256 of its sealed bytes, so rows stand in random order: nothing says which came before which.
The sealed bytes stand apart, since SQLite rewrites a whole row, however large, when a small column of it changes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

# The Alembic revision that these tables are at; a test compares it with the newest file in intake/migrations/versions.
SCHEMA_REVISION: Final = "0003"

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
)

letters: Final = Table(
    "letters",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("locator", LargeBinary(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("size", Integer, nullable=False),
    Column("once", LargeBinary(32), nullable=True),
    Column("bundle", Integer, nullable=True),
    Column("confirmed", String(16), nullable=True),
    Column("confirmed_day", Date, nullable=True),
    Column("erased", Boolean, nullable=False),
    CheckConstraint("confirmed IN ('imported', 'set aside', 'destroyed')", name="confirmed"),
    Index("ix_letters_locator", "locator"),
    sqlite_with_rowid=False,
)
_sealed_here = letters.c.once.is_not(None)
# Partial: a letter that a browser sealed costs this index nothing.
Index("ix_letters_once", letters.c.once, unique=True, sqlite_where=_sealed_here, postgresql_where=_sealed_here)

# One thread a set of return words (or of random bytes that look like it). `current` is the thread that holds its letters
# now: itself, or the one whose words replaced it. A withdrawn thread stays as a tombstone, so that a retry is
# acknowledged, never stored, and its receipt can be fetched.
threads: Final = Table(
    "threads",
    metadata,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("access_hash", LargeBinary(32), nullable=False),
    Column("state", String(12), nullable=False),
    Column("current", LargeBinary(16), nullable=False),
    Column("next_sequence", Integer, nullable=False),
    Column("closed_day", Date, nullable=True),
    CheckConstraint("state IN ('open', 'withdrawn', 'replaced')", name="state"),
    sqlite_with_rowid=False,
)
_moved: Final = threads.c.current != threads.c.locator
# Partial: a thread whose words were never replaced costs this index nothing.
Index("ix_threads_current", threads.c.current, sqlite_where=_moved, postgresql_where=_moved)

# `place` is the first 63 bits of the letter's digest, and on SQLite the row's own number: as random as the digest, and
# much cheaper than a large row under a key of 32 bytes (decision 0005).
envelopes: Final = Table(
    "envelopes",
    metadata,
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# `chain` is NULL from the moment letters were given to a bundle until the bundle was written whole.
bundles: Final = Table(
    "bundles",
    metadata,
    Column("direction", String(24), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("inquiry", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("chain", String(64), nullable=True),
    Column("count", Integer, nullable=False),
    Column("week", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What is left of a letter that a bundle carried before it was erased: SHA-256 of the record that it was, so that the
# bundle can be written again without it and its chain still goes on.
erasures: Final = Table(
    "erasures",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("body_hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

# Records of danger, for the safeguarding lead: in no table of letters, and in no bundle for the panel. Few and short-lived, so
# that their sealed bytes may stand in the row itself; `body_hash` is what is left of them in a bundle when they were erased.
dangers: Final = Table(
    "dangers",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("locator", LargeBinary(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=True),
    Column("body_hash", LargeBinary(32), nullable=True),
    Column("bundle", Integer, nullable=True),
    Column("confirmed", String(16), nullable=True),
    Column("acknowledged_day", Date, nullable=True),
    CheckConstraint("confirmed IN ('imported', 'set aside', 'destroyed', 'acknowledged')", name="confirmed"),
    sqlite_with_rowid=False,
)

# Public notices of the station: while one is in force nothing is destroyed there, and pages say so.
holds: Final = Table(
    "holds",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("notice", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    sqlite_with_rowid=False,
)

# What this service knows about itself, by name: see `intake.store.conditions`.
conditions: Final = Table(
    "conditions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(200), nullable=False),
    sqlite_with_rowid=False,
)

# One row that is written to find out whether a letter could be.
probes: Final = Table(
    "probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("filling", LargeBinary, nullable=False),
)

# Alembic's own table, to read the revision without importing Alembic. It is not in `metadata`: Alembic makes it.
alembic_version: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
