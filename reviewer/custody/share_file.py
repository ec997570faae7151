"""One custodian's share, in a file under that custodian's passphrase.

Canonical JSON of two-space indent and one LF, at most 4 KiB. Everything but `sealed` and `check` is the header, which
the seal covers: ChaCha20-Poly1305 with a key from Argon2id, over the SLIP-39 words padded with spaces to a fixed length.
`check` is SHA-256 of all before it, so that damage can be told from a wrong passphrase. docs/station-guide.md.
"""

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from reviewer.custody.stretching import PROFILES, RFC_9106_LOW_MEMORY, SALT_BYTES, Stretching, stretch
from reviewer.errors import ShareFormatError, ShareProfileError, WrongPassphraseError

FORMAT: Final = "heard-panel-share"
VERSION: Final = 1
MOST_BYTES: Final = 4_096
MOST_CUSTODIANS: Final = 16
_NOTE: Final = (
    "Keep this file apart from the other shares, and its passphrase apart from it. It is worth nothing alone."
)
_DEMONSTRATION_NOTE: Final = "DEMONSTRATION: this one share opens everything. Never use it for real testimony."
_NONCE_BYTES: Final = 12
# 33 words of at most 8 letters with spaces between need 296; a fixed length tells nothing about the words.
_PADDED_BYTES: Final = 320
_SEALED_BYTES: Final = _PADDED_BYTES + 16
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DAMAGED: Final = "is damaged or is no share file; copy it again from the custodian's medium."


@dataclass(frozen=True)
class ShareHeader:
    """The public part of a share: which panel it belongs to, and its place in it.

    `card` is the fingerprint of the panel's card (64 hex); `number` counts from 1 to `custodians`; `threshold` open.
    """

    inquiry: str
    epoch: int
    card: str
    number: int
    threshold: int
    custodians: int
    demonstration: bool
    stretching: Stretching

    @property
    def file_name(self) -> str:
        """What the ceremony calls the file."""
        mark = "-DEMONSTRATION" if self.demonstration else ""
        return f"share-{self.number}-of-{self.custodians}{mark}.json"


@dataclass(frozen=True)
class ShareFile:
    """A sealed share: `salt` 16 bytes, `nonce` 12, `sealed` 336."""

    header: ShareHeader
    salt: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)

    def open(self, passphrase: str) -> str:
        """Return the SLIP-39 words (33, with spaces between).

        Raises WrongPassphraseError; ShareProfileError for parameters that only tests accept (see `open_for_tests`).
        """
        if self.header.stretching != RFC_9106_LOW_MEMORY:
            raise ShareProfileError(
                f"Share {self.header.number} was made by a test and protects nothing; do not use it."
            )
        return self.open_for_tests(passphrase)

    def open_for_tests(self, passphrase: str) -> str:
        """Do as `open`, whatever the parameters. No command calls this."""
        key = stretch(passphrase, self.salt, self.header.stretching)
        try:
            padded = ChaCha20Poly1305(key).decrypt(self.nonce, self.sealed, self.covered)
        except InvalidTag:
            raise WrongPassphraseError(
                f"The passphrase does not open share {self.header.number} of {self.header.custodians}; "
                "check capital letters, the keyboard's language, and whose passphrase it is."
            ) from None
        return padded.decode("ascii").rstrip(" ")

    def encode(self) -> bytes:
        """Return the content of the file."""
        return _with_check(self._document | {"sealed": self.sealed.hex()})

    @property
    def _document(self) -> dict[str, Any]:
        hint = _DEMONSTRATION_NOTE if self.header.demonstration else _NOTE
        place = {"salt": self.salt.hex(), "nonce": self.nonce.hex()}
        return {"format": FORMAT, "version": VERSION, "note": hint} | asdict(self.header) | place

    @property
    def covered(self) -> bytes:
        """The header as bytes: what the seal covers besides the words."""
        return _dump(self._document)


def seal_share(words: str, passphrase: str, header: ShareHeader) -> ShareFile:
    """Seal the SLIP-39 `words` of one share. Takes what `header.stretching` says."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    unsealed = ShareFile(header, salt, nonce, b"")
    key = stretch(passphrase, salt, header.stretching)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, words.encode("ascii").ljust(_PADDED_BYTES), unsealed.covered)
    return ShareFile(header, salt, nonce, sealed)


def parse_share(data: bytes, name: str = "The share file") -> ShareFile:
    """Return the share in `data`; `name` is how messages call it. Canonical or rejected. Raises ShareFormatError."""
    if len(data) > MOST_BYTES:
        raise ShareFormatError(f"{name} {_DAMAGED}")
    try:
        document = json.loads(data.decode("ascii"))
        if document["format"] == FORMAT and document["version"] != VERSION:
            raise ShareFormatError(f"{name} is of a version that this program does not know; update it.")
        share = _read(document)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ShareFormatError(f"{name} {_DAMAGED}") from None
    if share.encode() != data:
        raise ShareFormatError(f"{name} {_DAMAGED}")
    return share


def _read(document: Any) -> ShareFile:
    """Build a share; wrong shapes raise KeyError or TypeError, wrong values ValueError."""
    fields = {name: document[name] for name in ShareHeader.__dataclass_fields__}
    header = ShareHeader(**{**fields, "stretching": Stretching(**document["stretching"])})
    parts = [bytes.fromhex(document[name]) for name in ("salt", "nonce", "sealed")]
    if [len(part) for part in parts] != [SALT_BYTES, _NONCE_BYTES, _SEALED_BYTES] or not _is_in_range(header):
        raise ValueError("a field is out of range")
    return ShareFile(header, *parts)


def _is_in_range(header: ShareHeader) -> bool:
    numbers: tuple[Any, ...] = (header.epoch, header.number, header.threshold, header.custodians)
    switch: Any = header.demonstration
    return (
        all(type(number) is int and 1 <= number <= 9_999 for number in numbers)
        and header.threshold <= header.custodians <= MOST_CUSTODIANS
        and header.number <= header.custodians
        and type(switch) is bool
        and re.fullmatch("[0-9a-f]{64}", header.card) is not None
        and _NAME.fullmatch(header.inquiry) is not None
        and header.stretching in PROFILES
    )


def _with_check(document: dict[str, Any]) -> bytes:
    return _dump(document | {"check": hashlib.sha256(_dump(document)).hexdigest()})


def _dump(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2).encode("ascii") + b"\n"
