"""What Linux says of itself in /proc and /sys, below a folder that stands for the root of the machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Storage = Literal["encrypted", "memory", "plain", "unknown"]
_MEMORY_FILESYSTEMS: Final = frozenset({"tmpfs", "ramfs"})
_CRYPT: Final = "CRYPT-"
_IFF_UP: Final = 0x1
_MOST_DEPTH: Final = 8


@dataclass(frozen=True)
class Mount:
    """A line of /proc/self/mountinfo: where, the device's number ("254:0"), the kind of file system, and what is mounted."""

    point: str
    number: str
    kind: str
    source: str


@dataclass(frozen=True)
class Machine:
    """One machine; `root` is "/" for this one."""

    root: Path = Path("/")

    def text(self, path: str) -> str | None:
        """Return the content of a file without the white space around it, or None when it cannot be read."""
        try:
            return (self.root / path).read_text("utf-8", "replace").strip()
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted; none when there is no such folder."""
        try:
            return sorted(entry.name for entry in (self.root / path).iterdir())
        except OSError:
            return []

    def target(self, path: str) -> str | None:
        """Return where a symbolic link leads, or None when it is none."""
        try:
            return str((self.root / path).readlink())
        except OSError:
            return None

    def swaps(self) -> Iterator[tuple[str, Storage]]:
        """Yield each swap area that is in use, and what it lies on. proc(5), /proc/swaps."""
        for line in (self.text("proc/swaps") or "").splitlines()[1:]:
            name, kind = (_spelt(field) for field in line.split()[:2])
            if kind == "file":
                yield name, self.storage_of(name)
            elif name.rpartition("/")[2].startswith("zram"):
                yield name, "memory"
            else:
                yield name, self._of_device(name)

    def interfaces_up(self) -> list[str]:
        """Return the network interfaces that are up, without the machine's own loopback."""
        found = []
        for name in self.names("sys/class/net"):
            flags = self.text(f"sys/class/net/{name}/flags")
            if name != "lo" and flags and int(flags, 16) & _IFF_UP:
                found.append(name)
        return found

    def storage_of(self, path: str) -> Storage:
        """Say what a file or folder (absolute, without symbolic links) lies on."""
        mount = self._mount_of(path)
        if mount is None:
            return "unknown"
        if mount.kind in _MEMORY_FILESYSTEMS:
            return "memory"
        block = self._by_number(mount.number)
        return self._of_block(block) if block is not None else self._of_device(mount.source)

    def _mount_of(self, path: str) -> Mount | None:
        """Return the mount that a path is in: the last of the longest points that lead to it."""
        found = None
        for mount in self._mounts():
            point = mount.point.rstrip("/")
            if (path == point or path.startswith(f"{point}/")) and (
                found is None or len(point) >= len(found.point.rstrip("/"))
            ):
                found = mount
        return found

    def _mounts(self) -> Iterator[Mount]:
        """Yield every mount. proc(5): fields before the lone hyphen, then kind and source; a space is written as its octal code."""
        for line in (self.text("proc/self/mountinfo") or "").splitlines():
            before, _, after = line.partition(" - ")
            fields, rest = before.split(" "), after.split(" ")
            yield Mount(_spelt(fields[4]), fields[2], rest[0], _spelt(rest[1]))

    def _of_device(self, device: str) -> Storage:
        """Say what a device file such as /dev/sda2 or /dev/mapper/cryptswap is."""
        name = device.rpartition("/")[2]
        for block in self.names("sys/block"):
            if name in {block, self.text(f"sys/block/{block}/dm/name")}:
                return self._of_block(f"sys/block/{block}")
            if (self.root / f"sys/block/{block}/{name}").is_dir():
                return self._of_block(f"sys/block/{block}/{name}")
        return "unknown"

    def _by_number(self, number: str) -> str | None:
        """Return the folder in /sys of a block device by its number; virtual file systems have none."""
        return f"sys/dev/block/{number}" if (self.root / f"sys/dev/block/{number}").is_dir() else None

    def _of_block(self, block: str, depth: int = 0) -> Storage:
        """Say whether a block device is encrypted (dm-crypt), or stands on nothing but devices that are."""
        if (self.text(f"{block}/dm/uuid") or "").startswith(_CRYPT):
            return "encrypted"
        below = self.names(f"{block}/slaves")
        if not below or depth > _MOST_DEPTH:
            return "plain"
        found = {self._of_block(f"sys/block/{name}", depth + 1) for name in below}
        return "encrypted" if found == {"encrypted"} else "plain"


def _spelt(field: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field
