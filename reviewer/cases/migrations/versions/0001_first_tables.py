"""The first tables of the case store, and the index of what was typed.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# An index over `parts` that holds no second copy of the text; what is deleted leaves its pages at once.
_INDEX = (
    "CREATE VIRTUAL TABLE words USING fts5(text, content='parts', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO words(words, rank) VALUES ('secure-delete', 1)",
)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("week", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("questions", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("call", sa.String(32), nullable=True),
        sa.Column("part", sa.Integer, nullable=True),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("hint", sa.Boolean, nullable=False),
        sa.Column("taken", sa.String(64), nullable=True),
        sa.Column("seen", sa.Boolean, nullable=False),
        sa.Column("frame", sa.Text, nullable=False),
    )
    op.create_index("ix_cases_person", "cases", ["person"])
    # What `next` and the list look for. The frame is left out of every index.
    op.create_index("ix_cases_week", "cases", ["week", "digest"])
    op.create_index("ix_cases_unseen", "cases", ["seen", "week", "digest"])
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("consent", sa.Boolean, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("chosen", sa.Text, nullable=False),
    )
    op.create_index("ix_parts_case_id", "parts", ["case_id"])
    _people()
    for statement in _INDEX:
        op.execute(statement)


def _people() -> None:
    op.create_table(
        "aside",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("week", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("mark", sa.String(16), primary_key=True),
    )
    op.create_table(
        "recusals",
        sa.Column("reader", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("may_know", sa.Boolean, nullable=False),
    )
    op.create_table(
        "readers",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("avoided", sa.Text, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("verifier", sa.String(64), nullable=False),
        sa.Column("stretching", sa.String(32), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "allowances",
        sa.Column("reader", sa.String(64), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("more", sa.Integer, nullable=False),
        sa.Column("granted_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "log",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
    )
    op.create_table(
        "backups",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )
