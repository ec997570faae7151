"""Whom the agent keeps out: another user of the machine, and whoever asks the system for its memory."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.agent.client import Agent
from reviewer.agent.place import agent_places
from reviewer.station import Station
from tests.reviewer.agents import agent_pid, locked_at_the_end, start
from tests.reviewer.panel import Intake, Panel, new_station

CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
NOBODY = 65_534
# Says what became of it: refused by the folder, hung up on, or answered.
ASKS = r"""
import os, socket, struct, sys
user = int(sys.argv[2])
if user:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(60)
try:
    connection.connect(sys.argv[1])
    connection.sendall(struct.pack(">I", 16) + b'{"say":"state?"}')
    print("answered" if connection.recv(100) else "hung up on")
except PermissionError:
    print("kept out")
except (BrokenPipeError, ConnectionResetError):
    print("hung up on")
"""
# A program that takes the same keys and does nothing to keep them to itself.
CARELESS = """
import sys, time
held = sys.stdin.buffer.read()
keys = bytes.fromhex(held.decode())
print("ready", flush=True)
time.sleep(600)
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user of this machine")
dumps_to_a_file = pytest.mark.skipif(
    CORE_PATTERN.read_text().startswith(("|", "/")) or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0,
    reason="this system forbids core dumps or hands them to another program",
)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user can reach, unlike those of other tests."""
    folder = Path(tempfile.mkdtemp(prefix="heard-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def asks(path: Path, user: int) -> str:
    """What a user gets who asks at the socket."""
    done = subprocess.run([sys.executable, "-c", ASKS, str(path), str(user)], check=True, capture_output=True, cwd="/")
    return done.stdout.decode().strip()


@needs_root
@pytest.mark.may_skip("only root can act as another user")
def test_another_user_reaches_neither_socket_nor_files(panel: Panel, intake: Intake, open_place: Path) -> None:
    station = new_station(open_place / "station", panel, intake)
    with locked_at_the_end(station), start(station, panel.root.root):
        place = agent_places(station)[0]
        assert asks(place.socket, os.geteuid()) == "answered"
        assert asks(place.socket, NOBODY) == "kept out"
        reading = ["/usr/bin/find", str(station.root), "-type", "f"]
        assert subprocess.run(reading, check=False, user=NOBODY, extra_groups=[], capture_output=True).stdout == b""
        assert subprocess.run(reading, capture_output=True, check=True).stdout.count(b"\n") >= 3
        # Somebody opened all folders and the socket: the agent itself still looks at who is there.
        for path in (station.root, place.folder, place.socket):
            path.chmod(0o777)
        assert asks(place.socket, NOBODY) == "hung up on"
        assert asks(place.socket, os.geteuid()) == "answered"


def dumped(pid: int, folder: Path, secret: bytes) -> bool:
    """Ask the system for a core dump of a process; say whether the secret is in what it wrote."""
    os.kill(pid, signal.SIGABRT)
    for _ in range(600):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX":
                time.sleep(0.1)
                continue
        break
    return any(secret in path.read_bytes() for path in folder.glob("core*"))


@dumps_to_a_file
@pytest.mark.may_skip("some systems forbid core dumps or hand them to another program")
def test_a_core_dump_that_is_asked_for_holds_no_key(station: Station, panel: Panel, tmp_path: Path) -> None:
    root = panel.root.root
    folder = tmp_path / "dumps"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        with locked_at_the_end(station), start(station, root, folder=folder):
            assert not dumped(agent_pid(station), folder, root)
            assert Agent.find(station) is None
        assert list(folder.iterdir()) == []
        with subprocess.Popen(
            [sys.executable, "-c", CARELESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        ) as careless:
            assert careless.stdin is not None
            assert careless.stdout is not None
            careless.stdin.write(root.hex().encode())
            careless.stdin.close()
            assert careless.stdout.readline() == b"ready\n"
            assert dumped(careless.pid, folder, root)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
        shutil.rmtree(folder)
