"""What one installation has for the phone line: its database and its key."""

from pathlib import Path

from sqlalchemy import make_url

from intake.engine import create_engine, database_url
from intake.errors import SettingsError
from intake.folder import Folder
from intake.line.key import load_line_key, make_line_key
from intake.line.store import LineStore
from intake.migration import LINE, migrate
from intake.settings import Settings


def line_folder(settings: Settings) -> Folder:
    """Return the folder of the line's database and key."""
    return Folder(Path(settings.line_data).absolute() if settings.line_data else settings.data)


def open_line_store(settings: Settings) -> LineStore:
    """Return the store that the settings name. Nothing is connected yet. Raises FolderError without a key."""
    folder = line_folder(settings)
    folder.require()
    key = load_line_key(folder.line_key)
    return LineStore(create_engine(_url(settings, folder), settings.database_seconds), key)


def migrate_line(settings: Settings) -> None:
    """Bring the line's tables to this program's version, and make its key where there is none."""
    folder = line_folder(settings)
    url = _url(settings, folder)
    if url == database_url(settings.database, Folder(settings.data).database):
        raise SettingsError("The setting line_database must name another database than the setting database.")
    if settings.line_data:
        folder.create()
    make_line_key(folder.line_key)
    engine = create_engine(url, settings.database_seconds)
    try:
        migrate(engine, LINE, "line_database")
    finally:
        engine.dispose()


def has_line_database(settings: Settings) -> bool:
    """Say whether there is a database to look at: a URL that was set, or the file."""
    return bool(settings.line_database) or line_folder(settings).line_database.exists()


def shares_a_server(settings: Settings) -> bool:
    """Say whether both databases are on one PostgreSQL, whose counter of transactions puts a letter beside what a worker did."""
    urls = [make_url(url) for url in (settings.database, settings.line_database) if url.startswith("postgresql")]
    places = [(url.host or url.query.get("host", ""), url.port or url.query.get("port", 5_432)) for url in urls]
    return len(places) == 2 and places[0] == places[1]


def _url(settings: Settings, folder: Folder) -> str:
    return database_url(settings.line_database, folder.line_database)
