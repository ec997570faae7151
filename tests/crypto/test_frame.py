"""Submissions: one frame, one sealed letter of an allowed size, nothing else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import FRAME_BYTES, LETTER_KINDS
from crypto.errors import FrameError, HeaderError
from crypto.frame import LINE_KINDS, Frame, parse_frame, parse_submission
from crypto.header import decode_base64, parse_header
from crypto.recipients import throwaway_recipient
from crypto.sealing import capacity, header_length, seal, seal_letter
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


@given(st.data())
def test_what_is_let_in_is_what_the_header_parser_would_let_in(data: st.DataObject) -> None:
    # The last character of a line of base64 is where two spellings of the same bytes would hide.
    ends = [place - 1 for place in range(header_length(2)) if SEALED[place : place + 1] == b"\n"]
    place = data.draw(st.sampled_from(ends) | st.integers(0, header_length(2) - 1))
    character = data.draw(st.sampled_from(b"ABCDEFQgwE048z+/=\n -"))
    changed = SEALED[:place] + bytes([character]) + SEALED[place + 1 :]
    try:
        header = parse_header(io.BytesIO(changed))
        shapes = [(s.kind, [len(decode_base64(a.encode())) for a in s.arguments], len(s.body)) for s in header.stanzas]
        expected = shapes == [("mlkem768x25519", [1_120], 32)] * 2
    except HeaderError:
        expected = False
    assert is_let_in(FRAME.encode() + changed) == expected


def is_let_in(body: bytes) -> bool:
    try:
        parse_submission(body)
    except FrameError:
        return False
    return True


def test_an_unfinished_call_is_let_in_only_where_it_is_asked_for() -> None:
    frame = Frame(LETTER_KINDS["unfinished"], FRAME.locator, FRAME.access_hash)
    body = frame.encode() + SEALED
    assert parse_submission(body, LINE_KINDS) == (frame, SEALED)
    assert parse_submission(FRAME.encode() + SEALED, LINE_KINDS) == (FRAME, SEALED)
    assert not is_let_in(body)
    for kind in set(range(256)) - LINE_KINDS:
        with pytest.raises(FrameError):
            parse_submission(bytes([1, kind]) + body[2:], LINE_KINDS)


def test_a_frame_has_fixed_fields() -> None:
    for frame in (Frame(2, b"l" * 16, b"h" * 32), Frame(1, b"l" * 15, b"h" * 32), Frame(1, b"l" * 16, b"")):
        with pytest.raises(FrameError):
            frame.encode()
