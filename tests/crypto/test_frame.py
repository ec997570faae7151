"""Submissions: one frame, one sealed letter of an allowed size, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import FRAME_BYTES
from crypto.errors import FrameError
from crypto.frame import Frame, parse_frame, parse_submission
from crypto.recipients import throwaway_recipient
from crypto.sealing import capacity, seal, seal_letter
from tests.crypto import samples

PANEL = samples.ROOT.identity.recipient
FRAME = Frame(1, b"l" * 16, b"h" * 32)
SEALED = seal_letter(samples.letter(), [PANEL, throwaway_recipient()])


def test_a_submission_is_read() -> None:
    assert parse_submission(FRAME.encode() + SEALED) == (FRAME, SEALED)


@given(st.binary(max_size=60) | st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES).map(lambda b: b"\1\1" + b[2:]))
def test_frames_are_canonical_or_rejected(data: bytes) -> None:
    try:
        frame = parse_frame(data)
    except FrameError:
        return
    assert frame.encode() == data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        FRAME.encode(),
        FRAME.encode() + SEALED[:-1],
        FRAME.encode() + SEALED + b"\0",
        b"\2" + FRAME.encode()[1:] + SEALED,
        b"\1\7" + FRAME.encode()[2:] + SEALED,
        FRAME.encode() + bytes(65_536),
        FRAME.encode() + b"my plain words".ljust(65_536),
        FRAME.encode() + seal(b" " * capacity(65_536, 1), [PANEL]),
        FRAME.encode() + seal(b" " * capacity(65_536, 3), [PANEL] * 3),
        FRAME.encode() + SEALED.replace(b"mlkem768x25519", b"mlkem768x25518", 1),
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        parse_submission(body)


def test_a_frame_has_fixed_fields() -> None:
    for frame in (Frame(2, b"l" * 16, b"h" * 32), Frame(1, b"l" * 15, b"h" * 32), Frame(1, b"l" * 16, b"")):
        with pytest.raises(FrameError):
            frame.encode()
