"""Where the demonstration keeps things, and how it calls the two programs: by their commands, as an operator would."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent


class DemonstrationError(Exception):
    """Something stands in the way; the message is one or two sentences with the next step."""


@dataclass(frozen=True)
class Place:
    """The demonstration's folder; everything is below it."""

    root: Path

    @property
    def intake(self) -> Path:
        """The online side's data folder."""
        return self.root / "intake"

    @property
    def station(self) -> Path:
        """The offline side's folder. In earnest it is on a machine that is never online."""
        return self.root / "station"

    @property
    def custody(self) -> Path:
        """The panel's one share and its public card. In earnest each share is with a custodian of its own."""
        return self.root / "custody"

    @property
    def lead(self) -> "Place":
        """The safeguarding lead's own folder, with a station, a share and a card apart from the panel's."""
        return Place(self.root / "lead")

    @property
    def card(self) -> Path:
        """The public card that the ceremony wrote."""
        return next(self.custody.glob("*.card"), self.custody / "none")

    @property
    def passphrase(self) -> Path:
        """The share's passphrase, which in earnest nobody writes down beside it."""
        return self.root / "passphrase"

    @property
    def workers(self) -> Path:
        """What the phone line's invented workers sign in with."""
        return self.root / "line-workers.json"

    @property
    def medium(self) -> Path:
        """Bundles on their way. In earnest this is a USB stick."""
        return self.root / "medium"

    @property
    def carried(self) -> Path:
        """Bundles that arrived."""
        return self.medium / "carried"

    def environment(self) -> dict[str, str]:
        """Return the environment for both programs: no setting of the person's own gets in."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("HEARD_")}
        return own | {"PYTHONUNBUFFERED": "1"}

    def call_intake(self, *arguments: str) -> Any:
        """Run `intake` and return its answer. Raises DemonstrationError with what it said."""
        return _answer("intake", arguments, self.environment() | {"HEARD_DATA": str(self.intake)})

    def call_reviewer(self, *arguments: str) -> Any:
        """Run `reviewer` and return its answer. Raises DemonstrationError with what it said."""
        return _answer("reviewer", arguments, self.environment() | {"HEARD_STATION": str(self.station)})

    def show_letters(self) -> None:
        """Print every letter (at the lead's: every record) at the station, whole. Raises DemonstrationError."""
        command = [str(PROGRAMS / "reviewer"), "read", "--all", *self.unlock()]
        environment = self.environment() | {"HEARD_STATION": str(self.station)}
        if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:
            raise DemonstrationError("The letters could not be read; the lines above say why.")

    def unlock(self) -> list[str]:
        """Return the arguments that open what is sealed to the panel, without a question."""
        (share,) = self.custody.glob("share-*")
        return ["--share", str(share), "--passphrase-file", str(self.passphrase)]


def _answer(name: str, arguments: tuple[str, ...], environment: dict[str, str]) -> Any:
    command = [str(PROGRAMS / name), *arguments, "--json"]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"{name} {arguments[0]} failed without a word"]
        raise DemonstrationError(said[-1])
    return json.loads(done.stdout)
