"""The payload of an age file: ChaCha20-Poly1305 in chunks of 64 KiB. age-encryption.org/v1, "Payload".

Each chunk is released only after it verified, and the end is believed only when a chunk marked last verified.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.constants import AGE_CHUNK_BYTES
from crypto.errors import PayloadError

NONCE_BYTES: Final = 16
TAG_BYTES: Final = 16
_COUNTER_BYTES: Final = 11
_ENCRYPTED_CHUNK_BYTES: Final = AGE_CHUNK_BYTES + TAG_BYTES


def header_mac(file_key: bytes, covered: bytes) -> bytes:
    """Return the MAC (32 bytes) over the `covered` part of a header. age spec, "Header MAC"."""
    mac = HMAC(_derive(file_key, b"", b"header"), hashes.SHA256())
    mac.update(covered)
    return mac.finalize()


def encrypted_length(plaintext_length: int) -> int:
    """Return how many bytes (without the nonce) a payload of `plaintext_length` bytes takes."""
    chunks = max(1, -(-plaintext_length // AGE_CHUNK_BYTES))
    return plaintext_length + chunks * TAG_BYTES


def encrypt_chunks(file_key: bytes, nonce: bytes, source: BinaryIO) -> Iterator[bytes]:
    """Yield the payload of `source`: the nonce (16 bytes), then one encrypted chunk at a time."""
    cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    yield nonce
    counter, chunk = 0, _read_fully(source, AGE_CHUNK_BYTES)
    while following := _read_fully(source, AGE_CHUNK_BYTES):
        yield cipher.encrypt(_chunk_nonce(counter, last=False), chunk, None)
        counter, chunk = counter + 1, following
    yield cipher.encrypt(_chunk_nonce(counter, last=True), chunk, None)


def decrypt_chunks(file_key: bytes, nonce: bytes, source: BinaryIO) -> Iterator[bytes]:
    """Yield the plaintext of the payload in `source` (behind its nonce, 16 bytes), each chunk after it verified.

    Raises PayloadError at the first chunk that does not verify, or when the end is not the end.
    """
    cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    counter, last = 0, False
    while not last:
        chunk = _read_fully(source, _ENCRYPTED_CHUNK_BYTES)
        plaintext, last = _decrypt_chunk(cipher, counter, chunk)
        # A file may be empty, but its last chunk may not be empty when others came before it.
        if last and counter and not plaintext:
            raise PayloadError("The file has an empty part at its end.")
        yield plaintext
        counter += 1
    if source.read(1):
        raise PayloadError("The file goes on after its end.")


def _decrypt_chunk(cipher: ChaCha20Poly1305, counter: int, chunk: bytes) -> tuple[bytes, bool]:
    """Return the plaintext and whether the chunk is marked last; a full chunk may be either."""
    for last in (False, True) if len(chunk) == _ENCRYPTED_CHUNK_BYTES else (True,):
        with suppress(InvalidTag):
            return cipher.decrypt(_chunk_nonce(counter, last=last), chunk, None), last
    raise PayloadError("The file was cut short or altered.")


def _read_fully(source: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or all that is left: a raw stream may return less at a time."""
    data = source.read(size)
    while 0 < len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


def _chunk_nonce(counter: int, *, last: bool) -> bytes:
    return counter.to_bytes(_COUNTER_BYTES, "big") + (b"\1" if last else b"\0")


def _derive(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(file_key)
