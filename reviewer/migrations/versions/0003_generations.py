"""Generations: numbers of bundles begin again after one side was restored. Which closings the intake side was told of.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = "direction, generation, sequence, epoch, name, previous, chain, count, finished"


def upgrade() -> None:
    op.rename_table("bundles", "former_bundles")
    op.create_table(
        "bundles",
        sa.Column("direction", sa.String(24), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
    )
    op.execute(f"INSERT INTO bundles ({_COLUMNS}) SELECT {_COLUMNS} FROM former_bundles")  # noqa: S608 - fixed names
    op.drop_table("former_bundles")
    op.add_column("letters", sa.Column("generation", sa.Integer, nullable=False, server_default="1"))
    op.add_column("threads", sa.Column("told", sa.Integer, nullable=True))


def downgrade() -> None:
    raise RuntimeError("The tables say which letters there are and are never taken back; restore the station's copy.")
