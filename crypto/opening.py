"""Opening: the only module that turns a sealed file back into words.

The intake side cannot import this module (import contract), apart from the one package that opens a person's own
letters with that person's own words for the length of one request.
"""

import hmac
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from crypto import bech32
from crypto.constants import AGE_IDENTITY_PREFIX, AGE_INFO, AGE_STANZA, SEED_BYTES
from crypto.derivation import hpke_suite, hybrid_private_key
from crypto.errors import HeaderError, HeaderMacError, NoMatchError, RecipientError, UnsupportedError
from crypto.header import Header, Stanza, decode_base64, parse_header
from crypto.letter import Letter, parse_letter
from crypto.payload import NONCE_BYTES, decrypt_chunks, header_mac
from crypto.recipients import ENCAPSULATED_BYTES, Recipient, recipient_of_seed
from crypto.sealing import WRAPPED_KEY_BYTES

_X25519_BYTES: Final = 32


class Unwrapper(Protocol):
    """Something that may find a file key (16 bytes) among the stanzas of a header."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity. Raises HeaderError for a malformed one."""


@dataclass(frozen=True, repr=False)
class Identity:
    """An `mlkem768x25519` private key, kept as its 32-byte seed."""

    seed: bytes

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Take a 32-byte seed. Raises ValueError for another length."""
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed has 32 bytes")
        return cls(seed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an `AGE-SECRET-KEY-PQ-1…` string. Raises RecipientError for anything else."""
        prefix, seed = bech32.decode(text)
        if prefix != AGE_IDENTITY_PREFIX.lower() or len(seed) != SEED_BYTES or text != text.upper():
            raise RecipientError("This is not an AGE-SECRET-KEY-PQ identity.")
        return cls(seed)

    def encode(self) -> str:
        """Return the `AGE-SECRET-KEY-PQ-1…` string that `age` and `age-encryption` read."""
        return bech32.encode(AGE_IDENTITY_PREFIX.lower(), self.seed).upper()

    @property
    def recipient(self) -> Recipient:
        """The public half."""
        return recipient_of_seed(self.seed)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key of the first stanza that is for this identity. C2SP age, "mlkem768x25519"."""
        for stanza in stanzas:
            if stanza.kind == AGE_STANZA and (file_key := self._unwrap_one(stanza)):
                return file_key
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 1 or len(stanza.body) != WRAPPED_KEY_BYTES:
            raise HeaderError("The file's header is damaged (recipient).")
        encapsulated = decode_base64(stanza.arguments[0].encode("ascii"))
        if len(encapsulated) != ENCAPSULATED_BYTES:
            raise HeaderError("The file's header is damaged (recipient).")
        try:
            return hpke_suite().decrypt(encapsulated + stanza.body, self._key, AGE_INFO.encode("ascii"))
        except InvalidTag:
            if _is_low_order(encapsulated[-_X25519_BYTES:]):
                raise HeaderError("The file's header is damaged (recipient).") from None
            return None

    @cached_property
    def _key(self) -> MLKEM768X25519PrivateKey:
        return hybrid_private_key(self.seed)


def open_stream(source: BinaryIO, identities: Sequence[Unwrapper]) -> Iterator[bytes]:
    """Yield the plaintext of the age file in `source`, chunk by chunk, each after it verified.

    The header is verified before this returns. Raises HeaderError, HeaderMacError, NoMatchError, UnsupportedError; the
    iterator raises PayloadError, and what it yielded before is no whole file.
    """
    header = parse_header(source)
    if any(stanza.kind == "scrypt" for stanza in header.stanzas):
        raise UnsupportedError("The file is sealed to a passphrase; Heard never does that.")
    file_key = _file_key(header, identities)
    nonce = source.read(NONCE_BYTES)
    if len(nonce) != NONCE_BYTES:
        raise HeaderError("The file ends before its content.")
    return decrypt_chunks(file_key, nonce, source)


def open_sealed(sealed: bytes, identities: Sequence[Unwrapper]) -> bytes:
    """Return the whole plaintext of `sealed`, or raise as `open_stream` does and return nothing of it."""
    return b"".join(open_stream(io.BytesIO(sealed), identities))


def open_letter(sealed: bytes, identity: Identity) -> Letter:
    """Return the letter inside `sealed`. Raises AgeError or LetterError."""
    return parse_letter(open_sealed(sealed, [identity]))


def _file_key(header: Header, identities: Sequence[Unwrapper]) -> bytes:
    for identity in identities:
        if file_key := identity.unwrap(header.stanzas):
            if not hmac.compare_digest(header_mac(file_key, header.covered), header.mac):
                raise HeaderMacError("The file's header was altered.")
            return file_key
    raise NoMatchError("This key does not open the file: it was sealed to somebody else.")


def _is_low_order(share: bytes) -> bool:
    """Say whether an X25519 share (32 bytes) gives the all-zero secret with every key: a malformed stanza, not another's."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        return True
    return False
