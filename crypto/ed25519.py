"""Who signed: Ed25519 by the strict rules of RFC 8032, section 5.1.7, without keys that sign for everybody.

OpenSSL also accepts a key that is a point of small order. Under such a key one signature fits every second or every
eighth message, whoever wrote it. The browser's build refuses the same keys (`zip215: false` in browser/src/signing.js).
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_PRIME: Final = 2**255 - 19  # RFC 8032, section 5.1, "p"
_SIGN_BIT: Final = 1 << 255
# The y of the eight points whose order divides eight, the curve's cofactor; a point and its negative share one y. The
# tests find the five again by arithmetic.
_SMALL_ORDER: Final = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)


def is_signed(message: bytes, signature: str, verify_key: str) -> bool:
    """Say whether `signature` (128 hex) over `message` is by the key with that public half (64 hex)."""
    try:
        key = bytes.fromhex(verify_key)
        if not _signs_for_one(key):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signs_for_one(key: bytes) -> bool:
    """Say whether these bytes are a canonical y (below the prime) that is not the y of a point of small order."""
    y = int.from_bytes(key, "little") & ~_SIGN_BIT
    return y < _PRIME and y not in _SMALL_ORDER
