"""Sealing: plaintext in, a binary age v1 file out. Nothing here can open one."""

import io
import secrets
from collections.abc import Sequence
from functools import cache
from typing import BinaryIO, Final

from crypto.constants import AGE_CHUNK_BYTES, AGE_STANZA, SEALED_SIZES
from crypto.errors import LetterTooLongError
from crypto.header import Header, Stanza, encode_base64, encode_covered
from crypto.letter import Letter, encode_letter
from crypto.payload import NONCE_BYTES, TAG_BYTES, encrypt_chunks, encrypted_length, header_mac
from crypto.recipients import ENCAPSULATED_BYTES, Recipient

_FILE_KEY_BYTES: Final = 16
WRAPPED_KEY_BYTES: Final = 32
MAC_BYTES: Final = 32


def seal(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return `plaintext` sealed so that any one of `recipients` (at least one) can open it."""
    target = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), target, recipients)
    return target.getvalue()


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Sequence[Recipient]) -> None:
    """Seal all of `source` into `target`, holding at most two chunks of 64 KiB in memory."""
    if not recipients:
        raise ValueError("a file is sealed to at least one recipient")
    file_key = secrets.token_bytes(_FILE_KEY_BYTES)
    stanzas = tuple(recipient.wrap(file_key) for recipient in recipients)
    covered = encode_covered(stanzas)
    target.write(Header(stanzas, covered, header_mac(file_key, covered)).encode())
    target.writelines(encrypt_chunks(file_key, secrets.token_bytes(NONCE_BYTES), source))


@cache
def header_length(recipients: int) -> int:
    """Return the bytes of a header with that many `mlkem768x25519` stanzas."""
    blank = "A" * len(encode_base64(bytes(ENCAPSULATED_BYTES)))
    stanzas = [Stanza(AGE_STANZA, (blank,), bytes(WRAPPED_KEY_BYTES))] * recipients
    return len(Header(tuple(stanzas), encode_covered(stanzas), bytes(MAC_BYTES)).encode())


def capacity(size: int, recipients: int) -> int:
    """Return how many bytes of plaintext make a sealed file of exactly `size` bytes."""
    payload = size - header_length(recipients) - NONCE_BYTES
    chunks = -(-payload // (AGE_CHUNK_BYTES + TAG_BYTES))
    plaintext = payload - chunks * TAG_BYTES
    if plaintext < 0 or encrypted_length(plaintext) != payload:
        raise ValueError("no plaintext makes a sealed file of that size")
    return plaintext


def seal_letter(letter: Letter, recipients: Sequence[Recipient]) -> bytes:
    """Return `letter` sealed as `seal_padded` does."""
    return seal_padded(encode_letter(letter), recipients)


def seal_padded(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return `plaintext` (JSON) padded with spaces and sealed to the smallest of `SEALED_SIZES` that holds it.

    Raises LetterTooLongError when none does.
    """
    rooms = [capacity(size, len(recipients)) for size in SEALED_SIZES]
    fitting = [room for room in rooms if room >= len(plaintext)]
    if not fitting:
        raise LetterTooLongError(len(plaintext) - rooms[-1])
    return seal(plaintext.ljust(fitting[0]), recipients)
