"""Which part of which call a letter is, where a call broke off.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("call", sa.String(32), nullable=True))
    op.add_column("letters", sa.Column("part", sa.Integer, nullable=True))
    op.create_index("ix_letters_call", "letters", ["call"])


def downgrade() -> None:
    raise RuntimeError("The tables say which letters there are and are never taken back; restore the station's copy.")
