"""Alembic's side of the database: the environment and one file for each change of the tables."""
