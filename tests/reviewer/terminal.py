"""A real terminal (a pseudo-terminal of the kernel) with the command at the other end."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

SECONDS = 60.0


class Terminal:
    """One run of `reviewer` at a terminal; `shown` is all that it has printed."""

    def __init__(self, *arguments: str, station: Path) -> None:
        self.shown = ""
        self._seen = 0
        self._near, far = pty.openpty()
        self._process = subprocess.Popen(
            # setsid makes the terminal the controlling one, where getpass asks. Whoever runs the tests in the background hands
            # down that Control-C is ignored.
            ["env", "--default-signal=INT", "setsid", "--ctty", "--wait", sys.executable, "-m", "reviewer", *arguments],
            env={"PATH": os.environ["PATH"], "HEARD_STATION": str(station), "LANG": "C", "TERM": "dumb"},
            stdin=far,
            stdout=far,
            stderr=far,
        )
        os.close(far)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._near)

    def wait_for(self, text: str) -> None:
        """Read until `text` has come since what was waited for before."""
        deadline = time.monotonic() + SECONDS
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < deadline, f"{text!r} did not come in time: {self.shown}"
            assert self._read(), f"{text!r} never came: {self.shown}"
        self._seen = self.shown.index(text, self._seen) + len(text)

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._near, line.encode() + b"\n")

    def finish(self) -> int:
        """Read to the end and return the exit code."""
        while self._read():
            pass
        return self._process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._near], [], [], SECONDS)
        try:
            block = os.read(self._near, 65_536) if ready else b""
        except OSError:  # how Linux says that the other end is closed
            block = b""
        self.shown += block.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(block)
