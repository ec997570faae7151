"""From a passphrase to a key: Argon2id with named parameters, so that nobody has to judge numbers.

RFC 9106, section 4: the second recommended option. A share names its parameters; only those that are accepted open.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16


@dataclass(frozen=True)
class Stretching:
    """One set of Argon2id parameters: memory in KiB, passes over it, lanes."""

    name: str
    memory_kib: int
    passes: int
    lanes: int


RFC_9106_LOW_MEMORY: Final = Stretching("RFC_9106_LOW_MEMORY", 65_536, 3, 4)
# Only for testing! It protects nothing, and no command makes or opens a share with it.
CHEAPEST_FOR_TESTS: Final = Stretching("CHEAPEST_FOR_TESTS", 8, 1, 1)
PROFILES: Final = (RFC_9106_LOW_MEMORY, CHEAPEST_FOR_TESTS)


def normalise(passphrase: str) -> str:
    """Return the form of a passphrase that is the same from every keyboard: Unicode NFKC. RFC 8265, section 4."""
    return unicodedata.normalize("NFKC", passphrase)


def stretch(passphrase: str, salt: bytes, profile: Stretching) -> bytes:
    """Return the 32-byte key of `passphrase` and a 16-byte `salt`. Takes what `profile` says."""
    return hash_secret_raw(
        secret=normalise(passphrase).encode("utf-8", "surrogatepass"),
        salt=salt,
        time_cost=profile.passes,
        memory_cost=profile.memory_kib,
        parallelism=profile.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
        version=ARGON2_VERSION,
    )
