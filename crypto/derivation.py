"""Keys from secrets: HKDF-SHA256 with one label a key, and the hybrid key pair of an age seed."""

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.constants import SEED_BYTES
from crypto.errors import AlgorithmMissingError

_MISSING = (
    "This Python's `cryptography` was built without ML-KEM; install the wheel from PyPI (cryptography 50 or newer)."
)


def derive_key(secret: bytes, label: str, length: int) -> bytes:
    """Return `length` bytes of HKDF-SHA256(secret, no salt, info = label). RFC 5869."""
    return HKDF(hashes.SHA256(), length, None, label.encode("ascii")).derive(secret)


def hpke_suite() -> Suite:
    """Return the suite of `mlkem768x25519` stanzas: KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305.

    Raises AlgorithmMissingError where the installed `cryptography` lacks it. C2SP age, "mlkem768x25519".
    """
    try:
        return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    except UnsupportedAlgorithm as error:
        raise AlgorithmMissingError(_MISSING) from error


def expand_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """Return the two private halves of a 32-byte seed: SHAKE256(seed, 96) = ML-KEM seed (64) + X25519 scalar (32).

    draft-connolly-cfrg-xwing-kem, section 5.2. Raises AlgorithmMissingError, ValueError for another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    expanded = hashlib.shake_256(seed).digest(96)
    try:
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    except UnsupportedAlgorithm as error:
        raise AlgorithmMissingError(_MISSING) from error
    return mlkem, X25519PrivateKey.from_private_bytes(expanded[64:])


def hybrid_private_key(seed: bytes) -> MLKEM768X25519PrivateKey:
    """Return the private key of a 32-byte seed, for `crypto.opening`. Raises as `expand_seed`."""
    return MLKEM768X25519PrivateKey(*expand_seed(seed))


def hybrid_public_bytes(seed: bytes) -> bytes:
    """Return the public key of a 32-byte seed: ML-KEM-768 (1,184 bytes) followed by X25519 (32 bytes)."""
    mlkem, x25519 = expand_seed(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
