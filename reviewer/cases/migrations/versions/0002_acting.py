"""What people decide, prepare and pass on: rules of the station, replies that wait for a second reader, safeguarding referrals.

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
    op.create_table(
        "rules",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(32), nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sealed", sa.String(64), nullable=False),
    )
    op.create_table(
        "referrals",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("follows", sa.Text, nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("basis", sa.Text, nullable=True),
        sa.Column("done_day", sa.String(10), nullable=True),
        sa.Column("done_by", sa.String(160), nullable=True),
        sa.Column("note", sa.Text, nullable=True),
    )
