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
    op.create_table(
        "letters",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("locator", sa.String(32), nullable=False),
        sa.Column("week", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=True),
        sa.Column("bundle", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("confirmed", sa.Integer, nullable=True),
        sa.CheckConstraint("status IN ('imported', 'set aside')", name=op.f("ck_letters_status")),
    )
    op.create_index("ix_letters_bundle", "letters", ["bundle"])
    op.create_index("ix_letters_confirmed", "letters", ["confirmed"])
    op.create_table(
        "bundles",
        sa.Column("direction", sa.String(24), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError(
        "The first tables say which letters there are and are never removed; restore the station's copy."
    )
