"""What the records of a bundle hold: canonical or rejected, each in its own form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import NOTICE_KINDS, SEALED_SIZES
from crypto.errors import BundleError, BundleFormatError
from crypto.records import ClosedRecord, Confirmation, LetterRecord, NoticeRecord, Resync
from tests.crypto.writing import hexes

LOCATORS = st.binary(min_size=16, max_size=16)
SIZES = st.sampled_from(SEALED_SIZES)
SEALED_KINDS = [code for kind, code in NOTICE_KINDS.items() if kind != "hold"]


@given(LOCATORS, st.integers(0, 255), st.integers(0, 2**32 - 1), SIZES)
def test_letters(locator: bytes, kind: int, week: int, size: int) -> None:
    record = LetterRecord(kind, week, locator, bytes(size))
    assert LetterRecord.parse(record.encode()) == record
    for wrong in (record.encode() + b"\0", record.encode()[:-1]):
        with pytest.raises(BundleError):
            LetterRecord.parse(wrong)


def test_a_letter_is_named_by_its_sealed_bytes_alone() -> None:
    first, second = LetterRecord(1, 202_648, b"l" * 16, bytes(65_536)), LetterRecord(3, 1, b"m" * 16, bytes(65_536))
    assert first.digest == second.digest
    assert first.digest != LetterRecord(1, 202_648, b"l" * 16, bytes(65_535) + b"\1").digest


@given(st.binary(max_size=40) | st.binary(min_size=33, max_size=33))
def test_confirmations_are_canonical_or_rejected(data: bytes) -> None:
    try:
        assert Confirmation.parse(data).encode() == data
    except BundleFormatError:
        assert len(data) != 33 or data[-1] > 2


@pytest.mark.parametrize(("outcome", "code"), [("imported", 0), ("set aside", 1), ("destroyed", 2)])
def test_what_became_of_a_letter_has_one_code(outcome: Any, code: int) -> None:
    assert Confirmation(b"d" * 32, outcome).encode() == b"d" * 32 + bytes([code])


@given(st.sampled_from(SEALED_KINDS), LOCATORS, st.integers(0, 2**32 - 1), SIZES)
def test_notices(kind: int, locator: bytes, sequence: int, size: int) -> None:
    record = NoticeRecord(kind, locator, sequence, bytes(size))
    assert NoticeRecord.parse(record.encode()) == record
    for wrong in (record.encode() + b"\0", record.encode()[:-1], b""):
        with pytest.raises(BundleFormatError):
            NoticeRecord.parse(wrong)


def test_only_what_is_sealed_to_someone_travels_as_a_notice() -> None:
    for kind in set(range(256)) - set(SEALED_KINDS):
        with pytest.raises(BundleFormatError):
            NoticeRecord.parse(NoticeRecord(kind, b"l" * 16, 1, bytes(65_536)).encode())


@given(LOCATORS, LOCATORS, st.binary(min_size=32, max_size=32))
def test_closed_threads(locator: bytes, next_locator: bytes, access: bytes) -> None:
    for record in (ClosedRecord("replaced", locator, next_locator, access), ClosedRecord("withdrawn", locator)):
        assert ClosedRecord.parse(record.encode()) == record


@given(st.binary(max_size=70) | st.binary(min_size=64, max_size=64).map(lambda tail: bytes([tail[0] % 3]) + tail))
def test_closed_threads_are_canonical_or_rejected(data: bytes) -> None:
    try:
        assert ClosedRecord.parse(data).encode() == data
    except BundleFormatError:
        assert len(data) != 65 or data[0] > 1 or (data[0] == 0 and any(data[17:]))


def test_a_withdrawn_thread_names_no_other() -> None:
    """Else a bundle could hand somebody's withdrawn thread on to other words."""
    for record in (
        ClosedRecord("withdrawn", b"l" * 16, b"n" * 16),
        ClosedRecord("withdrawn", b"l" * 16, next_access_hash=b"h" * 32),
    ):
        with pytest.raises(BundleFormatError):
            ClosedRecord.parse(record.encode())


@given(hexes(32), hexes(32))
def test_resync(inward: str, outward: str) -> None:
    resync = Resync(inward, outward)
    assert Resync.parse(resync.encode()) == resync


ONCE = Resync("ab" * 32, "cd" * 32).encode()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 500_000,
        b"9" * 100_000,
        ONCE + b" ",
        ONCE.replace(b"ab", b"AB"),
        ONCE.replace(b"ab" * 32, b"ab" * 31),
        ONCE.replace(b'"inward"', b'"inward" '),
        ONCE.replace(b"}", b',"more":1}'),
        ONCE.replace(b'"' + b"ab" * 32 + b'"', b"7"),
        ONCE.replace(b'"' + b"ab" * 32 + b'"', b"null"),
        json.dumps({"outward": "cd" * 32, "inward": "ab" * 32}, separators=(",", ":")).encode(),
    ],
)
def test_a_hostile_resync_is_refused(hostile: bytes) -> None:
    with pytest.raises(BundleFormatError):
        Resync.parse(hostile)
