"""A survivor's own keys, derived from the return words and never stored.

28 ASCII digits -> Argon2id -> HKDF-SHA256, one label a key. docs/sealing.md, "Return words".
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.constants import (
    ACCESS_BYTES,
    ARGON2_BYTES,
    ARGON2_LANES,
    ARGON2_MEMORY_KIB,
    ARGON2_PASSES,
    ARGON2_SALT_BYTES,
    LABEL_THREAD_ACCESS,
    LABEL_THREAD_IDENTITY,
    LABEL_THREAD_LOCATOR,
    LABEL_THREAD_SIGNING,
    LABEL_WORDS_SALT,
    LOCATOR_BYTES,
    SEED_BYTES,
)
from crypto.derivation import derive_key
from crypto.recipients import Recipient, recipient_of_seed
from crypto.words import ReturnWords


@dataclass(frozen=True, repr=False)
class ThreadKeys:
    """What one set of return words opens.

    `locator` (16 bytes) names the thread on the server, `access` (32) is shown to be let in, `identity_seed` (32) opens
    its letters, `signing_seed` (32) signs later ones.
    """

    locator: bytes
    access: bytes
    identity_seed: bytes
    signing_seed: bytes

    @property
    def access_hash(self) -> bytes:
        """SHA-256 of `access`: all that the server keeps of it."""
        return hashlib.sha256(self.access).digest()

    @cached_property
    def recipient(self) -> Recipient:
        """Whom a letter is sealed to so that the words open it."""
        return recipient_of_seed(self.identity_seed)

    @cached_property
    def verify_key(self) -> bytes:
        """The Ed25519 public key (32 bytes) that later letters are checked with."""
        return Ed25519PrivateKey.from_private_bytes(self.signing_seed).public_key().public_bytes_raw()


def derive_thread(words: ReturnWords) -> ThreadKeys:
    """Return the keys of `words`. Takes 19 MiB and about 50 ms. RFC 9106 (Argon2id), RFC 5869 (HKDF)."""
    secret = hash_secret_raw(
        secret=words.digits.encode("ascii"),
        salt=hashlib.sha256(LABEL_WORDS_SALT.encode("ascii")).digest()[:ARGON2_SALT_BYTES],
        time_cost=ARGON2_PASSES,
        memory_cost=ARGON2_MEMORY_KIB,
        parallelism=ARGON2_LANES,
        hash_len=ARGON2_BYTES,
        type=Type.ID,
        version=ARGON2_VERSION,
    )
    return ThreadKeys(
        locator=derive_key(secret, LABEL_THREAD_LOCATOR, LOCATOR_BYTES),
        access=derive_key(secret, LABEL_THREAD_ACCESS, ACCESS_BYTES),
        identity_seed=derive_key(secret, LABEL_THREAD_IDENTITY, SEED_BYTES),
        signing_seed=derive_key(secret, LABEL_THREAD_SIGNING, SEED_BYTES),
    )
