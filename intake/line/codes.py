"""What is made at random for a worker: first passwords, recovery codes, cookies; and the codes of an authenticator app."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

# 24 of 32 signs are 120 random bits: SHA-256 without salt is enough to keep them by (ASVS 6.5.2). No I, L, O or U (Crockford).
_SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ALIKE: Final = str.maketrans("oil", "011")
_LENGTH: Final = 24
_GROUP: Final = 4
CODES: Final = 10
TOKEN_BYTES: Final = 32
# A code holds for the 30 seconds of its step; this much before and after for clocks that are not quite right (seconds).
_LENIENCE: Final = 10
_DIGITS: Final = 6


def new_code() -> str:
    """Return a first password or recovery code: 120 random bits, as six groups of four signs."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def new_codes() -> Sequence[str]:
    """Return ten recovery codes."""
    return [new_code() for _ in range(CODES)]


def code_digest(typed: str) -> bytes:
    """Return SHA-256 (32 bytes) of a code, however it was typed: O is 0, I and L are 1."""
    signs = "".join(sign for sign in typed.lower() if sign.isascii() and sign.isalnum()).translate(_ALIKE)
    return hashlib.sha256(signs.encode("ascii")).digest()


def new_token() -> str:
    """Return the content of a cookie: 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    """Return SHA-256 (32 bytes) of a cookie."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def new_seed() -> str:
    """Return a TOTP seed: 160 random bits in base32."""
    return pyotp.random_base32()


def step_of(seed: str, typed: str, now: float) -> int | None:
    """Return the time step whose code was typed at `now` (seconds since 1970), or None. RFC 6238, 30 seconds, 6 digits."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    if len(digits) != _DIGITS:
        return None
    totp = pyotp.TOTP(seed)
    for moment in (now, now - _LENIENCE, now + _LENIENCE):
        try:
            return totp.verify_and_get_timecode(digits, for_time=moment)
        except OTPVerificationError:
            continue
    return None


def address_of(seed: str, name: str, service: str) -> str:
    """Return the otpauth address that an authenticator app reads."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=service)


def picture_of(address: str) -> tuple[int, str]:
    """Return a QR code as the width of its square in modules and the path that draws its dark ones, for an SVG."""
    code = segno.make(address, error="m", micro=False)
    rows = list(code.matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path
