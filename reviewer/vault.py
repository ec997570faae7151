"""The vault: sealed letters as files of mode 0600, each under its SHA-256. Nothing in it was ever opened to disk."""

import hashlib
import os
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Final

from crypto.constants import SEALED_SIZES
from reviewer.errors import FolderError, VaultError
from reviewer.files import UNFINISHED, make_folder, read_small, sync_folder, write_new

_SUFFIX: Final = ".age"
_FOLDER_LETTERS: Final = 2
# A record that is no letter can be a little larger than one.
_MOST_BYTES: Final = SEALED_SIZES[-1] + 1_024


class Vault:
    """The folder of sealed letters."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, sealed: bytes) -> str:
        """Keep sealed bytes and return their digest (64 hex); they have reached the disk. Raises VaultError."""
        digest = hashlib.sha256(sealed).hexdigest()
        path = self._path(digest)
        try:
            if self._holds(path, digest):
                return digest
            if not path.parent.is_dir():
                make_folder(path.parent)
                sync_folder(self._root)
            write_new(path, sealed, replace=True)
        except (FolderError, OSError) as error:
            raise VaultError(f"A letter could not be kept ({error}); make room and import the bundle again.") from None
        return digest

    def fetch(self, digest: str) -> bytes:
        """Return the sealed bytes of a letter (64 hex), compared with their digest. Raises VaultError."""
        try:
            sealed = read_small(self._path(digest), _MOST_BYTES)
        except FolderError:
            raise VaultError(
                f"The file of letter {digest[:12]} is missing or unreadable; restore the station's copy."
            ) from None
        if hashlib.sha256(sealed).hexdigest() != digest:
            raise VaultError(f"The file of letter {digest[:12]} is damaged on this disk; restore the station's copy.")
        return sealed

    def destroy(self, digest: str) -> None:
        """Overwrite the file of a letter (64 hex) with zeroes, then remove it. Does nothing when it is gone already.

        A disk may keep older copies of a block (docs/station-guide.md). Raises VaultError.
        """
        path = self._path(digest)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise VaultError(
                f"The file of letter {digest[:12]} cannot be destroyed ({error.strerror}); try again."
            ) from None

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Return the digests (64 hex) that have no file here."""
        return [digest for digest in digests if not self._path(digest).is_file()]

    def keep_only(self, digests: Container[str]) -> None:
        """Destroy every file but those with these digests (64 hex). Raises VaultError."""
        for path in self._root.glob(f"*/*{_SUFFIX}"):
            if path.stem not in digests:
                self.destroy(path.stem)

    def sweep(self) -> None:
        """Remove what an interrupted import left half-written."""
        for unfinished in self._root.glob(f"*/.*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._root / digest[:_FOLDER_LETTERS] / (digest + _SUFFIX)

    def _holds(self, path: Path, digest: str) -> bool:
        """Say whether a file is there whole; a damaged one is written again."""
        if not os.path.lexists(path):
            return False
        return hashlib.sha256(read_small(path, _MOST_BYTES)).hexdigest() == digest
