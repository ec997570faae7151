"""The data folder: the only place that this side writes to, and the names and modes of what is in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.constants import Purpose
from intake.errors import FolderError

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
PRIVATE_UMASK: Final = 0o077


@dataclass(frozen=True)
class Folder:
    """Where things are. `root` is the data folder, absolute."""

    root: Path

    @property
    def key(self) -> Path:
        """The secret half of the key that signs this side's bundles."""
        return self.root / "intake.key"

    @property
    def public(self) -> Path:
        """Its public half, for the station to trust."""
        return self.root / "intake.pub"

    @property
    def card(self) -> Path:
        """The panel card that letters are sealed to."""
        return self.card_of("panel")

    def card_of(self, purpose: Purpose) -> Path:
        """Return where the card in use is: the panel's, or the safeguarding lead's."""
        return self.root / f"{purpose}-card.card"

    def former_card(self, epoch: int, purpose: Purpose = "panel") -> Path:
        """Return where the card of an `epoch` stays, since bundles signed in it may still be on their way."""
        return self.root / f"{purpose}-card-{epoch:04}.card"

    @property
    def database(self) -> Path:
        """The SQLite file, when no database URL is set."""
        return self.root / "letters.sqlite"

    @property
    def closings(self) -> Path:
        """The log of closings, when no other place is set."""
        return self.root / "closings.log"

    @property
    def line_database(self) -> Path:
        """The SQLite file of the phone line, when no database URL is set for it."""
        return self.root / "line.sqlite"

    @property
    def line_key(self) -> Path:
        """The secret under which the phone line seals TOTP seeds and chains its audit."""
        return self.root / "line.key"

    def create(self) -> None:
        """Make the folder, readable by its owner alone. Raises FolderError."""
        try:
            self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            self.root.chmod(FOLDER_MODE)
        except OSError as error:
            raise FolderError(f"The data folder cannot be made ({error.strerror}); check the setting data.") from None

    def require(self) -> None:
        """Raise FolderError unless the folder exists."""
        if not self.root.is_dir():
            raise FolderError("There is no data folder yet; run `intake init` first, or check the setting data.")


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that appears under `path` (0600) whole and durable when the block ends, or not at all.

    What was there before is replaced. Raises FolderError when the disk refuses.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE)
        with os.fdopen(descriptor, "w+b") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise FolderError(f"{path.name} cannot be written ({error.strerror}).") from None
    finally:
        unfinished.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` as `new_file` does."""
    with new_file(path) as target:
        target.write(content)


def read_file(path: Path, most: int = 65_536) -> bytes:
    """Return the content of a small file. Raises FolderError when it is missing or larger than `most` bytes."""
    try:
        with path.open("rb") as source:
            content = source.read(most + 1)
    except OSError as error:
        raise FolderError(f"{path.name} cannot be read ({error.strerror}).") from None
    if len(content) > most:
        raise FolderError(f"{path.name} is larger than such a file can be.")
    return content


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
