"""Who signed a letter: the key of a survivor's return words. docs/sealing.md, "Letters of a thread".

The signature covers the whole letter but itself: inquiry, locator, sequence, kind and everything that it says. So a
signed letter cannot be moved to another thread, another place or another inquiry.
"""

from dataclasses import replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.constants import LABEL_THREAD_LETTER
from crypto.errors import LetterError, LetterSignatureError
from crypto.letter import ACCOUNT, Letter, encode_unsigned

_UNSIGNED: Final = "This letter is not signed by the return words of its thread."


def sign_letter(letter: Letter, signing_seed: bytes) -> Letter:
    """Return `letter` signed with the Ed25519 key of a thread (seed of 32 bytes). Raises LetterError for an account."""
    if letter.kind == ACCOUNT:
        raise LetterError("An account is not signed: it carries the keys that later letters are checked with.")
    key = Ed25519PrivateKey.from_private_bytes(signing_seed)
    return replace(letter, signature=key.sign(_signed(letter)).hex())


def verify_letter(letter: Letter, verify_key: str) -> None:
    """Raise LetterSignatureError unless `letter` is signed by the key with that public half (64 hex), and names it."""
    if letter.thread is None or letter.kind == ACCOUNT or letter.thread.verify_key != verify_key:
        raise LetterSignatureError(_UNSIGNED)
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(verify_key))
        key.verify(bytes.fromhex(letter.signature), _signed(letter))
    except (InvalidSignature, ValueError):
        raise LetterSignatureError(_UNSIGNED) from None


def _signed(letter: Letter) -> bytes:
    return LABEL_THREAD_LETTER.encode("ascii") + b"\n" + encode_unsigned(letter)
