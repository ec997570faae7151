"""A whole Heard in one folder, by its own commands: a panel of three, an intake that serves on loopback, and a station."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.intake.installed import Installed

PASSPHRASE = "four invented words together"
CUSTODIANS = (1, 2, 3)


@dataclass
class House:
    """`folder` holds everything that either side writes; `settings` are added to the intake's environment."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @cached_property
    def intake(self) -> Installed:
        return Installed(self.folder / "intake", self.settings)

    @property
    def station(self) -> Path:
        return self.folder / "station"

    @property
    def medium(self) -> Path:
        return self.folder / "medium"

    @property
    def custody(self) -> Path:
        return self.folder / "custody"

    def reviewer(self, *arguments: str) -> str:
        """Run one `reviewer` command at the station, as a process of its own, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", *arguments],
            env={**os.environ, "HEARD_STATION": str(self.station)},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"reviewer {arguments[0]}: {done.stderr or done.stdout}"
        return done.stdout

    def shares(self, *numbers: int) -> list[str]:
        """Return the arguments that unlock with those custodians' shares."""
        files = [part for number in numbers for part in ("--share", str(self.custody / f"share-{number}-of-3.json"))]
        return files + ["--passphrase-file", str(self.folder / "passphrase")] * len(numbers)

    def found(self) -> None:
        """Hold the ceremony, make the intake's key, and let each side trust the other."""
        for folder in (self.folder, self.medium):
            folder.mkdir(exist_ok=True)
        passphrase = self.folder / "passphrase"
        passphrase.touch(0o600)
        passphrase.write_text(PASSPHRASE + "\n")
        ceremony = ("ceremony", "--threshold", "2", "--custodians", "3", "--inquiry", "heard-demonstration")
        files = ("--passphrase-file", str(passphrase)) * len(CUSTODIANS)
        self.reviewer(*ceremony, "--to", str(self.custody), *files)
        made = self.intake.run("init", "--json").json
        self.intake.run("card", str(self.custody / "panel.card"))
        self.reviewer("trust", str(self.intake.data / "intake.pub"), "--words", " ".join(made["words"]))

    def carry(self) -> Path:
        """Export what is new and import it at the station with two shares; return the bundle."""
        self.intake.run("export", "--to", str(self.medium))
        bundle = max(self.medium.glob("intake-*.heard"))
        self.reviewer("import", str(bundle), *self.shares(1, 3))
        return bundle

    def read(self) -> list[dict[str, Any]]:
        """Return every letter at the station as it was sealed."""
        lines = self.reviewer("read", "--all", "--json", *self.shares(2, 3)).splitlines()
        return [json.loads(line) for line in lines]

    def confirm(self) -> Path:
        """Carry the station's confirmations back to the intake; return the bundle."""
        self.reviewer("export", "--to", str(self.medium), *self.shares(1, 2))
        bundle = max(self.medium.glob("station-*.heard"))
        self.intake.run("import", str(bundle))
        return bundle


@contextlib.contextmanager
def founded(folder: Path, **settings: str) -> Iterator[House]:
    """Found a house in `folder`, serve it, and stop it at the end."""
    house = House(folder, settings)
    house.found()
    with house.intake.start():
        yield house
