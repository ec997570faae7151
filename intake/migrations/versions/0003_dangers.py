"""Records of danger for the safeguarding lead, in a table and a chain of bundles of their own.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dangers",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("locator", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("bundle", sa.Integer, nullable=True),
        sa.Column("confirmed", sa.String(16), nullable=True),
        sa.Column("acknowledged_day", sa.Date, nullable=True),
        sa.CheckConstraint(
            "confirmed IN ('imported', 'set aside', 'destroyed', 'acknowledged')", name=op.f("ck_dangers_confirmed")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("The tables hold the letters and are never taken back; restore a backup into a new database.")
