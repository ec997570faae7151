"""Who signed a letter: the key of a survivor's return words. docs/sealing.md, "Letters of a thread".

The signature covers the whole letter but itself: inquiry, locator, sequence, kind and everything that it says. So a
signed letter cannot be moved to another thread, another place or another inquiry.
"""

from dataclasses import replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.constants import LABEL_THREAD_LETTER
from crypto.ed25519 import is_signed
from crypto.errors import LetterError, LetterSignatureError
from crypto.letter import UNSIGNED, Letter, encode_unsigned

_UNSIGNED: Final = "This letter is not signed by the return words of its thread."


def sign_letter(letter: Letter, signing_seed: bytes) -> Letter:
    """Return `letter` signed with the Ed25519 key of a thread (seed of 32 bytes). Raises LetterError for a kind that is not signed."""
    if letter.kind in UNSIGNED:
        raise LetterError("A letter of this kind is not signed: no thread's key vouches for it.")
    key = Ed25519PrivateKey.from_private_bytes(signing_seed)
    return replace(letter, signature=key.sign(_signed(letter)).hex())


def verify_letter(letter: Letter, verify_key: str) -> None:
    """Raise LetterSignatureError unless `letter` is signed by the key with that public half (64 hex), and names it."""
    if letter.thread is None or letter.kind in UNSIGNED or letter.thread.verify_key != verify_key:
        raise LetterSignatureError(_UNSIGNED)
    if not is_signed(_signed(letter), letter.signature, verify_key):
        raise LetterSignatureError(_UNSIGNED)


def _signed(letter: Letter) -> bytes:
    return LABEL_THREAD_LETTER.encode("ascii") + b"\n" + encode_unsigned(letter)
