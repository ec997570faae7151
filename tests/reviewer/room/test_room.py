"""The room as a reader has it: the command, the station's own browser, and what is left of both afterwards."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reviewer.errors import RoomError
from reviewer.room.browser import browser_at, find_browser, write_launch_file
from reviewer.station import Station
from tests.access.checks import EVERY
from tests.elsewhere import careless
from tests.leaks import leaks
from tests.patience import soon
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process
from tests.reviewer.room.opened import OpenRoom, driven, driven_browser, room
from tests.reviewer.test_calls import take
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor

TEXT = "Invented canary. I told a teacher in the spring."
# Any will do: the one that runs the tests may lie where only root can look.
PYTHON_OF_ALL = shutil.which("python3", path="/usr/bin:/usr/local/bin")
# Who is somebody else on every Linux.
NOBODY = 65_534


@pytest.fixture
def filled(station: Station, panel: Panel, intake: Intake) -> Station:
    take(station, panel, intake, [account(Survivor(panel.card), TEXT)])
    return station


def test_from_the_door_to_the_end_of_a_letter_and_out_again(filled: Station, panel: Panel, tmp_path: Path) -> None:
    with room(filled, panel, tmp_path / "disk") as opened, opened.page() as page:
        found = list[str]()

        def look(name: str, heading: str | re.Pattern[str]) -> None:
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            found.extend(f"{name}: {fault}" for check in EVERY for fault in check(page))

        look("next", "What comes next")
        page.get_by_role("link", name="All letters").click()
        look("list", "Letters")
        page.get_by_role("table").get_by_role("link").click()
        look("thread", re.compile("Thread of letter"))
        # What a thread is made of, before any of it is shown.
        assert TEXT not in page.content()
        page.get_by_role("button", name=re.compile("^Open account")).click()
        look("part", "account")
        expect(page.locator(".heard-room__text")).to_have_text(TEXT)
        while page.get_by_role("link", name="Next part").count():
            page.get_by_role("link", name="Next part").click()
            page.wait_for_load_state()
        look("end", re.compile("."))
        page.get_by_role("button", name="Sign that a reviewer has read it").click()
        look("heard", "Signed and sealed")
        page.get_by_role("button", name="Close the room").click()
        look("closed", "The reading room is closed")
        assert found == []
        said = opened.wait()
    assert "its browser's profile is gone" in said
    assert opened.process.returncode == 0
    assert list(opened.memory.glob("heard-room-*")) == []
    log = reviewer("log", *panel.shares(1, 2), station=filled.root).stdout
    assert "opened" in log
    assert "heard" in log
    assert (
        json.loads(reviewer("status", "--json", station=filled.root).stdout)["notices_waiting"] == 2
    )  # arrival, heard


def test_a_locked_station_has_no_room(filled: Station, panel: Panel, tmp_path: Path) -> None:
    with room(filled, panel, tmp_path / "disk", "--no-browser", unlocks=False) as opened:
        assert "The station is locked: run `reviewer unlock` first" in opened.wait()
        assert opened.process.returncode == 1


def test_locking_the_station_ends_the_room_and_its_browser(filled: Station, panel: Panel, tmp_path: Path) -> None:
    with room(filled, panel, tmp_path / "disk") as opened:
        read_it(opened)
        (browser,) = children(opened.process.pid)
        reviewer_process("lock", station=filled.root, environment={"XDG_RUNTIME_DIR": str(opened.memory)})
        opened.wait()
        assert opened.process.returncode == 0
        soon(lambda: not Path(f"/proc/{browser}").exists())
        assert list(opened.memory.glob("heard-room-*")) == []


def read_it(opened: OpenRoom) -> None:
    with opened.page() as page:
        page.get_by_role("link", name="Go to its thread").click()
        page.get_by_role("button", name=re.compile("^Open account")).click()
        expect(page.locator(".heard-room__text")).to_have_text(TEXT)


def close(opened: OpenRoom) -> None:
    os.kill(opened.process.pid, signal.SIGINT)


def kill(opened: OpenRoom) -> None:
    opened.process.kill()


@pytest.mark.parametrize("end", [close, kill])
def test_what_was_read_is_on_no_disk(
    filled: Station, panel: Panel, tmp_path: Path, end: Callable[[OpenRoom], None]
) -> None:
    disk = tmp_path / "disk"
    with room(filled, panel, disk) as opened:
        read_it(opened)
        browser = children(opened.process.pid)
        assert browser
        assert leaks([disk, filled.root], [TEXT]) == []
        end(opened)
        opened.wait()
        # The browser does not outlive the room, however that ended.
        soon(lambda: not any(Path(f"/proc/{one}").exists() for one in browser))
        assert leaks([disk, filled.root, opened.memory], [TEXT]) == []
        with room(filled, panel, disk, "--no-browser", memory=opened.memory, unlocks=False) as again:
            soon(lambda: [one.name for one in again.folder.iterdir()] == ["launch.html"])


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder on the disk whose path is short: Chromium makes a socket below it."""
    with tempfile.TemporaryDirectory(prefix="room-") as name:
        yield Path(name)


def test_a_browser_that_keeps_its_profile_on_a_disk_is_found(short: Path) -> None:
    """The same browser without what makes the room's its own: a page that may be kept, and a profile that is."""
    program = driven_browser(short, "--incognito")
    with careless() as other:
        launch = write_launch_file(short, "127.0.0.1:9", "x")
        launch.write_text("<!doctype html><title>Anything</title>")
        with browser_at(str(program), short, launch, os.environ), driven(short, launch.as_uri()) as page:
            page.goto(other)
            page.locator("#kept").press_sequentially(TEXT)
            soon(lambda: leaks([short], [TEXT]))


def test_somebody_else_on_this_machine_reaches_nothing(filled: Station, panel: Panel, tmp_path: Path) -> None:
    assert os.geteuid() == 0, "this test becomes another user; run it as root"
    with room(filled, panel, tmp_path / "disk", "--no-browser", "--port=0") as opened:
        soon(lambda: list(opened.folder.glob("launch.html")))
        launch = opened.folder / "launch.html"
        for mode, path in ((0o600, launch), (0o700, opened.folder)):
            assert stat.S_IMODE(path.stat().st_mode) == mode
        for line in Path(f"/proc/{opened.process.pid}/cmdline").read_bytes().split(b"\0"):
            assert key_in(launch).encode() not in line
        door = re.search(r'action="([^"]+)"', launch.read_text())
        assert door
        reach = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=30).status)"
        assert "403" in as_somebody_else([str(PYTHON_OF_ALL), "-c", reach, door[1].replace("/enter", "/")])
        assert "Permission denied" in as_somebody_else(["cat", str(launch)])
        assert "Permission denied" in as_somebody_else(["cat", str(filled.ledger)])
        # As the one whose room it is, both can be read.
        assert key_in(launch)


def key_in(launch: Path) -> str:
    found = re.search(r'value="([^"]+)"', launch.read_text())
    assert found
    return found[1]


def as_somebody_else(command: list[str]) -> str:
    """Run a command as the user nobody, and return all that it said."""
    alone = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    done = subprocess.run(alone, capture_output=True, text=True, check=False, cwd="/")
    return done.stdout + done.stderr


def test_nothing_can_be_downloaded(filled: Station, panel: Panel, tmp_path: Path) -> None:
    """Not by a link that a page of ours would have by mistake."""
    disk = tmp_path / "disk"
    with room(filled, panel, disk) as opened, opened.page() as page:
        page.evaluate(
            """() => { const link = document.createElement("a"); link.download = "kept.txt";
            link.href = "data:text/plain,Invented"; link.textContent = "Keep"; document.querySelector("main").append(link); }"""
        )
        page.get_by_role("link", name="Keep").click()
        page.wait_for_timeout(2_000)
        assert [
            path.name for path in (*disk.rglob("*"), *opened.folder.rglob("*")) if path.name.startswith("kept")
        ] == []


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.parametrize(
    ("environment", "says"), [({}, "There is no screen"), ({"DISPLAY": ":0"}, "install Debian's package `chromium`")]
)
def test_why_no_browser_starts_is_said(environment: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RoomError, match="does not start as root"):
        find_browser(None, environment)
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    monkeypatch.setattr("reviewer.room.browser.NAMES", ("no-such-browser",))
    with pytest.raises(RoomError, match=says):
        find_browser(None, environment)
    with pytest.raises(RoomError, match="is no program here"):
        find_browser(Path("/none"), environment)
