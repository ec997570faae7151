"""Where the agent of a station is found: a folder (0700) with its socket (0600) and the lock that it holds while it lives."""

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reviewer.files import OTHERS
from reviewer.station import Station

_VARIABLE: Final = "XDG_RUNTIME_DIR"
_FOLDER: Final = "heard"
_NAME_DIGITS: Final = 16


@dataclass(frozen=True)
class AgentPlace:
    """The files of one agent."""

    folder: Path

    @property
    def socket(self) -> Path:
        """Where commands find it."""
        return self.folder / "socket"

    @property
    def lock(self) -> Path:
        """Held with flock(2) by the agent that lives."""
        return self.folder / "lock"


def agent_places(station: Station, environment: Mapping[str, str] = os.environ) -> list[AgentPlace]:
    """Return where an agent of `station` may be, where a new one goes first.

    In the person's own folder in memory (XDG Base Directory) if there is one, otherwise in the station.
    """
    own = AgentPlace(station.root / "agent")
    runtime = Path(environment.get(_VARIABLE, ""))
    if not _is_private(runtime):
        return [own]
    name = hashlib.sha256(os.fsencode(os.path.realpath(station.root))).hexdigest()[:_NAME_DIGITS]
    return [AgentPlace(runtime / _FOLDER / name), own]


def _is_private(folder: Path) -> bool:
    """Say whether a folder is this person's alone."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        folder.is_absolute()
        and stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.getuid()
        and not found.st_mode & OTHERS
    )
