"""What is typed here is nowhere afterwards: not in the data folder, logs, bundle or backup, nor in the process's memory.

Every search also runs where the same words were planted, and must find them.
"""

import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.intake.installed import Installed
from tests.intake.sites import Site, words_on
from tests.leaks import leaks

# Serves without starting itself anew: freed memory keeps what was in it.
FORGETFUL_NOT = (
    sys.executable,
    "-c",
    "import sys; from intake.commands.dispatch import dispatch; sys.exit(dispatch(['serve', '--port', '0']))",
)


def text() -> str:
    """Return an invented account that exists nowhere else."""
    return f"I told a teacher called {secrets.token_hex(12)}. Being asked would have helped."


def places(installed: Installed, tmp_path: Path) -> list[Path]:
    """Return everything that was written: the data folder, the log, a bundle and a backup."""
    (tmp_path / "out").mkdir(exist_ok=True)
    installed.run("export", "--to", str(tmp_path / "out"), "--empty")
    installed.run("backup", "--to", str(tmp_path / "out" / "heard.backup"))
    return [installed.data, installed.errors, tmp_path / "out"]


def test_nothing_typed_is_written_anywhere(installed: Installed, tmp_path: Path) -> None:
    typed, seed = text(), secrets.token_hex(32)
    with installed.start() as http:
        site = Site(installed, http)
        page = site.share(account=typed, words="yes", read_back="yes", seed=seed)
        assert page.status_code == 200
        words = words_on(page.text)
        for _ in range(2):
            site.share(account=typed, told=typed, seed=seed)  # comes back as a problem
            http.post("/share", content=f"account={typed}&x=%ff".encode(), headers={"content-type": "text/plain"})
            http.get(f"/{typed}")
            http.post("/share", content=b"account=%ff" + typed.encode())
        searched = [installed.data, installed.errors]
        kept_by_the_survivor = [typed, typed[10:40], seed, " ".join(words.words), words.digits]
        assert leaks(searched, kept_by_the_survivor) == []
    assert leaks(places(installed, tmp_path), kept_by_the_survivor) == []


def test_the_search_finds_what_is_planted(installed: Installed, tmp_path: Path) -> None:
    typed = text()
    (installed.data / "planted").write_text(f"a line before\n{typed}\n")
    assert [path.name for path, _ in leaks(places(installed, tmp_path), [typed])] == ["planted"]


def test_no_client_address_and_no_time_is_kept(installed: Installed, tmp_path: Path) -> None:
    with installed.start() as http:
        headers = {"x-forwarded-for": "203.0.113.77", "forwarded": "for=203.0.113.77", "user-agent": "planted-agent"}
        http.post("/share", data={"account": "Being asked would have helped."}, headers=headers)
        http.post("/letters", content=b"x", headers=headers)
    hour = re.compile(rb"\b\d{1,2}:\d{2}(:\d{2})?\b")
    assert leaks(places(installed, tmp_path), ["203.0.113.77", "planted-agent", "127.0.0.1"]) == []
    assert installed.errors.read_text() == ""
    assert not hour.search((installed.data / "letters.sqlite").read_bytes()[:16_384])


def copies_in_memory(pid: int, *wanted: bytes) -> list[int]:
    """Count each of `wanted` in the memory of a process that root may read."""
    found = [0] * len(wanted)
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            place, rights, *rest = line.split()
            if rights[0] == "r" and not rest[-1].startswith("[v"):
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                content = memory.read(end - start)
                found = [count + content.count(one) for count, one in zip(found, wanted, strict=True)]
    return found


def copies_after_sharing(installed: Installed, command: tuple[str, ...] | None) -> int:
    """Share 20 accounts and count what is left of them in the server a moment later."""
    marker = secrets.token_hex(12)
    with installed.start(command) if command else installed.start() as http:
        site = Site(installed, http)
        for number in range(20):
            typed = f"I told a teacher called {marker}. " + "Being asked would have helped. " * (1 + 40 * number)
            assert site.share(account=typed, words="yes" if number % 2 else "no").status_code == 200
        assert installed.server is not None
        time.sleep(0.2)
        return sum(copies_in_memory(installed.server.pid, marker.encode()))


@pytest.mark.may_skip("only root may read another process's memory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read another process's memory")
def test_nothing_typed_stays_in_memory_after_the_answer(installed: Installed) -> None:
    assert copies_after_sharing(installed, None) == 0


@pytest.mark.may_skip("only root may read another process's memory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read another process's memory")
def test_the_same_search_finds_text_in_a_server_that_was_not_started_anew(installed: Installed) -> None:
    assert copies_after_sharing(installed, FORGETFUL_NOT) > 0


@pytest.mark.may_skip("only root may read another process's memory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read another process's memory")
def test_nothing_typed_stays_in_memory_after_a_form_that_comes_back(installed: Installed) -> None:
    marker = secrets.token_hex(12)
    with installed.start() as http:
        for number in range(20):
            typed = f"I told a teacher called {marker}. " + "Being asked would have helped. " * (1 + 40 * number)
            answer = http.post("/share", data={"account": typed, "consent-research": "perhaps"})
            assert (answer.status_code, marker in answer.text) == (400, True)
        assert installed.server is not None
        time.sleep(0.2)
        assert copies_in_memory(installed.server.pid, marker.encode()) == [0]


def test_serves_with_the_memory_settings_and_without_dumps(installed: Installed) -> None:
    with installed.start():
        assert installed.server is not None
        process = psutil.Process(installed.server.pid)
        environment = process.environ()
        assert environment["PYTHONMALLOC"] == "malloc"
        assert "glibc.malloc.perturb=165" in environment["GLIBC_TUNABLES"].split(":")
        assert environment["TMPDIR"] == "/dev/null/no-temporary-files"
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        files = {Path(file.path) for file in process.open_files()}
        assert files
        assert {file.parent for file in files} <= {installed.data, installed.errors.parent}


def test_starting_imports_nothing_that_serving_does_not_need(installed: Installed) -> None:
    """These take longer to import than everything else together, and only other commands need them."""
    said = subprocess.run(
        [sys.executable, "-c", "import sys; from intake.commands import serve; print(*sys.modules)"],
        env={**os.environ, **installed.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(said.stdout.split())
    assert "intake.app" in loaded
    unneeded = {"sqlmodel", "sqlalchemy.orm", "alembic", "psycopg", "reviewer", "crypto.opening", "crypto.panel"}
    assert not loaded & unneeded
