"""Whom a file can be sealed to. A capability is a type: a `Recipient` wraps, it can never open."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from crypto import bech32
from crypto.constants import AGE_INFO, AGE_RECIPIENT_PREFIX, AGE_STANZA, SEED_BYTES
from crypto.derivation import hpke_suite, hybrid_public_bytes
from crypto.errors import RecipientError
from crypto.header import Stanza, encode_base64

PUBLIC_BYTES: Final = 1_216
ENCAPSULATED_BYTES: Final = 1_120
_MLKEM_BYTES: Final = 1_184


@dataclass(frozen=True)
class Recipient:
    """An `mlkem768x25519` public key (1,216 bytes). C2SP age, "mlkem768x25519"."""

    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an `age1pq1…` string. Raises RecipientError for anything else."""
        prefix, public = bech32.decode(text)
        if prefix != AGE_RECIPIENT_PREFIX or len(public) != PUBLIC_BYTES or text != text.lower():
            raise RecipientError("This is not an age1pq recipient.")
        recipient = cls(public)
        try:
            recipient._key  # noqa: B018 - built here so that a key that is no key is refused where it enters
        except ValueError:
            raise RecipientError("This age1pq recipient is not a valid key.") from None
        return recipient

    def __str__(self) -> str:
        """Return the `age1pq1…` string (1,959 characters)."""
        return bech32.encode(AGE_RECIPIENT_PREFIX, self.public)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the stanza that lets this recipient's identity find `file_key` (16 bytes)."""
        wrapped = hpke_suite().encrypt(file_key, self._key, AGE_INFO.encode("ascii"))
        encapsulated = encode_base64(wrapped[:ENCAPSULATED_BYTES]).decode("ascii")
        return Stanza(AGE_STANZA, (encapsulated,), wrapped[ENCAPSULATED_BYTES:])

    @cached_property
    def _key(self) -> MLKEM768X25519PublicKey:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.public[:_MLKEM_BYTES]),
            X25519PublicKey.from_public_bytes(self.public[_MLKEM_BYTES:]),
        )


def recipient_of_seed(seed: bytes) -> Recipient:
    """Return the recipient whose identity is the 32-byte `seed`."""
    return Recipient(hybrid_public_bytes(seed))


def throwaway_recipient() -> Recipient:
    """Return a recipient whose identity nobody keeps: it makes a letter without words look like one with words."""
    return recipient_of_seed(secrets.token_bytes(SEED_BYTES))
