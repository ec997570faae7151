"""Alembic revisions of the line's tables, run by `intake migrate`."""
