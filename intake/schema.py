"""The database's tables, in SQLAlchemy Core. `intake.tables` lays SQLModel classes over these same tables.

They are apart because importing SQLModel (with pydantic and the ORM) takes longer than everything else that a start
needs; serving needs only this module. docs/decisions/0005-store-and-group-commit.md.

A letter's key is the SHA-256 of its sealed bytes, so rows stand in random order: nothing says which came before which.
"""

from typing import Final

from sqlalchemy import (
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
)

# The Alembic revision that these tables are at; a test compares it with the newest file in intake/migrations/versions.
SCHEMA_REVISION: Final = "0001"

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
)

# `sealed` comes last: SQLite then reads the other columns without following the letter's own pages.
letters: Final = Table(
    "letters",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("locator", LargeBinary(16), nullable=False),
    Column("access_hash", LargeBinary(32), nullable=False),
    Column("day", Date, nullable=False),
    Column("size", Integer, nullable=False),
    Column("once", LargeBinary(32), nullable=True),
    Column("bundle", Integer, nullable=True),
    Column("confirmed", String(16), nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("confirmed IN ('imported', 'set aside')", name="confirmed"),
    Index("ix_letters_once", "once", unique=True),
    Index("ix_letters_bundle", "bundle"),
    sqlite_with_rowid=False,
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

# One row that is written to find out whether a letter could be.
probes: Final = Table(
    "probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("filling", LargeBinary, nullable=False),
)

# Alembic's own table, to read the revision without importing Alembic. It is not in `metadata`: Alembic makes it.
alembic_version: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
