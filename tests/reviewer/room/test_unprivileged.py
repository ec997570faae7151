"""The room as it is meant to be used: by a user without privileges, in a browser whose sandbox is on."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reviewer.agent.place import agent_places
from reviewer.station import Station
from tests import chromium
from tests.access.checks import EVERY
from tests.leaks import leaks
from tests.patience import SECONDS
from tests.reviewer.agents import DESPITE
from tests.reviewer.panel import Intake, Panel, new_station
from tests.reviewer.room.opened import OpenRoom
from tests.reviewer.room.people import REVIEWER, SOMEBODY_ELSE, Person, as_user, person
from tests.reviewer.test_calls import take
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor

TEXT = "Invented canary. The bell rang late on Tuesdays."
# Of seccomp: a filter is in force.
FILTERED = "2"


@pytest.fixture
def reader(panel: Panel, intake: Intake) -> Iterator[Person]:
    """A reviewer with a login of their own, whose station holds one account; two custodians' shares are at hand."""
    with person(REVIEWER) as one:
        take(new_station(one.home / "station", panel, intake), panel, intake, [account(Survivor(panel.card), TEXT)])
        shutil.copytree(panel.folder, one.home / "shares")
        one.give(one.home)
        yield one


@contextmanager
def room_of(reader: Person, *flags: str) -> Iterator[OpenRoom]:
    """Unlock and open the room as `reviewer`; the browser is Debian's with its sandbox, and has a test's port instead of a window."""
    program = reader.home / "browser"
    started = " ".join([chromium.executable(), *chromium.FLAGS, "--headless=new", "--remote-debugging-port=0", *flags])
    program.write_text(f'#!/bin/sh\nexec {started} "$@"\n')
    program.chmod(0o755)
    reader.give(program)
    reader.run("unlock", *DESPITE, *Panel(reader.home / "shares").shares(1, 2))
    process = subprocess.Popen(
        reader.reviewer("room", f"--browser={program}"),
        env=reader.environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield OpenRoom(process, reader.memory, reader.home)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)
        reader.run("lock")
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def test_a_letter_is_read_and_answered_by_a_user_without_privileges(reader: Person) -> None:
    with room_of(reader) as opened, opened.page() as page:
        page.get_by_role("link", name="Go to its thread").click()
        page.get_by_role("button", name=re.compile("^Open account")).click()
        expect(page.locator(".heard-room__text")).to_have_text(TEXT)
        assert [fault for check in EVERY for fault in check(page)] == []
        assert unfiltered(reader) == []
        assert kept_out(reader, opened)
        while page.get_by_role("link", name="Next part").count():
            page.get_by_role("link", name="Next part").click()
            page.wait_for_load_state()
        page.get_by_role("button", name="Sign that a reviewer has read it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Signed and sealed")
        page.get_by_role("button", name="Close the room").click()
        assert "its browser's profile is gone" in opened.wait()
    assert '"notices_waiting": 2' in reader.run("status", "--json")  # arrival, heard
    assert leaks([reader.home, reader.memory], [TEXT]) == []


def test_a_browser_without_its_sandbox_and_folders_that_are_open_are_found(reader: Person) -> None:
    with room_of(reader, "--no-sandbox") as opened, opened.page():
        assert unfiltered(reader) != []
        opened.folder.chmod(0o755)
        reader.memory.chmod(0o755)
        assert not kept_out(reader, opened)


def unfiltered(reader: Person) -> list[str]:
    """Say which processes of that person show pages without a sandbox: in root's sight of them, not the browser's own."""
    found, pages = list[str](), 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = (process / "cmdline").read_bytes()
            if process.stat().st_uid != reader.user or b"--type=renderer" not in words:
                continue
            pages += 1
            status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
            is_apart = (process / "ns/user").readlink() != Path("/proc/self/ns/user").readlink()
            if status["Seccomp"].strip() != FILTERED or not is_apart:
                found.append(process.name)
    assert pages, "no process that shows pages was found"
    return found


def kept_out(reader: Person, opened: OpenRoom) -> bool:
    """Say whether another user without privileges reaches nothing: launch file, profile, station, agent, and the page itself."""
    (agent, *_more) = agent_places(Station(reader.home / "station"))
    socket = next(reader.memory.rglob(agent.socket.name))
    for path in (opened.folder / "profile", reader.home / "station" / "ledger.sqlite", socket):
        assert path.exists()
        done = subprocess.run(as_user(SOMEBODY_ELSE, ["stat", str(path)]), capture_output=True, text=True, check=False)
        if "Permission denied" not in done.stderr:
            return False
    return True
