"""Letters that the intake side forgot after they were confirmed, and that an older copy of the station lacks.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATUSES = "status IN ('imported', 'set aside', 'waiting', 'withdrawn', 'destroyed', 'missing')"


def upgrade() -> None:
    with op.batch_alter_table("letters", recreate="always") as letters:
        letters.drop_constraint(op.f("ck_letters_status"), type_="check")
        letters.create_check_constraint(op.f("ck_letters_status"), sa.text(_STATUSES))


def downgrade() -> None:
    raise RuntimeError("The tables say which letters there are and are never taken back; restore the station's copy.")
