"""Erased records: a bundle is written again without a withdrawn letter, and what follows it still does."""

import hashlib
import io
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.bundle import (
    FIRST_PREVIOUS,
    BundleHeader,
    BundleReader,
    BundleSummary,
    BundleWriter,
    Record,
    RecordKind,
    erased_digest,
    sign_bundle,
    verify_bundle,
)
from crypto.errors import BundleError, BundleFormatError, BundleSignatureError
from crypto.minisigning import SigningKey

KEY = SigningKey.from_seed(bytes(32))
HEADER = BundleHeader("intake to station", "heard-demonstration", 1, 1, 1, FIRST_PREVIOUS)
BODIES = st.lists(st.binary(max_size=60), min_size=1, max_size=8)
PREFIX_BYTES = 13


def bundle(
    bodies: Sequence[bytes], erased: Sequence[int] = (), kind: int = RecordKind.LETTER, *, forgotten: bool = False
) -> bytes:
    """Write a bundle of letters; those at the places in `erased` are left out as the intake side leaves them out."""
    target = io.BytesIO()
    writer = BundleWriter(target, HEADER)
    for place, body in enumerate(bodies):
        if place in erased:
            writer.add_erased(RecordKind(kind), name_of(body), hashlib.sha256(body).digest(), forgotten=forgotten)
        else:
            writer.add(RecordKind.LETTER, body)
    writer.finish()
    return target.getvalue()


def name_of(body: bytes) -> bytes:
    return hashlib.sha256(b"the sealed bytes of " + body).digest()


def read(data: bytes) -> tuple[list[Record], BundleSummary]:
    reader = BundleReader(io.BytesIO(data))
    records = list(reader)
    assert reader.summary is not None
    return records, reader.summary


@pytest.mark.parametrize("forgotten", [False, True])
@given(BODIES, st.data())
def test_the_chain_goes_on_as_if_the_letters_were_there(
    forgotten: bool, bodies: list[bytes], data: st.DataObject
) -> None:
    erased = data.draw(st.sets(st.integers(0, len(bodies) - 1)))
    _, before = read(bundle(bodies))
    records, after = read(bundle(bodies, sorted(erased), forgotten=forgotten))
    left_out = RecordKind.FORGOTTEN if forgotten else RecordKind.ERASED
    assert after == before
    assert after.trusted_comment == before.trusted_comment
    for place, (record, body) in enumerate(zip(records, bodies, strict=True)):
        assert record.kind == (left_out if place in erased else RecordKind.LETTER)
        if place in erased:
            assert erased_digest(record) == name_of(body)
            assert body not in record.body or len(body) < 5
        else:
            assert record.body == body


BODIES_OF_THREE = (b"the first letter", b"the second letter", b"the third letter")
FULL, WITHOUT = bundle(BODIES_OF_THREE), bundle(BODIES_OF_THREE, [1])


def test_nothing_of_the_letter_is_left() -> None:
    assert b"the second letter" in FULL
    assert b"the second letter" not in WITHOUT
    assert b"the first letter" in WITHOUT
    assert len(WITHOUT) - len(FULL) == 65 - len(b"the second letter")


def test_a_bundle_that_leaves_out_a_letter_is_signed_anew() -> None:
    """The chain is the same, so the comment is too: only the signature of the file tells them apart."""
    _, summary = read(FULL)
    old, new = (sign_bundle(io.BytesIO(data), summary, KEY) for data in (FULL, WITHOUT))
    assert verify_bundle(io.BytesIO(FULL), old, KEY.public) == verify_bundle(io.BytesIO(WITHOUT), new, KEY.public)
    for data, signature in ((FULL, new), (WITHOUT, old)):
        with pytest.raises(BundleSignatureError):
            verify_bundle(io.BytesIO(data), signature, KEY.public)


@pytest.mark.parametrize("kind", [kind for kind in RecordKind if kind != RecordKind.LETTER])
def test_only_a_letter_can_be_left_out(kind: RecordKind) -> None:
    """Not a card, a notice, a hold or a list: what those said must not vanish while the chain still holds."""
    with pytest.raises(BundleFormatError):
        read(bundle(BODIES_OF_THREE, [1], kind))


@pytest.mark.parametrize("kind", [0, 9, 254, 255])
def test_no_header_end_or_unknown_record_can_be_left_out(kind: int) -> None:
    place = WITHOUT.index(hashlib.sha256(b"the second letter").digest()) - 1
    assert WITHOUT[place] == RecordKind.LETTER
    with pytest.raises(BundleFormatError):
        read(WITHOUT[:place] + bytes([kind]) + WITHOUT[place + 1 :])


def test_the_header_cannot_be_an_erased_record() -> None:
    """Its chain value would be that of the true header, and inquiry, epoch and place would be whatever is claimed."""
    start = len(b"heard bundle v1\n")
    length, kind, sequence = struct.unpack_from(">IBQ", FULL, start)
    assert (kind, sequence) == (0, 0)
    rest = start + PREFIX_BYTES + length
    header_hash = hashlib.sha256(FULL[start + PREFIX_BYTES : rest]).digest()
    body = bytes([0]) + header_hash + bytes(32)
    forged = FULL[:start] + struct.pack(">IBQ", len(body), RecordKind.ERASED, 0) + body + FULL[rest:]
    with pytest.raises(BundleFormatError):
        read(forged)


@pytest.mark.parametrize("length", [0, 1, 32, 33, 64, 66, 97])
def test_an_erased_record_of_another_length_is_refused(length: int) -> None:
    place = WITHOUT.index(hashlib.sha256(b"the second letter").digest()) - 1 - PREFIX_BYTES
    found, kind, sequence = struct.unpack_from(">IBQ", WITHOUT, place)
    assert (found, kind, sequence) == (65, RecordKind.ERASED, 2)
    body = WITHOUT[place + PREFIX_BYTES :][:65].ljust(length, b"\0")[:length]
    forged = WITHOUT[:place] + struct.pack(">IBQ", length, kind, sequence) + body + WITHOUT[place + PREFIX_BYTES + 65 :]
    with pytest.raises(BundleFormatError):
        read(forged)


@given(st.data())
def test_the_parser_refuses_all_damage_but_to_a_name(data: st.DataObject) -> None:
    """The chain covers all but the name of the letter that is left out, which the signature of the file covers."""
    place = data.draw(st.integers(0, len(WITHOUT) - 1))
    changed = WITHOUT[:place] + data.draw(st.binary(max_size=3)) + WITHOUT[place + data.draw(st.integers(0, 30)) :]
    try:
        records, summary = read(changed)
    except BundleFormatError:
        return
    assert summary == read(WITHOUT)[1]
    assert [record.body[:33] for record in records] == [record.body[:33] for record in read(WITHOUT)[0]]
    if changed != WITHOUT:
        with pytest.raises(BundleError):
            verify_bundle(io.BytesIO(changed), sign_bundle(io.BytesIO(WITHOUT), summary, KEY), KEY.public)
