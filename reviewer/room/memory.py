"""A folder in memory: on a file system that has no disk behind it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from reviewer.errors import RoomError

MOUNTS: Final = Path("/proc/self/mountinfo")
_SHARED: Final = "/dev/shm"  # noqa: S108 - memory that every Linux has; what is made there is private
_PREFIX: Final = "heard-room-"
_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_ROOM: Final = 64 * 1_048_576


@contextmanager
def memory_folder(environment: Mapping[str, str], mounts: Path = MOUNTS) -> Iterator[Path]:
    """Yield a new folder (0700) in memory, gone afterwards. Raises RoomError where there is none with 64 MiB left."""
    for parent in filter(None, (environment.get("XDG_RUNTIME_DIR"), _SHARED)):
        if _is_in_memory(Path(parent), mounts) and _has_room(Path(parent)):
            break
    else:
        raise RoomError(
            f"There is no room in memory ({_SHARED}): the browser would write what it shows to the disk. Free some, or mount it."
        )
    _sweep(Path(parent))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _sweep(parent: Path) -> None:
    """Remove what rooms that were killed have left: nobody holds it any more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)


def _is_in_memory(folder: Path, mounts: Path) -> bool:
    """Say whether the mount that a folder is on is one of memory (proc_pid_mountinfo(5))."""
    try:
        real = folder.resolve(strict=True)
        lines = mounts.read_text("utf-8").splitlines()
    except (OSError, RuntimeError):
        return False
    found = [_mount(line) for line in lines]
    # Of the mounts above it the longest, and of those at one place the last, is what is seen.
    above = [(point, kind) for point, kind in found if real.is_relative_to(point)]
    return bool(above) and max(enumerate(above), key=lambda one: (len(one[1][0].parts), one[0]))[1][1] in _IN_MEMORY


def _mount(line: str) -> tuple[Path, str]:
    """Return where a line's file system is mounted, and of which kind it is."""
    before, _, after = line.partition(" - ")
    point = before.split(" ")[4].encode("ascii", "replace").decode("unicode_escape")
    return Path(point), after.split(" ")[0]


def _has_room(folder: Path) -> bool:
    usage = os.statvfs(folder)
    return os.access(folder, os.W_OK | os.X_OK) and usage.f_bavail * usage.f_frsize >= _ROOM
