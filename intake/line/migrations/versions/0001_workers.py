"""The first tables of the phone line.

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
    _create_accounts()
    _create_sessions()
    _create_audit()


def _create_accounts() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("password", sa.Text, nullable=True),
        sa.Column("first", sa.LargeBinary(32), nullable=True),
        sa.Column("first_until", sa.BigInteger, nullable=True),
        sa.Column("seed", sa.LargeBinary, nullable=True),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.CheckConstraint("state IN ('invited', 'active', 'disabled')", name=op.f("ck_workers_state")),
        sa.CheckConstraint("role IN ('worker', 'supervisor')", name=op.f("ck_workers_role")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.LargeBinary(1023), primary_key=True),
        sa.Column("worker", sa.String(32), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("uses", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_passkeys_worker", "passkeys", ["worker"])
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("worker", sa.String(32), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recovery_codes_worker", "recovery_codes", ["worker"])
    op.create_table(
        "devices",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("worker", sa.String(32), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_devices_worker", "devices", ["worker"])


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("worker", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("proved", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("pending", sa.LargeBinary, nullable=True),
        sa.CheckConstraint("stage IN ('factor', 'enrolling', 'open')", name=op.f("ck_sessions_stage")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sessions_worker", "sessions", ["worker"])
    op.create_table(
        "lanes",
        sa.Column("lane", sa.LargeBinary(32), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_audit() -> None:
    op.create_table(
        "totals",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("worker", sa.String(64), primary_key=True),
        sa.Column("what", sa.String(24), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("moment", sa.String(13), nullable=False),
        sa.Column("worker", sa.String(64), nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("detail", sa.String(80), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("The audit is never taken back; restore a copy into a new database.")
