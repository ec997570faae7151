"""Threads: who may come back, what they added, what was taken back.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_threads()
    _rebuild_letters()
    op.create_table(
        "erasures",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holds",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conditions",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
        sqlite_with_rowid=False,
    )


def _create_threads() -> None:
    op.create_table(
        "threads",
        sa.Column("locator", sa.LargeBinary(16), primary_key=True),
        sa.Column("access_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("current", sa.LargeBinary(16), nullable=False),
        sa.Column("next_sequence", sa.Integer, nullable=False),
        sa.Column("closed_day", sa.Date, nullable=True),
        sa.CheckConstraint("state IN ('open', 'withdrawn', 'replaced')", name=op.f("ck_threads_state")),
        sqlite_with_rowid=False,
    )
    moved = sa.text("current <> locator")
    op.create_index("ix_threads_current", "threads", ["current"], sqlite_where=moved, postgresql_where=moved)
    # The access that a locator was first stored with is the one that counts.
    op.execute(
        "INSERT INTO threads (locator, access_hash, state, current, next_sequence) "
        "SELECT DISTINCT locator, access_hash, 'open', locator, 1 FROM letters AS first WHERE digest = "
        "(SELECT MIN(digest) FROM letters WHERE letters.locator = first.locator)"
    )


def _rebuild_letters() -> None:
    """Copy the small rows into a table with the new columns; the sealed bytes stay where they are."""
    op.drop_index("ix_letters_once", "letters")
    op.rename_table("letters", "former_letters")
    op.create_table(
        "letters",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("locator", sa.LargeBinary(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("once", sa.LargeBinary(32), nullable=True),
        sa.Column("bundle", sa.Integer, nullable=True),
        sa.Column("confirmed", sa.String(16), nullable=True),
        sa.Column("confirmed_day", sa.Date, nullable=True),
        sa.Column("erased", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_letters"),
        sa.CheckConstraint("confirmed IN ('imported', 'set aside', 'destroyed')", name=op.f("ck_letters_confirmed")),
        sqlite_with_rowid=False,
    )
    # When a letter was confirmed was not kept before; from today on, none is erased earlier than promised.
    op.execute(
        "INSERT INTO letters "
        "(digest, place, kind, locator, sequence, day, size, once, bundle, confirmed, confirmed_day, erased) "
        "SELECT digest, place, kind, locator, 0, day, size, once, bundle, confirmed, "
        "CASE WHEN confirmed IS NULL THEN NULL ELSE CURRENT_DATE END, false FROM former_letters"
    )
    op.drop_table("former_letters")
    sealed_here = sa.text("once IS NOT NULL")
    op.create_index(
        "ix_letters_once", "letters", ["once"], unique=True, sqlite_where=sealed_here, postgresql_where=sealed_here
    )
    op.create_index("ix_letters_locator", "letters", ["locator"])


def downgrade() -> None:
    raise RuntimeError("The tables hold the letters and are never taken back; restore a backup into a new database.")
