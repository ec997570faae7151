"""Detached signatures that Debian's `minisign -V` can check, by `py-minisign`.

Secret keys are unencrypted minisign key files: the intake's is a file of mode 0600 that proves transport only, the
station's exists only while the panel's root does. https://jedisct1.github.io/minisign/, "Key formats".
"""

import base64
import hashlib
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, Self

import minisign
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import BundleSignatureError, KeyFileError

_MAX_FILE_BYTES: Final = 16_384
_KEY_ID_BYTES: Final = 8
_PREHASH_BYTES: Final = 64
_BLOCK_BYTES: Final = 1 << 20
_PREHASHED: Final = b"ED"
_NO_KDF: Final = b"Ed" + b"\0\0" + b"B2" + bytes(32 + 8 + 8)


@dataclass(frozen=True)
class VerifyKey:
    """A minisign public key, as its bare base64 line."""

    base64: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a public key file or its bare base64 line. Raises KeyFileError."""
        line = text.strip().splitlines()[-1] if len(text) <= _MAX_FILE_BYTES and text.strip() else ""
        try:
            key = minisign.PublicKey.from_base64(line.strip())
        except (minisign.Error, ValueError):
            raise KeyFileError("This is not a minisign public key; copy the file again.") from None
        return cls(key.to_base64().decode("ascii"))

    def encode(self) -> str:
        """Return the key as a file of two lines."""
        return bytes(minisign.PublicKey.from_base64(self.base64)).decode("ascii") + "\n"

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 (32 bytes) of the key, to compare as words."""
        return hashlib.sha256(base64.b64decode(self.base64)).digest()

    def verify(self, source: BinaryIO, signature: bytes) -> str:
        """Check the `.minisig` file in `signature` over all of `source` and return its trusted comment.

        Only prehashed signatures are accepted, so that memory stays flat. Raises BundleSignatureError.
        """
        try:
            parsed = minisign.Signature.from_bytes(signature[:_MAX_FILE_BYTES])
            if not parsed.is_prehashed():
                raise minisign.VerifyError("not prehashed")
            minisign.PublicKey.from_base64(self.base64).verify(source, parsed)
        except (minisign.Error, ValueError):
            raise BundleSignatureError(
                "The bundle's signature does not verify: it was altered, or made with another key."
            ) from None
        return parsed.trusted_comment


class BundleSigner(Protocol):
    """Whoever signs a bundle: a key at hand, or somebody who holds it."""

    def sign_prehashed(self, digest: bytes, trusted_comment: str) -> bytes:
        """Return the `.minisig` file over what has this digest (64 bytes)."""


def prehash(source: BinaryIO) -> bytes:
    """Return BLAKE2b-512 (64 bytes) of the rest of `source`: what a prehashed signature covers."""
    hasher = hashlib.blake2b()
    while block := source.read(_BLOCK_BYTES):
        hasher.update(block)
    return hasher.digest()


class SigningKey:
    """A minisign secret key."""

    def __init__(self, key: minisign.SecretKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(minisign.KeyPair.generate().secret_key)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the key of a 32-byte Ed25519 seed; its key id is the first 8 bytes of SHA-256 of the public key."""
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        key_id = hashlib.sha256(public).digest()[:_KEY_ID_BYTES]
        checksum = hashlib.blake2b(b"Ed" + key_id + seed + public, digest_size=32).digest()
        return cls(minisign.SecretKey.from_base64(base64.b64encode(_NO_KDF + key_id + seed + public + checksum)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an unencrypted secret key file. Raises KeyFileError."""
        try:
            key = minisign.SecretKey.from_bytes(text.encode("ascii"))
            if key.is_encrypted():
                raise minisign.Error("encrypted")
        except (minisign.Error, ValueError, struct.error):
            raise KeyFileError("This is not an unencrypted minisign secret key; restore it from the backup.") from None
        return cls(key)

    def encode(self) -> str:
        """Return the secret key as a file of two lines; the caller writes it with mode 0600."""
        return bytes(self._key).decode("ascii") + "\n"

    @property
    def public(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(self._key.get_public_key().to_base64().decode("ascii"))

    def sign(self, source: BinaryIO, trusted_comment: str) -> bytes:
        """Return the `.minisig` file over all of `source`; the trusted comment (printable ASCII) is signed too."""
        return self.sign_prehashed(prehash(source), trusted_comment)

    def sign_prehashed(self, digest: bytes, trusted_comment: str) -> bytes:
        """Return the `.minisig` file over what has this digest (64 bytes, see `prehash`). Raises ValueError for another length."""
        if len(digest) != _PREHASH_BYTES:
            raise ValueError("a digest has 64 bytes")
        # A prehashed signature is a pure one over the digest, under another name: the library only makes it over the source.
        pure = self._key.sign(
            digest, prehash=False, untrusted_comment="signature of a Heard bundle", trusted_comment=trusted_comment
        )
        comment, signature, *rest = bytes(pure).split(b"\n")
        named = base64.b64encode(_PREHASHED + base64.b64decode(signature)[len(_PREHASHED) :])
        return b"\n".join([comment, named, *rest]) + b"\n"
