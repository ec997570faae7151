"""Files of the station: readable by their owner alone, written whole or not at all, never over another.

A file appears under its name only after its bytes reached the disk, so a power cut leaves the old state or the new.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from reviewer.display import safe_line
from reviewer.errors import FolderError

PRIVATE_UMASK: Final = 0o077
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
OTHERS: Final = 0o077
UNFINISHED: Final = ".unfinished"
_COPY_BYTES: Final = 1 << 20


def show(path: Path) -> str:
    """Return a path for a message: file names may hold anything."""
    return safe_line(str(path))


def read_small(path: Path, most: int) -> bytes:
    """Return the content of a file of at most `most` bytes. Raises FolderError when missing, unreadable or larger."""
    try:
        with path.open("rb") as source:
            content = source.read(most + 1)
    except OSError as error:
        raise FolderError(f"{show(path)} cannot be read: {error.strerror}.") from None
    if len(content) > most:
        raise FolderError(f"{show(path)} is larger than such a file can be; is it the right one?")
    return content


def make_folder(path: Path) -> None:
    """Make a folder (0700), and those above it, unless it is there. Raises FolderError."""
    try:
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(f"The folder {show(path)} cannot be made: {error.strerror}.") from None


def require_absent(*paths: Path) -> None:
    """Raise FolderError naming the first of `paths` that exists: nothing is ever overwritten."""
    for path in paths:
        if os.path.lexists(path):
            raise FolderError(
                f"{show(path)} exists already and is not overwritten; move it away or choose another folder."
            )


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Yield a file (0600) that appears as `path` whole and durable when the block ends without an error.

    Raises FolderError when `path` exists (unless `replace`), and for whatever the disk refuses.
    """
    if not replace:
        require_absent(path)
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(descriptor, "w+b") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise FolderError(f"{show(path)} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def write_new(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write `content` to `path` as `new_file` does."""
    with new_file(path, replace=replace) as target:
        target.write(content)


def copy_file(source: Path, target: Path, *, replace: bool = False) -> None:
    """Copy a file of any size as `new_file` writes. Raises FolderError."""
    try:
        with source.open("rb") as reading, new_file(target, replace=replace) as writing:
            while block := reading.read(_COPY_BYTES):
                writing.write(block)
    except OSError as error:
        raise FolderError(f"{show(source)} cannot be read: {error.strerror}.") from None


def same_content(one: Path, other: Path) -> bool:
    """Say whether both files are there and hold the same bytes. Raises FolderError."""
    try:
        with one.open("rb") as first, other.open("rb") as second:
            while (block := first.read(_COPY_BYTES)) == second.read(_COPY_BYTES):
                if not block:
                    return True
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FolderError(f"{show(other)} cannot be read: {error.strerror}.") from None
    return False


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
