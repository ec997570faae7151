"""What one request at `/thread` and its answer carry: the same sizes whatever is asked and whatever there is.

Request: version u8 | operation u8 | kind u8 | part u8 | sequence u32 | locator (16) | access (32) | target (32) | slot.
Answer: nonce (12) | ChaCha20-Poly1305 of a header (36) and a slot of 65,536 bytes, under a key of `access`, with the
request's 88 bytes as associated data. An answer for words that open nothing is random bytes. docs/sealing.md, "Visits".
"""

import hashlib
import secrets
import struct
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.constants import (
    ACCESS_BYTES,
    DIGEST_BYTES,
    LABEL_THREAD_ANSWER,
    LETTER_KINDS,
    LOCATOR_BYTES,
    NOTICE_KINDS,
    THREAD_STATES,
    VISIT_ANSWER_BYTES,
    VISIT_MOST_LETTERS,
    VISIT_OPERATIONS,
    VISIT_REQUEST_BYTES,
    VISIT_SLOT_BYTES,
    VISIT_STATUSES,
    VISIT_VERSION,
)
from crypto.derivation import derive_key
from crypto.errors import FrameError, NoThreadError, VisitError
from crypto.frame import check_sealed

_REQUEST: Final = struct.Struct(f">BBBBI{LOCATOR_BYTES}s{ACCESS_BYTES}s{DIGEST_BYTES}s")
_ANSWER: Final = struct.Struct(">BBHI28x")
_INDEX: Final = struct.Struct(">BHIH")
_ENTRY: Final = struct.Struct(f">BB{LOCATOR_BYTES}s{DIGEST_BYTES}s")
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MAX_SEQUENCE: Final = 2**31 - 1
_MAX_PART: Final = 255
_OPERATIONS: Final = frozenset(VISIT_OPERATIONS.values())
_STATUSES: Final = frozenset(VISIT_STATUSES.values())
_STATES: Final = frozenset(THREAD_STATES.values())
# An account and an unfinished call come by a submission (crypto.frame).
_PUT_KINDS: Final = frozenset(LETTER_KINDS.values()) - {LETTER_KINDS["account"], LETTER_KINDS["unfinished"]}
_KINDS: Final = frozenset(LETTER_KINDS.values()) | frozenset(NOTICE_KINDS.values())
_OTHER: Final = "The request is not one that this service's page sends; load the page again."


@dataclass(frozen=True)
class VisitRequest:
    """One request. `operation` and `kind` are codes; `kind` is 0 unless something is put.

    `part` says which 65,536 bytes of a larger letter to fetch, `sequence` the place of a letter that is put. `target`
    (32 bytes) is the digest of the letter to fetch, or the new locator (16) and 16 zero bytes when words are replaced.
    """

    operation: int
    kind: int
    part: int
    sequence: int
    locator: bytes = field(repr=False)
    access: bytes = field(repr=False)
    target: bytes = field(default=bytes(DIGEST_BYTES), repr=False)

    @property
    def access_hash(self) -> bytes:
        """SHA-256 (32 bytes) of the access that was shown."""
        return hashlib.sha256(self.access).digest()

    @property
    def next_locator(self) -> bytes:
        """The locator (16 bytes) that a replacement names."""
        return self.target[:LOCATOR_BYTES]

    def encode(self) -> bytes:
        """Return the 88 bytes that stand before the slot. Raises VisitError."""
        _check_request(self)
        return _REQUEST.pack(
            VISIT_VERSION, self.operation, self.kind, self.part, self.sequence, self.locator, self.access, self.target
        )


def parse_request(body: bytes) -> tuple[VisitRequest, bytes]:
    """Return a request and its slot. Only what is put is looked at; for other operations the slot has 65,536 bytes.

    Raises VisitError.
    """
    if len(body) < VISIT_REQUEST_BYTES + VISIT_SLOT_BYTES or body[0] != VISIT_VERSION:
        raise VisitError(_OTHER)
    _, operation, kind, part, sequence, locator, access, target = _REQUEST.unpack_from(body)
    request = VisitRequest(operation, kind, part, sequence, locator, access, target)
    _check_request(request)
    slot = body[VISIT_REQUEST_BYTES:]
    if operation == VISIT_OPERATIONS["put"]:
        try:
            check_sealed(slot)
        except FrameError:
            raise VisitError(_OTHER) from None
    elif len(slot) != VISIT_SLOT_BYTES:
        raise VisitError(_OTHER)
    return request, slot


def _check_request(request: VisitRequest) -> None:
    kinds = _PUT_KINDS if request.operation == VISIT_OPERATIONS["put"] else {0}
    sizes = (len(request.locator), len(request.access), len(request.target))
    if (
        request.operation not in _OPERATIONS
        or request.kind not in kinds
        or not 0 <= request.part <= _MAX_PART
        or not 0 <= request.sequence <= _MAX_SEQUENCE
        or sizes != (LOCATOR_BYTES, ACCESS_BYTES, DIGEST_BYTES)
    ):
        raise VisitError(_OTHER)


@dataclass(frozen=True)
class VisitAnswer:
    """One answer. `status` is a code of `VISIT_STATUSES`; `parts` how many slots the letter has; `sequence` the next free one.

    `slot` has at most 65,536 bytes.
    """

    status: int
    parts: int = 0
    sequence: int = 0
    slot: bytes = field(default=b"", repr=False)

    def seal(self, request: VisitRequest) -> bytes:
        """Return the 65,600 bytes that only who holds the request's access can read."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plaintext = _ANSWER.pack(self.status, self.parts, 0, self.sequence) + self.slot.ljust(VISIT_SLOT_BYTES, b"\0")
        return nonce + _cipher(request.access).encrypt(nonce, plaintext, request.encode())


def miss() -> bytes:
    """Return the answer for words that open nothing: 65,600 random bytes."""
    return secrets.token_bytes(VISIT_ANSWER_BYTES)


def open_answer(data: bytes, request: VisitRequest) -> VisitAnswer:
    """Return the answer to `request`. Raises NoThreadError when it holds nothing for its words, VisitError for another form."""
    if len(data) != VISIT_ANSWER_BYTES:
        raise VisitError("The service answered in a form that this program does not know.")
    try:
        plaintext = _cipher(request.access).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], request.encode())
    except InvalidTag:
        raise NoThreadError("These words open nothing here.") from None
    status, parts, zero, sequence = _ANSWER.unpack_from(plaintext)
    if status not in _STATUSES or zero or any(plaintext[8 : _ANSWER.size]):
        raise VisitError("The service answered in a form that this program does not know.")
    return VisitAnswer(status, parts, sequence, plaintext[_ANSWER.size :])


@dataclass(frozen=True)
class IndexEntry:
    """One letter or notice of a thread: its kind (code), how many slots it takes (0: its body is no longer kept here).

    `locator` (16 bytes) is of the thread that it was written to, `digest` (32) its name.
    """

    kind: int
    parts: int
    locator: bytes = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True)
class Index:
    """What there is for one set of words. `state` is a code of `THREAD_STATES`; `draft_days` is when a draft expires (0: none)."""

    state: int
    draft_days: int
    sequence: int
    entries: tuple[IndexEntry, ...]

    def encode(self) -> bytes:
        """Return the slot: state u8 | draft days u16 | next sequence u32 | count u16 | entries, then zeros. 65,536 bytes."""
        head = _INDEX.pack(self.state, self.draft_days, self.sequence, len(self.entries))
        body = b"".join(_ENTRY.pack(entry.kind, entry.parts, entry.locator, entry.digest) for entry in self.entries)
        return (head + body).ljust(VISIT_SLOT_BYTES, b"\0")


def parse_index(slot: bytes) -> Index:
    """Return the index in a slot. Raises VisitError for anything that `Index.encode` would not have written."""
    if len(slot) != VISIT_SLOT_BYTES:
        raise VisitError(_OTHER)
    state, draft_days, sequence, count = _INDEX.unpack_from(slot)
    if state not in _STATES or count > VISIT_MOST_LETTERS:
        raise VisitError(_OTHER)
    places = range(_INDEX.size, _INDEX.size + count * _ENTRY.size, _ENTRY.size)
    index = Index(state, draft_days, sequence, tuple(IndexEntry(*_ENTRY.unpack_from(slot, at)) for at in places))
    # A letter that were listed twice would be shown twice: an answer that was given once.
    is_listed_once = len({entry.digest for entry in index.entries}) == count
    if not is_listed_once or any(entry.kind not in _KINDS for entry in index.entries) or index.encode() != slot:
        raise VisitError(_OTHER)
    return index


def slots_of(size: int) -> int:
    """Return how many slots a sealed letter of `size` bytes takes."""
    return -(-size // VISIT_SLOT_BYTES)


def _cipher(access: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive_key(access, LABEL_THREAD_ANSWER, 32))
