"""An opener of plain X25519 stanzas, for vectors only: Heard never seals to them. age spec, "X25519 recipient stanza"."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import bech32
from crypto.errors import HeaderError
from crypto.header import Stanza, decode_base64


class X25519Identity:
    """An `AGE-SECRET-KEY-1…` identity."""

    def __init__(self, text: str) -> None:
        prefix, scalar = bech32.decode(text)
        assert prefix == "age-secret-key-"
        self._key = X25519PrivateKey.from_private_bytes(scalar)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        for stanza in stanzas:
            if stanza.kind == "X25519" and (file_key := self._unwrap_one(stanza)):
                return file_key
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        share = decode_base64(stanza.arguments[0].encode()) if len(stanza.arguments) == 1 else b""
        if len(share) != 32 or len(stanza.body) != 32:
            raise HeaderError("malformed X25519 stanza")
        try:
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            raise HeaderError("low-order X25519 share") from None
        salt = share + self._key.public_key().public_bytes_raw()
        key = HKDF(hashes.SHA256(), 32, salt, b"age-encryption.org/v1/X25519").derive(secret)
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), stanza.body, None)
        except InvalidTag:
            return None
