"""One installation in a folder, used by its own command as an operator would."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from crypto.card import PanelCard, encode_card
from crypto.panel import PanelRoot
from intake import cli
from intake.clock import today
from intake.installation import open_store
from intake.settings import Settings
from intake.store import Store
from tests.crypto import samples

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "intake.cli")
START_SECONDS = 30.0


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Installed:
    """`data` is the data folder; `settings` are added to the environment."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    url: str = ""
    server: "subprocess.Popen[str] | None" = None
    errors: Path = Path(os.devnull)

    @property
    def environment(self) -> dict[str, str]:
        return {"HEARD_DATA": str(self.data), "PYTHONPATH": str(ROOT), **self.settings}

    def run(self, *arguments: str, check: bool = True) -> Said:
        """Run one command in this process."""
        out, err = io.StringIO(), io.StringIO()
        old = os.umask(0o022)
        try:
            with (
                mock.patch.dict(os.environ, self.environment),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                status = cli.main(arguments)
        finally:
            os.umask(old)
        said = Said(status, out.getvalue(), err.getvalue())
        assert not check or status == 0, said
        return said

    def command(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run one command as a process of its own."""
        return subprocess.run(
            [*COMMAND, *arguments],
            env={**os.environ, **self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def install(self, card: PanelCard, *, check: bool = True) -> Said:
        """Carry a card here and install it."""
        medium = self.data.parent / "medium"
        medium.mkdir(exist_ok=True)
        (medium / "panel.card").write_bytes(encode_card(card))
        return self.run("card", str(medium / "panel.card"), check=check)

    @contextlib.contextmanager
    def start(
        self,
        command: Sequence[str] = (*COMMAND, "serve", "--port", "0"),
        *,
        before: Callable[[], None] | None = None,
        well: bool = True,
    ) -> Iterator[httpx.Client]:
        """Serve on a free port; yield a client once a letter can be stored; end the server if it still runs.

        `before` runs in the server's process first. Unless `well`, yield as soon as it says where it is.
        """
        self.errors = self.data.parent / "stderr.log"
        with self.errors.open("a") as errors:
            self.server = subprocess.Popen(
                command,
                env={**os.environ, **self.environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                preexec_fn=before,  # noqa: PLW1509 - sets a limit of the process, before it has threads
            )
        try:
            with httpx.Client(base_url=self._wait_for_address(), timeout=30) as client:
                if well:
                    self._wait_until_well(client)
                yield client
        finally:
            self.stop()

    def _wait_for_address(self) -> str:
        assert self.server is not None
        assert self.server.stdout is not None
        line = next((line for line in self.server.stdout if "http://" in line), "")
        assert line, self.errors.read_text()
        self.url = re.search(r"http://[\w.:]+", line).group()  # type: ignore[union-attr]  # the line was chosen by it
        return self.url

    def _wait_until_well(self, client: httpx.Client) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_well(client):
            assert time.monotonic() < deadline, self.errors.read_text()
            time.sleep(0.01)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int | None:
        """End the server and return its exit status."""
        if self.server is None:
            return None
        self.server.send_signal(with_signal)
        status = self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.server = None
        return status


def is_well(client: httpx.Client) -> bool:
    """Say whether the service answers that it can store a letter."""
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def expiring_card(days: int, root: PanelRoot = samples.ROOT) -> PanelCard:
    """Return a card that takes accounts for so many more days; negative: it expired."""
    first = date(2026, 1, 1)
    return root.issue_card(
        inquiry="heard-demonstration",
        epoch=1,
        valid_from=first,
        valid_to=today() + timedelta(days=days),
        threshold=2,
        custodians=3,
    )


def store_of(installed: Installed) -> Store:
    """Return the store of an installation; whoever asks closes it."""
    return open_store(Settings.read(installed.environment))
