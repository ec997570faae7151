"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_letters()
    op.create_table(
        "bundles",
        sa.Column("direction", sa.String(24), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("inquiry", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("chain", sa.String(64), nullable=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("week", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    probes = op.create_table(
        "probes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("filling", sa.LargeBinary, nullable=False),
    )
    op.bulk_insert(probes, [{"id": 1, "filling": b""}])


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("locator", sa.LargeBinary(16), nullable=False),
        sa.Column("access_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("once", sa.LargeBinary(32), nullable=True),
        sa.Column("bundle", sa.Integer, nullable=True),
        sa.Column("confirmed", sa.String(16), nullable=True),
        sa.CheckConstraint("confirmed IN ('imported', 'set aside')", name=op.f("ck_letters_confirmed")),
        sqlite_with_rowid=False,
    )
    sealed_here = sa.text("once IS NOT NULL")
    op.create_index(
        "ix_letters_once", "letters", ["once"], unique=True, sqlite_where=sealed_here, postgresql_where=sealed_here
    )
    op.create_table(
        "envelopes",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("The first tables hold the letters and are never removed; restore a backup into a new database.")
