"""Bundles: written, verified by us and by minisign, and refused when anything at all was done to them."""

import io
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.bundle import (
    FIRST_PREVIOUS,
    BundleHeader,
    BundleReader,
    BundleSummary,
    BundleWriter,
    RecordKind,
    sign_bundle,
    verify_bundle,
)
from crypto.errors import BundleFormatError, BundleSignatureError, KeyFileError
from crypto.minisigning import SigningKey, VerifyKey
from tests.crypto import samples

KEY = SigningKey.from_seed(bytes(32))
HEADER = BundleHeader("intake to station", "heard-demonstration", 1, 1, 1, FIRST_PREVIOUS)


def bundle(bodies: list[bytes], header: BundleHeader = HEADER) -> tuple[bytes, BundleSummary]:
    target = io.BytesIO()
    writer = BundleWriter(target, header)
    for body in bodies:
        writer.add(RecordKind.LETTER, body)
    summary = writer.finish()
    return target.getvalue(), summary


FILE, SUMMARY = bundle([b"one", b"two", b"three"])
SIGNATURE = sign_bundle(io.BytesIO(FILE), SUMMARY, KEY)


@given(st.lists(st.binary(max_size=100), max_size=6))
def test_round_trip(bodies: list[bytes]) -> None:
    data, summary = bundle(bodies)
    reader = BundleReader(io.BytesIO(data))
    assert [record.body for record in reader] == bodies
    assert reader.summary == summary
    assert reader.header == HEADER
    assert verify_bundle(io.BytesIO(data), sign_bundle(io.BytesIO(data), summary, KEY), KEY.public) == summary


@given(st.data())
def test_the_parser_alone_refuses_all_damage(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(FILE) - 1))
    changed = FILE[:place] + data.draw(st.binary(max_size=3)) + FILE[place + data.draw(st.integers(0, 30)) :]
    if changed != FILE:
        with pytest.raises(BundleFormatError):
            list(BundleReader(io.BytesIO(changed)))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: FILE[:16] + tail))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BundleFormatError):
        list(BundleReader(io.BytesIO(data)))


def reordered() -> bytes:
    return bundle([b"two", b"one", b"three"])[0]


@pytest.mark.parametrize("other", [FILE[:-1], FILE + b"\0", FILE[:40] + b"X" + FILE[41:], reordered(), bundle([])[0]])
def test_a_signature_holds_for_one_file(other: bytes) -> None:
    with pytest.raises(BundleSignatureError):
        verify_bundle(io.BytesIO(other), SIGNATURE, KEY.public)


def test_a_signature_with_another_comment_is_refused() -> None:
    lying = KEY.sign(io.BytesIO(FILE), SUMMARY.trusted_comment.replace("count 3", "count 4"))
    with pytest.raises(BundleSignatureError):
        verify_bundle(io.BytesIO(FILE), lying, KEY.public)


@pytest.mark.parametrize("signature", [b"", b"junk", SIGNATURE[:-20], SIGNATURE.replace(b"count 3", b"count 4")])
def test_a_damaged_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(BundleSignatureError):
        verify_bundle(io.BytesIO(FILE), signature, KEY.public)


def test_another_key_is_refused() -> None:
    with pytest.raises(BundleSignatureError):
        verify_bundle(io.BytesIO(FILE), SIGNATURE, SigningKey.generate().public)


def test_minisign_itself_agrees(tmp_path: Path) -> None:
    for name, content in (("b.heard", FILE), ("b.heard.minisig", SIGNATURE), ("key.pub", KEY.public.encode().encode())):
        (tmp_path / name).write_bytes(content)
    command = ["minisign", "-V", "-p", "key.pub", "-m", "b.heard"]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0
    assert SUMMARY.trusted_comment in good.stdout
    (tmp_path / "b.heard").write_bytes(FILE + b"\0")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_key_files_round_trip() -> None:
    key = SigningKey.generate()
    assert SigningKey.parse(key.encode()).public == key.public
    assert VerifyKey.parse(key.public.encode()) == VerifyKey.parse(key.public.base64) == key.public
    for text in ("", "junk", key.public.encode(), key.encode()[:-20]):
        with pytest.raises(KeyFileError):
            SigningKey.parse(text)
    for text in ("", "junk", key.encode()):
        with pytest.raises(KeyFileError):
            VerifyKey.parse(text)


def test_a_record_too_large_for_a_reader_is_never_written() -> None:
    writer = BundleWriter(io.BytesIO(), HEADER)
    with pytest.raises(BundleFormatError):
        writer.add(RecordKind.LETTER, bytes(2_000_000))


def peak_of(records: int, path: Path) -> int:
    with path.open("w+b") as file:
        writer = BundleWriter(file, HEADER)
        for _ in range(records):
            writer.add(RecordKind.LETTER, bytes(65_536))
        summary = writer.finish()
        tracemalloc.start()
        verify_bundle(file, sign_bundle(file, summary, KEY), KEY.public)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def test_verifying_takes_constant_memory(tmp_path: Path) -> None:
    assert peak_of(400, tmp_path / "large") < peak_of(20, tmp_path / "small") + 200_000


def test_the_station_key_comes_from_the_root() -> None:
    assert samples.card().minisign_key == samples.ROOT.minisign_key.public.base64
