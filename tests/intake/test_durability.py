"""What was acknowledged is still there after kill -9, a full disk, or a database that went away.

A test that finds nothing lost proves something only beside a server that does lose: each has its losing control.
"""

import hashlib
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.intake.conftest import submission
from tests.intake.installed import COMMAND, Installed, store_of
from tests.intake.sites import BYTES

SENDERS = 6
# Acknowledges a letter when it has heard of it, and stores it half a second later.
HASTY = """
import sys, threading, time
from intake import writer
real = writer.Writer.commit
def commit(self, letters):
    def later():
        time.sleep(0.5)
        real(self, letters)
    threading.Thread(target=later, daemon=True).start()
    return [True] * len(letters)
writer.Writer.commit = commit
from intake.commands.dispatch import dispatch
sys.exit(dispatch(["serve", "--port", "0"]))
"""


class Senders:
    """Several people who send letters until the server is gone, and remember what was acknowledged."""

    def __init__(self, url: str, bodies: list[bytes]) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[int] = []
        self._url = url
        self._bodies = iter(bodies)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def __enter__(self) -> "Senders":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self._threads:
            thread.join(60)

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 30
        while len(self.acknowledged) < count:
            assert time.monotonic() < deadline, "too few letters were acknowledged"
            time.sleep(0.005)

    def _send(self) -> None:
        with httpx.Client(base_url=self._url, timeout=60) as http:
            while True:
                with self._lock:
                    body = next(self._bodies, None)
                if body is None:
                    return
                try:
                    answer = http.post("/letters", content=body, headers=BYTES)
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["digest"])
                else:
                    self.refused.append(answer.status_code)


def held(installed: Installed) -> set[str]:
    store = store_of(installed)
    digests = {row["digest"].hex() for table, row in store.dump() if table == "letters"}
    envelopes = {hashlib.sha256(row["sealed"]).hexdigest() for table, row in store.dump() if table == "envelopes"}
    store.close()
    assert digests == envelopes
    return digests


def varied(count: int) -> list[bytes]:
    """Return that many different submissions: the last bytes of one are its payload's, which nobody here can check."""
    body = submission()
    return [body[:-8] + number.to_bytes(8, "big") for number in range(count)]


def lost_to_a_kill(installed: Installed, command: tuple[str, ...], rounds: int) -> set[str]:
    """Kill the server under load, several times, and return the acknowledged letters that are gone."""
    bodies = varied(rounds * 400)
    acknowledged: set[str] = set()
    for number in range(rounds):
        with installed.start(command), Senders(installed.url, bodies[number * 400 : (number + 1) * 400]) as senders:
            senders.wait_for(25 + 11 * number)
            installed.stop(signal.SIGKILL)
        acknowledged.update(senders.acknowledged)
    assert len(acknowledged) >= rounds * 25
    return acknowledged - held(installed)


SERVE = (*COMMAND, "serve", "--port", "0")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_kill_loses_nothing_that_was_acknowledged(
    installed: Installed, request: pytest.FixtureRequest, engine: str
) -> None:
    if engine == "postgresql":
        installed.settings["HEARD_DATABASE"] = request.getfixturevalue("postgresql")
        installed.run("migrate")
    assert lost_to_a_kill(installed, SERVE, rounds=2) == set()


def test_the_same_search_finds_what_a_hasty_server_loses(installed: Installed) -> None:
    assert lost_to_a_kill(installed, (sys.executable, "-c", HASTY), rounds=1) != set()


def test_asked_to_end_it_stores_what_it_has_taken(installed: Installed) -> None:
    with installed.start(), Senders(installed.url, varied(400)) as senders:
        senders.wait_for(20)
        assert installed.stop() == 0
    assert set(senders.acknowledged) <= held(installed)
    assert not (installed.data / "letters.sqlite-wal").exists()


def test_a_full_disk_refuses_letters_and_takes_them_again_when_there_is_room(installed: Installed) -> None:
    """The disk is full for this process alone: no file may grow beyond a limit, which is then lifted."""
    limit = 2_000_000

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    installed.settings["HEARD_RESERVE_MEBIBYTES"] = "0"
    bodies = varied(80)
    with installed.start(before=fill) as http:
        with Senders(installed.url, bodies[:40]) as senders:
            pass
        assert senders.acknowledged
        assert set(senders.refused) == {503}
        # Letters were refused as groups: one alone may still find room, but not for long.
        alone = (http.post("/letters", content=body, headers=BYTES) for body in bodies[40:])
        answer = next(answer for answer in alone if answer.status_code != 201)
        assert answer.status_code == 503
        assert answer.json()["error"] in {"disk", "database"}
        health = http.get("/healthz")
        assert (health.status_code, health.text) == (503, "disk\n")
        page = http.post("/share", data={"account": "Being asked would have helped."})
        assert page.status_code == 503
        assert "Being asked would have helped." in page.text
        assert installed.server is not None
        resource.prlimit(installed.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert http.get("/healthz").status_code == 200
        with Senders(installed.url, bodies) as later:
            pass
        assert later.refused == []
    assert set(senders.acknowledged) <= set(later.acknowledged) == held(installed)
    assert len(held(installed)) == 80


@contextmanager
def closed(url: str) -> Iterator[Callable[[bool], None]]:
    """Yield a function that closes (False) or opens (True) a PostgreSQL database, ending every connection to it."""
    from psycopg import connect, sql

    name = url.partition("?")[0].rpartition("/")[2]
    with connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as admin:

        def allow(connections: bool) -> None:
            change = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            admin.execute(change.format(sql.Identifier(name), sql.Literal(connections)))
            if not connections:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

        yield allow
        allow(True)


def test_serves_pages_without_its_database_and_takes_letters_when_it_is_back(
    installed: Installed, postgresql: str
) -> None:
    """PostgreSQL refuses connections for a while: letters are refused, nothing is acknowledged, then all goes on."""
    installed.settings |= {"HEARD_DATABASE": postgresql, "HEARD_DATABASE_SECONDS": "2"}
    installed.run("migrate")
    first, second = varied(2)
    with installed.start() as http, closed(postgresql) as allow:
        assert http.post("/letters", content=first, headers=BYTES).status_code == 201
        allow(False)
        answer = http.post("/letters", content=second, headers=BYTES)
        assert (answer.status_code, answer.json()["error"]) == (503, "database")
        assert http.get("/share").status_code == 200
        allow(True)
        assert http.post("/letters", content=second, headers=BYTES).status_code == 201
    assert len(held(installed)) == 2
    assert postgresql not in installed.errors.read_text()


def test_starts_before_its_database_and_says_what_is_missing_in_one_word(installed: Installed, postgresql: str) -> None:
    installed.settings |= {"HEARD_DATABASE": postgresql, "HEARD_DATABASE_SECONDS": "2"}

    def health(http: httpx.Client) -> tuple[int, str]:
        answer = http.get("/healthz")
        return answer.status_code, answer.text

    with closed(postgresql) as allow:
        allow(False)
        with installed.start(well=False) as http:
            assert health(http) == (503, "database\n")
            allow(True)
            assert health(http) == (503, "migrate\n")
            assert http.post("/letters", content=submission(), headers=BYTES).json()["error"] == "migrate"
            installed.run("migrate")
            assert health(http) == (200, "ok\n")
            assert http.post("/letters", content=submission(), headers=BYTES).status_code == 201
    assert "WARNING The database or the log of closings cannot be reached" in installed.errors.read_text()
