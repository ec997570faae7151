"""The inside of letters: canonical or rejected."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.errors import LetterError
from crypto.letter import Answer, Choice, encode_letter, parse_letter
from tests.crypto import samples

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=200)


def document(**changes: Any) -> bytes:
    content = {**json.loads(encode_letter(samples.letter())), **changes}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@given(TEXT, TEXT, st.integers(0, 100))
@example("\0 nul, e\u0301, \u05e9\u05dc\u05d5\u05dd, \U0001f469\u200d\U0001f469, \u2028, \x7f, \x1b[31m", "", 1)
def test_what_was_written_is_read(text: str, label: str, padding: int) -> None:
    answers = (Answer("account", "t", label, text, ()), Answer("told", "t", "", None, (Choice(text, label),)))
    letter = replace(samples.letter(), answers=answers)
    assert parse_letter(encode_letter(letter) + b" " * padding) == letter


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LetterError):
        parse_letter(data)


@given(st.data())
def test_canonical_or_rejected(data: st.DataObject) -> None:
    written = encode_letter(samples.letter(with_thread=False))
    place = data.draw(st.integers(0, len(written) - 1))
    changed = written[:place] + data.draw(st.binary(max_size=3)) + written[place + data.draw(st.integers(0, 3)) :]
    try:
        letter = parse_letter(changed)
    except LetterError:
        return
    assert encode_letter(letter) == changed.rstrip(b" ")


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"[" * 500_000,
        b'{"a":' * 200_000,
        b'{"version":' + b"9" * 100_000 + b"}",
        encode_letter(samples.letter()).replace(b'"version":1', b'"version":1,"version":1'),
        encode_letter(samples.letter()).replace(b'"version":1', b'"version":1.0'),
        encode_letter(samples.letter()).replace(b'"version":1', b'"version":true'),
        encode_letter(samples.letter()).replace(b'"sequence":0', b'"sequence":-0'),
        encode_letter(samples.letter()).replace(b'"sequence":0', b'"sequence":false'),
        encode_letter(samples.letter()).replace(b"teacher", b"\\u0074eacher"),
        encode_letter(samples.letter()).replace(b"teacher", b"\\ud800"),
        encode_letter(samples.letter()).replace(b"teacher", b"\xff"),
        encode_letter(samples.letter()).replace(b"teacher", b"a\\rb"),
        b"\xef\xbb\xbf" + encode_letter(samples.letter()),
        encode_letter(samples.letter()) + b"\n",
        encode_letter(samples.letter()) + b" {}",
        document(extra=1),
        document(version=2),
        document(kind="draft"),
        document(kind=[]),
        document(kind={}),
        document(channel=[]),
        document(epoch=0),
        document(epoch=2**31),
        document(locator="0F" * 16),
        document(language="x"),
        document(channel="telepathy"),
        document(thread={"recipient": "age1", "verify_key": "ab" * 32, "reads_back": True}),
        document(answers=[{"id": "a", "topic": "t", "question": "q", "text": None, "chosen": []}]),
        document(
            answers=[{"id": "a", "topic": "t", "question": "q", "text": "x", "chosen": [{"value": "v", "label": "l"}]}]
        ),
        document(answers={}) + b"x",
        document(answers="abc"),
        document(questions=None),
    ],
)
def test_hostile_letters_are_refused(hostile: bytes) -> None:
    with pytest.raises(LetterError) as caught:
        parse_letter(hostile)
    assert "teacher" not in str(caught.value)


def test_half_a_character_is_refused_before_sealing() -> None:
    with pytest.raises(LetterError, match="half of a character"):
        encode_letter(samples.letter("\ud83d"))


def test_no_text_shows_in_a_repr() -> None:
    assert "teacher" not in repr(samples.letter())
