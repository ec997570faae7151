"""`make run` and `make read` as a person meets them, in a folder of the test's own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from crypto.card import parse_card
from intake.installation import open_store
from intake.settings import Settings
from tests.deploy.programs import ROOT, files_with, free_port, running, until
from tests.leads import CANARY, DAY, danger, sealed_danger
from tests.line.caller import Caller, sealed_call
from tests.reviewer.room.opened import driven, driven_browser

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped. " * 40 + "The last words."
LINE_TEXT = "Somebody rang and spoke of a school that listened late."
# Two ceremonies, whose stretching of passphrases is meant to take long, on a machine that may be busy.
SECONDS_TO_SET_UP = 90.0
COMMAND = [sys.executable, "-m", "deploy.demonstration"]


def environment(folder: Path, port: int, line_port: int = 0) -> dict[str, str]:
    ports = {"HEARD_PORT": str(port), "HEARD_LINE_PORT": str(line_port or "")}
    return {"HEARD_DATA": str(folder), "PYTHONPATH": str(ROOT), **ports}


def is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.read() == b"ok\n")
    except OSError:
        return False


@dataclass(frozen=True)
class Running:
    """A demonstration: the ports of its two sites, and the process that keeps both."""

    port: int
    line_port: int
    process: "subprocess.Popen[bytes]"

    def service(self, *words: str) -> psutil.Process:
        """The process of one service, by words of its command."""
        found = [
            child for child in psutil.Process(self.process.pid).children(True) if set(words) <= set(child.cmdline())
        ]
        return found[0]


@contextmanager
def both(folder: Path, log: Path) -> Iterator[Running]:
    port, line_port = free_port(), free_port()
    variables = environment(folder, port, line_port)

    def are_well() -> bool:
        return is_well(port) and is_well(line_port)

    with running([*COMMAND, "run"], are_well, log=log, environment=variables, seconds=SECONDS_TO_SET_UP) as process:
        yield Running(port, line_port, process)


@contextmanager
def demonstration(folder: Path, log: Path) -> Iterator[int]:
    with both(folder, log) as found:
        yield found.port


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first `make run` leaves, which takes its time: others begin with a copy, as somebody does on the second day."""
    folder = tmp_path_factory.mktemp("first run")
    with demonstration(folder / "a demonstration", folder / "log"):
        pass
    return folder / "a demonstration"


@pytest.fixture
def begun(first_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first_run, tmp_path / "a demonstration")


def read(folder: Path, port: int, what: str = "read") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, what],
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


def test_the_station_opens_with_what_was_submitted(begun: Path, tmp_path: Path) -> None:
    with demonstration(begun, tmp_path / "log") as port:
        share(port, TEXT)
        memory = Path(tempfile.mkdtemp(prefix="room-test-", dir="/dev/shm"))
        own = {"HEARD_BROWSER": str(driven_browser(tmp_path)), "XDG_RUNTIME_DIR": str(memory)}
        process = subprocess.Popen([*COMMAND, "station"], env={**os.environ, **environment(begun, port), **own})
        try:
            until(lambda: list(memory.glob("heard-room-*")), "the room", SECONDS_TO_SET_UP)
            with driven(next(memory.glob("heard-room-*")), "/enter") as page:
                page.get_by_role("link", name="Go to the letters").click()
                page.get_by_role("link", name="Go to its thread").click()
                page.get_by_role("button", name=re.compile("^Open account")).click()
                expect(page.locator(".heard-room__text")).to_contain_text("Nobody wrote it down.")
                page.get_by_role("button", name="Close the room").click()
            assert process.wait(SECONDS_TO_SET_UP) == 0
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(memory)
    assert files_with(tmp_path, b"Nobody wrote it down") == set()


def test_a_record_of_danger_is_printed_apart_and_acknowledged(begun: Path, tmp_path: Path) -> None:
    with demonstration(begun, tmp_path / "log") as port:
        card = parse_card((begun / "lead" / "custody" / "lead.card").read_bytes(), "lead")
        store = open_store(Settings.read({"HEARD_DATA": str(begun / "intake")}))
        store.add([sealed_danger(danger(card), card)])
        first, second = read(begun, port), read(begun, port)
        survey = store.danger_survey(DAY, 2)
        store.close()
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout.index("For the safeguarding lead") < first.stdout.index(CANARY)
    assert "Carried for-lead-0001-000001" in first.stdout
    assert "Carried lead-0001-000001" in first.stdout
    assert "acknowledged" in second.stdout
    assert (survey.arrived, survey.acknowledged) == (1, 1)
    assert files_with(tmp_path, CANARY.encode()) == set()


def test_a_call_is_entered_at_the_practice_line_and_read(begun: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with both(begun, log) as found:
        said = log.read_text("utf-8")
        assert f"http://localhost:{found.line_port}/" in said
        assert "make line-code" in said
        password = re.search(r"jo\.b, password: (.+)", said)
        assert password is not None
        code = re.search(r"jo\.b: (\d{6})", read(begun, found.port, "code").stdout)
        assert code is not None
        with closing(Caller(f"http://localhost:{found.line_port}", "127.0.0.1", found.line_port)) as worker:
            worker.sign_in("jo.b", password[1], code[1])
            assert "Practice line" in worker.get("/").text
            assert "Practice line" in worker.get("/call").text
            card = parse_card((begun / "intake" / "panel-card.card").read_bytes())
            assert worker.post_sealed(sealed_call(LINE_TEXT, card)).status_code == 201
        done = read(begun, found.port)
    assert done.returncode == 0, done.stderr
    assert LINE_TEXT in done.stdout
    assert "phone" in done.stdout
    assert files_with(tmp_path, LINE_TEXT.encode()) == set()


def test_either_site_goes_on_when_the_other_is_killed(begun: Path, tmp_path: Path) -> None:
    for victim, survivor in (("line", "port"), ("--port", "line_port")):
        log = tmp_path / f"{survivor}.log"
        with both(begun, log) as found:
            if victim == "line":
                found.service("line", "serve").kill()
            else:
                found.service("serve", str(found.port)).kill()
            until(lambda: "goes on" in log.read_text("utf-8"), "the word of the end of one")  # noqa: B023 - called at once
            assert is_well(getattr(found, survivor))
            assert not is_well(found.line_port if survivor == "port" else found.port)
        assert found.process.returncode == 1


def test_ctrl_c_ends_both(begun: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with both(begun, log) as found:
        services = psutil.Process(found.process.pid).children(True)
        assert len(services) == 2
        found.process.send_signal(signal.SIGINT)
        assert found.process.wait(30) == 0
        assert not any(one.is_running() for one in services)
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.parametrize("which", ["HEARD_PORT", "HEARD_LINE_PORT"])
def test_a_port_in_use_is_one_sentence_and_writes_nothing(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "run"],
            env={**os.environ, **environment(tmp_path / "data", free_port(), free_port()), which: str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} cannot be used" in done.stderr
    assert f"make run {which}=" in done.stderr
    assert not (tmp_path / "data").exists()


def test_both_on_one_port_is_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    variables = {**os.environ, **environment(tmp_path / "data", port, port)}
    done = subprocess.run([*COMMAND, "run"], env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "two different ports" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("what", ["read", "code"])
def test_reading_before_running_is_one_sentence(tmp_path: Path, what: str) -> None:
    done = read(tmp_path / "data", 1, what)
    assert done.returncode == 1
    assert done.stderr == "heard: There is no demonstration yet; start it with `make run` first.\n"
