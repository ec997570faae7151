"""Starting the programs that stand around the intake, with the files of deploy/ as they are but for paths and ports."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
START_SECONDS = 20.0


def program(name: str) -> str:
    """The path of a program that `make test` installs; the test is skipped, and CI fails, when it is not there."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/systemd:/lib/systemd")
    if found is None:
        pytest.skip(f"{name} is not installed; `make test` installs it or says how")
    return found


def adapted(path: str, changes: Mapping[str, str]) -> str:
    """A file of deploy/ with `changes` made; a text that is no longer in the file fails the test."""
    text = (DEPLOY / path).read_text("utf-8")
    for old, new in changes.items():
        assert old in text, f"{path} no longer says {old!r}"
        text = text.replace(old, new)
    return text


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(ready: Callable[[], object], what: str, seconds: float = START_SECONDS) -> None:
    """Wait until `ready` says so, or fail saying what was waited for."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def accepts(address: tuple[str, int] | str) -> bool:
    """Whether something listens on this port of loopback, or at this Unix socket."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(2)
        return client.connect_ex(address) == 0


@contextlib.contextmanager
def running(
    command: Sequence[str],
    ready: Callable[[], object],
    *,
    log: Path | None = None,
    user: int | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = START_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in the foreground until the block ends; `log` gets all that it prints, `seconds` is how long it may take to start."""
    target = log or Path(os.devnull)
    with target.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
        )

    def alive_and_ready() -> object:
        assert process.poll() is None, f"{command[0]} ended: {target.read_text('utf-8', 'replace') if log else ''}"
        return ready()

    try:
        until(alive_and_ready, f"{Path(command[0]).name} to start", seconds)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def files_with(folder: Path, *needles: bytes) -> set[str]:
    """Names of the regular files under `folder` that hold any of `needles`."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    }
