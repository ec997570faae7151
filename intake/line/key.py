"""line.key: 32 random bytes beside the database, never in it. Who copies the database alone lacks it."""

import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from intake.errors import FolderError
from intake.folder import read_file, write_file

_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class LineKey:
    """Seals what must be read again, and makes keyed hashes of the rest. Each purpose has a key of its own (HKDF-SHA-256)."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = ChaCha20Poly1305(_derive(secret, b"heard line seal"))
        self._lanes = _derive(secret, b"heard line lanes")
        self._chain = _derive(secret, b"heard line audit")

    def seal(self, content: bytes, owner: str) -> bytes:
        """Return `content` sealed for `owner`: nonce (12 bytes) and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, owner.encode("utf-8"))

    def open(self, sealed: bytes, owner: str) -> bytes | None:
        """Return what `seal` was given, or None: altered, of another owner, or sealed under another line.key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode("utf-8"))
        except (InvalidTag, ValueError):
            return None

    def lane(self, name: str) -> bytes:
        """Return the name of a lane (32 bytes) that says nothing about `name`."""
        return _mac(self._lanes, name.encode("utf-8"))

    def link(self, before: bytes, entry: bytes) -> bytes:
        """Return the MAC (32 bytes) of an audit entry that follows the one with the MAC `before`."""
        return _mac(self._chain, before + entry)


def load_line_key(path: Path) -> LineKey:
    """Return the key in a file. Raises FolderError."""
    if not path.exists():
        raise FolderError("There is no line.key in the data folder; run `intake migrate`, or restore a copy of it.")
    try:
        secret = bytes.fromhex(read_file(path).decode("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise FolderError("line.key is damaged; restore a copy of it.")
    return LineKey(secret)


def make_line_key(path: Path) -> None:
    """Write a new key, unless there is one."""
    if not path.exists():
        write_file(path, secrets.token_hex(_BYTES).encode("ascii") + b"\n")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), _BYTES, purpose).derive(secret)


def _mac(key: bytes, content: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(content)
    return mac.finalize()
