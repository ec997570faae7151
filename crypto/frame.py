"""What one `POST /letters` carries: a frame of 50 bytes, then a sealed letter of an allowed size, and nothing else.

Layout: version u8 | kind u8 | locator (16) | SHA-256 of access (32) | age file. docs/sealing.md, "Submission".
"""

import re
import string
from dataclasses import dataclass
from typing import Final

from crypto.constants import (
    ACCESS_BYTES,
    AGE_STANZA,
    FRAME_BYTES,
    FRAME_VERSION,
    LETTER_KINDS,
    LOCATOR_BYTES,
    RECIPIENTS_PER_LETTER,
    RECORD_KINDS,
    SEALED_SIZES,
)
from crypto.errors import FrameError
from crypto.recipients import ENCAPSULATED_BYTES
from crypto.sealing import MAC_BYTES, WRAPPED_KEY_BYTES

_BASE64: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
# What a survivor's browser submits. Everything else of theirs goes through /thread (crypto.visit).
SURVIVOR_KINDS: Final = frozenset({LETTER_KINDS["account"]})
# What a worker of the phone line submits.
LINE_KINDS: Final = SURVIVOR_KINDS | {LETTER_KINDS["unfinished"], RECORD_KINDS["danger"]}


def _base64(length: int) -> str:
    """Return the pattern of canonical unpadded base64 of `length` bytes, whose last character has no stray bits."""
    spare = {0: 0, 1: 4, 2: 2}[length % 3]
    last = "".join(_BASE64[:: 1 << spare])
    return f"[A-Za-z0-9+/]{{{-(-length * 8 // 6) - 1}}}[{re.escape(last)}]"


# The one header that a letter may have, whole: `crypto.header` would parse it to the same (a test holds them together),
# but every letter passes here, and this takes a tenth of the time.
_HEADER: Final = re.compile(
    (
        "age-encryption\\.org/v1\n"
        f"(-> {AGE_STANZA} {_base64(ENCAPSULATED_BYTES)}\n{_base64(WRAPPED_KEY_BYTES)}\n){{{RECIPIENTS_PER_LETTER}}}"
        f"--- {_base64(MAC_BYTES)}\n"
    ).encode("ascii")
)


@dataclass(frozen=True)
class Frame:
    """The only thing about a letter that the server can read.

    `kind` is one of `LINE_KINDS`, `locator` has 16 bytes, `access_hash` 32.
    """

    kind: int
    locator: bytes
    access_hash: bytes

    def encode(self) -> bytes:
        """Return the 50 bytes. Raises FrameError for a field of another size."""
        if len(self.locator) != LOCATOR_BYTES or len(self.access_hash) != ACCESS_BYTES or self.kind not in LINE_KINDS:
            raise FrameError("The frame's fields have the wrong size.")
        return bytes([FRAME_VERSION, self.kind]) + self.locator + self.access_hash


def parse_frame(data: bytes, kinds: frozenset[int] = SURVIVOR_KINDS) -> Frame:
    """Return the frame in exactly 50 bytes, of one of `kinds` (codes). Raises FrameError."""
    if len(data) != FRAME_BYTES:
        raise FrameError("The submission is shorter than its frame; load the page again and send once more.")
    if data[0] != FRAME_VERSION or data[1] not in kinds:
        raise FrameError("The submission is of a version this service does not know; load the page again.")
    return Frame(data[1], data[2 : 2 + LOCATOR_BYTES], data[2 + LOCATOR_BYTES :])


def check_sealed(sealed: bytes) -> None:
    """Raise FrameError unless `sealed` has an allowed size and a canonical header with exactly two stanzas."""
    if len(sealed) not in SEALED_SIZES:
        raise FrameError("The sealed letter does not have one of the allowed sizes; load the page again.")
    if not _HEADER.match(sealed):
        raise FrameError("The sealed letter is not an age file with two recipients; load the page again.")


def parse_submission(body: bytes, kinds: frozenset[int] = SURVIVOR_KINDS) -> tuple[Frame, bytes]:
    """Return the frame and the sealed letter of a submission of one of `kinds` (codes).

    Checks all that can be checked without a key: the size, and a canonical age header with exactly two
    `mlkem768x25519` stanzas. Raises FrameError.
    """
    frame = parse_frame(body[:FRAME_BYTES], kinds)
    sealed = body[FRAME_BYTES:]
    check_sealed(sealed)
    return frame, sealed
