"""What a withdrawal, a replacement and an inheritance may say."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.change import Change, Inheritance, Replacement, Withdrawal, change_holds, read_change
from crypto.errors import LetterError
from crypto.letter import encode_letter, parse_letter
from tests.crypto import samples
from tests.crypto.test_letter_kinds import signed
from tests.crypto.writing import INHERITANCES, REPLACEMENTS, WITHDRAWALS

RECIPIENT = str(samples.ROOT.identity.recipient)
GOOD: dict[str, Change] = {
    "withdrawal": Withdrawal("nothing"),
    "replacement": Replacement("0f" * 16, "ab" * 32, RECIPIENT, "cd" * 32),
    "inheritance": Inheritance("0f" * 16, "ab" * 32, "cd" * 32),
}


@given(st.one_of(WITHDRAWALS, REPLACEMENTS, INHERITANCES))
def test_what_was_written_is_read(change: Change) -> None:
    kind = type(change).__name__.lower()
    assert change_holds(change)
    assert read_change(kind, asdict(change)) == change


@pytest.mark.parametrize("kind", ["account", "draft", "addition", "choices", "reply", "", None, [], {}, 5])
def test_other_kinds_change_nothing(kind: object) -> None:
    with pytest.raises(LetterError):
        read_change(kind, {"keep": "nothing"})


def spoilt() -> list[tuple[str, str, Any]]:
    """Every field of every change, with values that are nearly right."""
    keeps: list[Any] = ["", "all", "nothing ", None, 1, []]
    wrong: list[tuple[str, str, Any]] = [("withdrawal", "keep", value) for value in keeps]
    for kind in ("replacement", "inheritance"):
        for name, value in asdict(GOOD[kind]).items():
            # One character less and more; capital letters, which differ in every one of these; not text at all.
            wrong += [(kind, name, other) for other in (value[:-1], value + "0", value.upper(), "", None, 7, [value])]
    return wrong


@pytest.mark.parametrize(("kind", "name", "value"), spoilt())
def test_a_field_of_another_form_is_refused(kind: str, name: str, value: Any) -> None:
    wrong = replace(GOOD[kind], **{name: value})
    assert not change_holds(wrong)
    with pytest.raises(LetterError):
        encode_letter(replace(signed(kind), change=wrong))


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("edit", ["missing", "more", "null", "list", "text"])
def test_a_change_of_another_shape_is_refused(kind: str, edit: str) -> None:
    content = json.loads(encode_letter(signed(kind)))
    fields = content["change"]
    content["change"] = {
        "missing": dict(list(fields.items())[:-1]),
        "more": {**fields, "more": "nothing"},
        "null": None,
        "list": [fields],
        "text": "nothing",
    }[edit]
    with pytest.raises(LetterError):
        parse_letter(json.dumps(content, separators=(",", ":")).encode())


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("other", GOOD)
def test_a_kind_takes_only_its_own_change(kind: str, other: str) -> None:
    letter = replace(signed(kind), change=GOOD[other])
    if kind == other:
        assert parse_letter(encode_letter(letter)) == letter
        return
    with pytest.raises(LetterError):
        encode_letter(letter)


def test_an_inherited_key_does_not_show_in_a_repr() -> None:
    assert "cd" * 32 not in repr(GOOD["inheritance"])
    assert "ab" * 32 in repr(GOOD["inheritance"])
