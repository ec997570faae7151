"""A reading room that is open, as a process of its own with the station's browser."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from reviewer.station import Station
from tests import chromium
from tests.patience import SECONDS, soon
from tests.reviewer.agents import DESPITE
from tests.reviewer.panel import Panel, reviewer_process


@dataclass
class OpenRoom:
    """`memory` is where its browser's profile is, `disk` everything else that it could write to."""

    process: subprocess.Popen[str]
    memory: Path
    disk: Path

    @property
    def folder(self) -> Path:
        (found,) = self.memory.glob("heard-room-*")
        return found

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Drive the window that the room opened, once it is in."""
        soon(lambda: self.folder)
        with driven(self.folder, "/enter") as page:
            page.get_by_role("link", name="Go to the letters").click()
            page.get_by_role("heading", name="What comes next").wait_for()
            yield page

    def wait(self) -> str:
        """Wait for the end, and return what the terminal said."""
        return self.process.communicate(timeout=SECONDS)[1]


@contextmanager
def driven(folder: Path, end: str) -> Iterator[Page]:
    """Drive the browser whose profile is in `folder`, from when it shows an address with that end: tests alone start it so."""
    port = folder / "profile" / "DevToolsActivePort"
    soon(lambda: port.exists() and port.read_text().count("\n"))
    debugging = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
    soon(lambda: [one for one in httpx.get(f"{debugging}/json/list").json() if one["url"].endswith(end)])
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(debugging, timeout=chromium.PATIENCE)
        (page,) = (page for context in browser.contexts for page in context.pages if page.url.endswith(end))
        page.set_default_timeout(chromium.PATIENCE)
        yield page


def driven_browser(folder: Path, *left_out: str) -> Path:
    """Write a program that starts Debian's Chromium without a window, driven by a test, and without the flags `left_out`."""
    flags = " ".join([*chromium.flags(), "--headless=new", "--remote-debugging-port=0"])
    case = f'{"|".join(left_out) or "-"}) ;; *) set -- "$@" "$one" ;;'
    path = folder / "driven-browser"
    path.write_text(
        f'#!/bin/sh\nfor one; do shift; case "$one" in {case} esac; done\nexec {chromium.executable()} {flags} "$@"\n'
    )
    path.chmod(0o755)
    return path


@contextmanager
def room(
    station: Station, panel: Panel, disk: Path, *more: str, memory: Path | None = None, unlocks: bool = True
) -> Iterator[OpenRoom]:
    """Open a room: its memory in a folder of its own, HOME and all else on `disk`."""
    is_own = memory is None
    memory = memory or Path(tempfile.mkdtemp(prefix="room-test-", dir="/dev/shm"))
    disk.mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HEARD_STATION": str(station.root), "XDG_RUNTIME_DIR": str(memory)}
    own |= {"HOME": str(disk), "TMPDIR": str(disk)}
    options = more or (f"--browser={driven_browser(disk)}",)
    if unlocks:
        reviewer_process("unlock", *DESPITE, *panel.shares(1, 2), station=station.root, environment=own)
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "room", *options],
        env=own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield OpenRoom(process, memory, disk)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)
        if unlocks:
            reviewer_process("lock", station=station.root, environment=own)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
        if is_own:  # another room's agent may still be found there
            shutil.rmtree(memory, ignore_errors=True)
