import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.custody.share_file import MOST_BYTES, ShareFile, ShareHeader, parse_share, seal_share
from reviewer.custody.splitting import WORDS_PER_SHARE, split
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS, RFC_9106_LOW_MEMORY, Stretching
from reviewer.errors import ShareFormatError, ShareProfileError, WrongPassphraseError
from tests.reviewer.panel import PASSPHRASES, Panel

HEADER = ShareHeader("an-inquiry", 1, "ab" * 32, 1, 2, 3, demonstration=False, stretching=CHEAPEST_FOR_TESTS)
WORDS = split(bytes(range(32)), 2, 3)[0]
SHARE = seal_share(WORDS, PASSPHRASES[0], HEADER)


def document(**changes: Any) -> bytes:
    """The share with other fields, and a check that fits them again."""
    fields = {**json.loads(SHARE.encode()), **changes}
    header = ShareHeader(
        **{name: fields[name] for name in ShareHeader.__dataclass_fields__ if name != "stretching"},
        stretching=Stretching(**fields["stretching"]),
    )
    return ShareFile(header, *(bytes.fromhex(fields[name]) for name in ("salt", "nonce", "sealed"))).encode()


def test_a_share_holds_33_words_and_shows_none() -> None:
    assert len(WORDS.split()) == WORDS_PER_SHARE
    assert SHARE.open_for_tests(PASSPHRASES[0]) == WORDS
    content = SHARE.encode().decode() + repr(SHARE)
    # Two in a row: what the file says to people may have one of the words by chance.
    pairs = [" ".join(pair) for pair in pairwise(WORDS.split())]
    assert not [pair for pair in pairs if pair in content]
    assert all(pair in content + WORDS for pair in pairs)
    assert SHARE.sealed.hex() not in repr(SHARE)


def test_the_parser_takes_what_was_written() -> None:
    assert parse_share(SHARE.encode()) == SHARE
    assert document() == SHARE.encode()


@given(st.data())
def test_no_changed_byte_gets_through(data: st.DataObject) -> None:
    content = bytearray(SHARE.encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ShareFormatError):
        parse_share(bytes(content))


@given(st.binary(max_size=200) | st.builds(lambda at: SHARE.encode()[:at], st.integers(0, len(SHARE.encode()) - 1)))
def test_nothing_else_is_a_share(content: bytes) -> None:
    with pytest.raises(ShareFormatError):
        parse_share(content)


@pytest.mark.parametrize(
    "content",
    [
        SHARE.encode() + b" ",
        SHARE.encode() + SHARE.encode(),
        SHARE.encode().replace(b"\n", b"\r\n"),
        SHARE.encode().replace(b'"version": 1', b'"version": 1,\n  "version": 1'),
        SHARE.encode().replace(b'"version": 1', b'"version": 1.0'),
        b"[" * 3_000,
        b'{"format": "heard-panel-share", "version": ' + b"9" * 3_900 + b"}",
        b" " * (MOST_BYTES + 1),
        json.dumps(json.loads(SHARE.encode())).encode(),
    ],
)
def test_one_spelling_only(content: bytes) -> None:
    with pytest.raises(ShareFormatError):
        parse_share(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 4},
        {"number": 0},
        {"threshold": 4},
        {"custodians": 17},
        {"epoch": True},
        {"demonstration": 1},
        {"card": "AB" * 32},
        {"inquiry": "An Inquiry"},
        {"salt": "00"},
        {"nonce": "00" * 13},
        {"sealed": "00"},
        {"stretching": {"name": "RFC_9106_LOW_MEMORY", "memory_kib": 8, "passes": 1, "lanes": 1}},
        {"stretching": {"name": "OWN", "memory_kib": 4_194_304, "passes": 100, "lanes": 1}},
    ],
)
def test_fields_out_of_range_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ShareFormatError):
        parse_share(document(**changes))


def test_a_later_version_is_named() -> None:
    with pytest.raises(ShareFormatError, match="version"):
        parse_share(SHARE.encode().replace(b'"version": 1', b'"version": 2'))


def test_a_wrong_passphrase_is_told_from_damage() -> None:
    with pytest.raises(WrongPassphraseError, match="share 1 of 3"):
        SHARE.open_for_tests(PASSPHRASES[1])


@pytest.mark.parametrize("changes", [{"number": 2}, {"epoch": 2}, {"card": "cd" * 32}, {"demonstration": True}])
def test_the_seal_covers_the_header(changes: dict[str, Any]) -> None:
    moved = replace(SHARE, header=replace(HEADER, **changes))
    with pytest.raises(WrongPassphraseError):
        moved.open_for_tests(PASSPHRASES[0])


def test_the_same_passphrase_from_another_keyboard() -> None:
    share = seal_share(WORDS, "caf\u00e9 and some more words", HEADER)
    assert share.open_for_tests("cafe\u0301 and some more words") == WORDS


def test_a_test_profile_opens_nothing_in_earnest(panel: Panel) -> None:
    with pytest.raises(ShareProfileError, match="protects nothing"):
        SHARE.open(PASSPHRASES[0])
    real = parse_share(panel.share(1).read_bytes())
    assert real.header.stretching == RFC_9106_LOW_MEMORY
    assert len(real.open(PASSPHRASES[0]).split()) == WORDS_PER_SHARE
