"""Threads, and what the station says to them.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATUSES = "status IN ('imported', 'set aside', 'waiting', 'withdrawn', 'destroyed')"
_COLUMNS = "digest, locator, week, size, epoch, bundle, place, status, reason, confirmed"


def upgrade() -> None:
    _rebuild_letters()
    op.create_table(
        "threads",
        sa.Column("verify_key", sa.String(64), primary_key=True),
        sa.Column("locator", sa.String(32), nullable=False),
        sa.Column("recipient", sa.String(2_048), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("last_sequence", sa.Integer, nullable=False),
        sa.Column("conflict", sa.Integer, nullable=True),
        sa.Column("successor", sa.String(64), nullable=True),
        sa.Column("keep", sa.String(12), nullable=True),
        sa.CheckConstraint("state IN ('open', 'withdrawn', 'destroyed', 'replaced')", name=op.f("ck_threads_state")),
    )
    op.create_index("ix_threads_successor", "threads", ["successor"])
    op.create_table(
        "notices",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("locator", sa.String(32), nullable=False),
        sa.Column("verify_key", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("bundle", sa.Integer, nullable=True),
    )
    op.create_index("ix_notices_verify_key", "notices", ["verify_key"])


def _rebuild_letters() -> None:
    op.drop_index("ix_letters_bundle", "letters")
    op.drop_index("ix_letters_confirmed", "letters")
    op.rename_table("letters", "former_letters")
    op.create_table(
        "letters",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("locator", sa.String(32), nullable=False),
        sa.Column("verify_key", sa.String(64), nullable=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("claim", sa.Text, nullable=True),
        sa.Column("week", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=True),
        sa.Column("bundle", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("confirmed", sa.Integer, nullable=True),
        sa.CheckConstraint(_STATUSES, name=op.f("ck_letters_status")),
    )
    op.execute(f"INSERT INTO letters (kind, sequence, {_COLUMNS}) SELECT 1, 0, {_COLUMNS} FROM former_letters")  # noqa: S608 - fixed names
    op.drop_table("former_letters")
    op.create_index("ix_letters_bundle", "letters", ["bundle"])
    op.create_index("ix_letters_confirmed", "letters", ["confirmed"])
    op.create_index("ix_letters_verify_key", "letters", ["verify_key"])


def downgrade() -> None:
    raise RuntimeError("The tables say which letters there are and are never taken back; restore the station's copy.")
