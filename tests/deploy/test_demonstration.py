"""`make run` and `make read` as a person meets them, in a folder of the test's own."""

import os
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.programs import ROOT, files_with, free_port, running

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped. " * 40 + "The last words."
COMMAND = [sys.executable, "-m", "deploy.demonstration"]


def environment(folder: Path, port: int) -> dict[str, str]:
    return {"HEARD_DATA": str(folder), "HEARD_PORT": str(port), "PYTHONPATH": str(ROOT)}


def is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.read() == b"ok\n")
    except OSError:
        return False


@contextmanager
def demonstration(folder: Path, log: Path) -> Iterator[int]:
    port = free_port()
    with running([*COMMAND, "run"], lambda: is_well(port), log=log, environment=environment(folder, port)):
        yield port


def read(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "read"],
        env={**os.environ, **environment(folder, port)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def share(port: int, text: str) -> None:
    data = urllib.parse.urlencode({"account": text}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/share", data=data, timeout=30) as answer:
        assert answer.status in {200, 201}


def test_what_is_submitted_is_printed_whole(tmp_path: Path) -> None:
    folder, log = tmp_path / "a demonstration", tmp_path / "log"
    with demonstration(folder, log) as port:
        said = log.read_text("utf-8")  # before the first answer, so that nobody waits for it
        assert f"http://127.0.0.1:{port}/" in said
        assert "make read" in said
        empty = read(folder, port)
        assert (empty.returncode, empty.stderr) == (0, "")
        assert "Nothing has been submitted yet" in empty.stdout
        share(port, TEXT)
        first = read(folder, port)
        assert first.returncode == 0, first.stderr
        assert TEXT in first.stdout
        share(port, "A second one, read beside the first.")
    with demonstration(folder, log) as port:  # started again: what was there is still there
        second = read(folder, port)
    assert second.returncode == 0, second.stderr
    assert TEXT in second.stdout
    assert "A second one, read beside the first." in second.stdout
    assert len(re.findall(r"Carried intake-0001-00000\d", first.stdout + second.stdout)) == 2
    assert "Carried station-0001-000001" in first.stdout
    assert files_with(tmp_path, b"Nobody wrote it down", b"read beside the first") == set()


def test_a_port_in_use_is_one_sentence_and_writes_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "run"],
            env={**os.environ, **environment(tmp_path / "data", port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} cannot be used" in done.stderr
    assert not (tmp_path / "data").exists()


def test_reading_before_running_is_one_sentence(tmp_path: Path) -> None:
    done = read(tmp_path / "data", 1)
    assert done.returncode == 1
    assert done.stderr == "heard: There is no demonstration yet; start it with `make run` first.\n"
