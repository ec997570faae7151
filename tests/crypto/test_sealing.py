"""Sealing and opening: sizes, damage, memory."""

import io
import secrets
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import SEALED_SIZES
from crypto.errors import AgeError, LetterTooLongError, NoMatchError, PayloadError
from crypto.header import parse_header
from crypto.letter import encode_letter
from crypto.opening import Identity, open_letter, open_sealed, open_stream
from crypto.recipients import throwaway_recipient
from crypto.sealing import capacity, header_length, seal, seal_letter, seal_stream
from tests.crypto import samples

PANEL = Identity.from_seed(bytes(32))
SURVIVOR = Identity.from_seed(b"\1" * 32)
CHUNK = 65_536


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_round_trip_at_the_edges_of_chunks(length: int) -> None:
    plaintext = secrets.token_bytes(length)
    sealed = seal(plaintext, [PANEL.recipient, SURVIVOR.recipient])
    assert open_sealed(sealed, [PANEL]) == open_sealed(sealed, [SURVIVOR]) == plaintext


def test_who_is_not_a_recipient_opens_nothing() -> None:
    with pytest.raises(NoMatchError):
        open_sealed(seal(b"text", [throwaway_recipient()]), [PANEL, SURVIVOR])


@pytest.mark.parametrize("recipients", [1, 2, 3])
@pytest.mark.parametrize("size", SEALED_SIZES)
def test_sealed_sizes_are_exact(size: int, recipients: int) -> None:
    sealed = seal(b" " * capacity(size, recipients), [PANEL.recipient] * recipients)
    assert len(sealed) == size
    source = io.BytesIO(sealed)
    parse_header(source)
    assert source.tell() == header_length(recipients)


@pytest.mark.parametrize(("characters", "size"), [(0, 65_536), (62_000, 262_144), (900_000, 1_048_576)])
def test_letters_have_three_sizes(characters: int, size: int) -> None:
    letter = samples.letter("a" * characters)
    sealed = seal_letter(letter, [PANEL.recipient, SURVIVOR.recipient])
    assert len(sealed) == size
    assert open_letter(sealed, PANEL) == letter


def test_the_largest_letter_fits_and_one_byte_more_says_so() -> None:
    spare = capacity(SEALED_SIZES[-1], 2) - len(encode_letter(samples.letter("")))
    recipients = [PANEL.recipient, SURVIVOR.recipient]
    assert len(seal_letter(samples.letter("a" * spare), recipients)) == SEALED_SIZES[-1]
    with pytest.raises(LetterTooLongError) as caught:
        seal_letter(samples.letter("a" * (spare + 7)), recipients)
    assert caught.value.over == 7


@settings(deadline=None)
@given(st.data())
def test_any_damage_is_an_error_and_nothing_false_is_released(data: st.DataObject) -> None:
    plaintext = b"a" * CHUNK + b"the end"
    sealed = seal(plaintext, [PANEL.recipient])
    place = data.draw(st.integers(0, len(sealed) - 1))
    damaged = data.draw(
        st.sampled_from(
            [
                sealed[:place],
                sealed[:place] + bytes([sealed[place] ^ 1 << place % 8]) + sealed[place + 1 :],
                sealed + b"\0" * (place % 97 + 1),
            ]
        )
    )
    released: list[bytes] = []
    with pytest.raises(AgeError):
        released.extend(open_stream(io.BytesIO(damaged), [PANEL]))
    assert plaintext.startswith(b"".join(released))


def test_swapped_chunks_do_not_open() -> None:
    sealed = seal(b"a" * 3 * CHUNK, [PANEL.recipient])
    start, step = header_length(1) + 16, CHUNK + 16
    swapped = (
        sealed[:start]
        + sealed[start + step : start + 2 * step]
        + sealed[start : start + step]
        + sealed[start + 2 * step :]
    )
    with pytest.raises(PayloadError):
        open_sealed(swapped, [PANEL])


class Zeros(io.RawIOBase):
    """A stream of that many zero bytes, which gives at most a few thousand at a time."""

    def __init__(self, length: int) -> None:
        self._left = length

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        given = min(self._left, size, 5_000)
        self._left -= given
        return bytes(given)


def peak_of(megabytes: int, tmp_path: Path) -> int:
    """Return the peak of traced memory (bytes) while that much is sealed and opened through a file."""
    with (tmp_path / "sealed").open("w+b") as file:
        tracemalloc.start()
        seal_stream(Zeros(megabytes << 20), file, [PANEL.recipient])  # type: ignore[arg-type]  # a raw stream on purpose
        file.seek(0)
        opened = sum(len(chunk) for chunk in open_stream(file, [PANEL]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert opened == megabytes << 20
    return peak


def test_memory_is_constant(tmp_path: Path) -> None:
    small, large = peak_of(2, tmp_path), peak_of(64, tmp_path)
    assert large < small + 200_000
