"""Where the browser's profile may be: on a file system of memory, and nowhere else."""

from pathlib import Path

import pytest

from reviewer.errors import RoomError
from reviewer.room.memory import memory_folder

SHARED = "/dev/shm"  # noqa: S108 - named, and nothing is made there by that name
DISK = "22 1 8:1 / {} rw,relatime shared:1 - ext4 /dev/sda1 rw"
MEMORY = "23 22 0:20 / {} rw,nosuid,nodev shared:2 - tmpfs tmpfs rw"


def mounts(folder: Path, *lines: str) -> Path:
    path = folder / "mountinfo"
    path.write_text("\n".join([DISK.format("/"), *lines]) + "\n")
    return path


def opens(folder: Path, *lines: str) -> Path:
    with memory_folder({"XDG_RUNTIME_DIR": str(folder)}, mounts(folder, *lines)) as found:
        assert found.stat().st_mode & 0o777 == 0o700
    assert not found.exists()
    return found


def test_the_sessions_own_memory_comes_first(tmp_path: Path) -> None:
    assert opens(tmp_path, MEMORY.format(tmp_path), MEMORY.format(SHARED)).parent == tmp_path
    assert opens(tmp_path, MEMORY.format(SHARED)).parent == Path(SHARED)


def test_the_mount_that_is_seen_decides(tmp_path: Path) -> None:
    """Of two at one place the later one; of two above it the nearer one; names with a space are written in octal."""
    spaced = tmp_path / "a b"
    spaced.mkdir()
    octal = str(spaced).replace(" ", r"\040")
    assert opens(spaced, MEMORY.format(octal), MEMORY.format(SHARED)).parent == spaced
    assert opens(tmp_path, MEMORY.format(tmp_path), DISK.format(tmp_path), MEMORY.format(SHARED)).parent != tmp_path
    assert opens(spaced, MEMORY.format(tmp_path), DISK.format(octal), MEMORY.format(SHARED)).parent != spaced


def test_without_memory_there_is_no_room(tmp_path: Path) -> None:
    with pytest.raises(RoomError, match="would write what it shows to the disk"), memory_folder({}, mounts(tmp_path)):
        pass
    with pytest.raises(RoomError), memory_folder({}, tmp_path / "none"):
        pass


def test_a_folder_that_another_room_holds_stays(tmp_path: Path) -> None:
    lines = [MEMORY.format(tmp_path)]
    with memory_folder({"XDG_RUNTIME_DIR": str(tmp_path)}, mounts(tmp_path, *lines)) as held:
        opens(tmp_path, *lines)
        assert held.exists()
        left = tmp_path / "heard-room-left"
        left.mkdir()
        opens(tmp_path, *lines)
        assert held.exists()
        assert not left.exists()
