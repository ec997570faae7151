"""Alembic's revisions of the station's ledger."""
