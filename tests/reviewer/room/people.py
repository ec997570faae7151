"""Users of this machine other than root, as whom a test runs the commands: they have a home, and nothing else is theirs."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.intake.installed import ROOT

# Ids that stand in no table of users: neither needs a name.
REVIEWER: Final = 61_001
SOMEBODY_ELSE: Final = 61_002
# Compiled packages fit one version.
_PYTHON: Final = f"python3.{sys.version_info.minor}"


@dataclass(frozen=True)
class Person:
    """Somebody with an id of their own. `home` is on the disk, `memory` in memory; both are theirs alone."""

    user: int
    home: Path
    memory: Path

    @property
    def python(self) -> Path:
        """Their own Python, which has our packages."""
        return self.home / "python" / "bin" / "python"

    @property
    def environment(self) -> dict[str, str]:
        """What their login gives their programs."""
        own = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "TMPDIR": str(self.home)}
        return own | {"XDG_RUNTIME_DIR": str(self.memory), "HEARD_STATION": str(self.home / "station")}

    def reviewer(self, *arguments: str) -> list[str]:
        """Return the command line of `reviewer` as this person."""
        return as_user(self.user, [str(self.python), "-m", "reviewer", *arguments])

    def run(self, *arguments: str) -> str:
        """Run `reviewer` as this person, and return what it printed."""
        done = subprocess.run(
            self.reviewer(*arguments), env=self.environment, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def give(self, path: Path) -> None:
        """Make a file, or a folder with all in it, theirs alone."""
        for one in [path, *path.rglob("*")]:
            os.lchown(one, self.user, self.user)


def as_user(user: int, command: Sequence[str]) -> list[str]:
    """Return a command line that runs `command` with that id and without any privilege."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]


@contextmanager
def person(user: int) -> Iterator[Person]:
    """Let somebody have a home and memory of their own, for a while. Only root can."""
    assert os.geteuid() == 0, "this test becomes other users; run it as root"
    home, memory = _folder_of(user, tempfile.gettempdir()), _folder_of(user, "/dev/shm")  # noqa: S108 - a name of its own in it
    try:
        one = Person(user, home, memory)
        _install(one)
        yield one
    finally:
        shutil.rmtree(home)
        shutil.rmtree(memory)


def _folder_of(user: int, parent: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="heard-", dir=parent))
    os.chown(folder, user, user)
    return folder


def _install(one: Person) -> None:
    """Give somebody a virtual environment with our packages: root's own Python may lie in root's home, where only root may look."""
    for base in (Path(sys.executable).resolve(), Path("/usr/bin/python3").resolve()):
        is_theirs = base.name == _PYTHON and _runs(as_user(one.user, ["test", "-x", str(base)]))
        if is_theirs and _runs([base, "-m", "venv", "--without-pip", one.home / "python"]):
            (packages,) = one.home.glob("python/lib/*/site-packages")
            (packages / "ours.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
            one.give(one.home / "python")
            return
    raise AssertionError("no Python here can be started by a user other than root: install Debian's package python3")


def _runs(command: Sequence[str | Path]) -> bool:
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0
