"""How the two engines are opened. Everything that makes "stored" mean "still there after a power cut" is here."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, exc, make_url
from sqlalchemy import create_engine as create_any_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from intake.errors import SettingsError

# Execution option: the transaction takes SQLite's write lock when it begins, so that it cannot fail to get it later.
WRITES: Final = "heard_writes"
# Where a PostgreSQL connection keeps the notices it was sent since it was last asked.
NOTICES: Final = "heard_notices"
_WARNINGS: Final = frozenset({"WARNING", "ERROR", "FATAL", "PANIC"})
# Pages of 16 KiB, and the log copied into the file every 16 MiB: the least work for each letter of 64 KiB (measured in
# decision 0005).
_PAGE_BYTES: Final = 16_384
_LOG_PAGES: Final = 1_024
_DURABLE_SETTINGS: Final = {
    "sqlite": (
        ("PRAGMA synchronous", "2", "SQLite does not wait for the disk (synchronous is not FULL)."),
        ("PRAGMA journal_mode", "wal", "SQLite does not keep a write-ahead log (journal_mode is not WAL)."),
        ("PRAGMA secure_delete", "1", "SQLite does not overwrite what is erased (secure_delete is not ON)."),
    ),
    "postgresql": (
        ("SHOW fsync", "on", "PostgreSQL does not wait for the disk: set fsync = on."),
        ("SHOW full_page_writes", "on", "PostgreSQL may tear pages in a power cut: set full_page_writes = on."),
        ("SHOW synchronous_commit", "on", "PostgreSQL acknowledges before the disk: set synchronous_commit = on."),
    ),
}


def database_url(configured: str, default: Path) -> str:
    """Return the URL to open: `configured`, with psycopg for PostgreSQL, or the SQLite file `default`."""
    if not configured:
        return f"sqlite:///{default}"
    if configured.startswith("postgresql:"):
        return configured.replace("postgresql:", "postgresql+psycopg:", 1)
    return configured


def create_engine(url: str, wait_seconds: int) -> Engine:
    """Return an engine for `url`. Nothing is connected yet; a lock or a server is waited for `wait_seconds`.

    Raises SettingsError for a URL that is none.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(url, wait_seconds)
        return _postgresql_engine(url, wait_seconds)
    except (exc.ArgumentError, ValueError):
        raise SettingsError("The setting database is not a database URL; see docs/settings.md.") from None


def _sqlite_engine(url: str, wait_seconds: int) -> Engine:
    engine = create_any_engine(url, hide_parameters=True, connect_args={"timeout": wait_seconds})
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what a connection needs. `docs/gaps.md` says what SQLite keeps in recycled pages all the same."""
    connection.isolation_level = None  # BEGIN is ours, in _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        f"page_size={_PAGE_BYTES}",
        "journal_mode=WAL",
        f"wal_autocheckpoint={_LOG_PAGES}",
        "synchronous=FULL",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql_engine(url: str, wait_seconds: int) -> Engine:
    engine = create_any_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": wait_seconds,
            # A server that vanished without a word is noticed in this time, also in the middle of a commit.
            "tcp_user_timeout": wait_seconds * 1_000,
            "options": f"-c lock_timeout={wait_seconds}s -c synchronous_commit=on",
            "application_name": "heard",
        },
    )
    event.listen(engine, "connect", _open_postgresql)
    return engine


def _open_postgresql(connection: Any, entry: ConnectionPoolEntry) -> None:
    """Keep a note of every warning: a commit that did not reach its standby "succeeds" with nothing but a warning."""
    notices: list[str] = []
    entry.info[NOTICES] = notices

    def note(diagnostic: Any) -> None:
        if diagnostic.severity_nonlocalized in _WARNINGS:
            notices.append(diagnostic.sqlstate or "")

    connection.add_notice_handler(note)


def durability_faults(connection: Connection) -> list[str]:
    """Return one sentence for each setting of the engine that would let acknowledged letters be lost."""
    wanted = _DURABLE_SETTINGS[connection.dialect.name]
    return [sentence for query, good, sentence in wanted if str(connection.exec_driver_sql(query).scalar()) != good]
