"""Letters of every kind: canonical or rejected, with the parts that their kind has and no others."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.call import Call
from crypto.change import Withdrawal
from crypto.constants import LETTER_KINDS
from crypto.errors import LetterError
from crypto.letter import Letter, encode_letter, encode_unsigned, parse_letter
from tests.crypto import samples
from tests.crypto.writing import SIGNED_KINDS, damaged, letters
from tests.threads.survivor import Survivor, account_answer, consent

WRITER = Survivor(samples.card(), sequence=1)
OTHER = WRITER.successor()


def signed(kind: str) -> Letter:
    """One short, valid letter of each kind."""
    made = {
        "draft": lambda: WRITER.draft(samples.TEXT),
        "addition": lambda: WRITER.addition(samples.TEXT),
        "choices": lambda: WRITER.choices("no"),
        "withdrawal": lambda: WRITER.withdrawal("statistics"),
        "replacement": lambda: WRITER.replacement(OTHER),
        "inheritance": lambda: OTHER.inheritance(WRITER),
    }
    return made[kind]()


@pytest.mark.parametrize("kind", LETTER_KINDS)
@given(st.data())
def test_what_was_written_is_read(kind: str, data: st.DataObject) -> None:
    letter = data.draw(letters(kind))
    written = encode_letter(letter)
    assert parse_letter(written + b" " * data.draw(st.integers(0, 100))) == letter
    assert encode_letter(parse_letter(written)) == written


@pytest.mark.parametrize("kind", LETTER_KINDS)
@given(st.data())
def test_canonical_or_rejected(kind: str, data: st.DataObject) -> None:
    changed = damaged(data, encode_letter(data.draw(letters(kind))))
    try:
        letter = parse_letter(changed)
    except LetterError:
        return
    assert encode_letter(letter) == changed.rstrip(b" ")


@pytest.mark.parametrize("kind", SIGNED_KINDS)
def test_every_sample_is_valid_and_ends_with_change_and_signature(kind: str) -> None:
    letter = signed(kind)
    written = encode_letter(letter)
    assert parse_letter(written) == letter
    assert list(json.loads(written))[-2:] == ["change", "signature"]
    assert list(json.loads(encode_unsigned(letter))) == list(json.loads(written))[:-1]


def test_an_account_has_neither_change_nor_signature() -> None:
    account = encode_letter(samples.letter())
    assert not {"change", "signature"} & set(json.loads(account))
    for more in (b',"change":null,"signature":""}', b',"change":null}', b',"signature":""}'):
        with pytest.raises(LetterError):
            parse_letter(account[:-1] + more)
    for wrong in (
        replace(samples.letter(), signature="ab" * 64),
        replace(samples.letter(), change=Withdrawal("nothing")),
    ):
        with pytest.raises(LetterError):
            encode_letter(wrong)


ANSWERS = account_answer(samples.TEXT)
CONSENTS = consent("no")
WRONG: dict[str, list[dict[str, Any]]] = {
    "draft": [{"change": Withdrawal("nothing")}],
    "addition": [{"answers": ()}, {"consents": CONSENTS}, {"change": Withdrawal("nothing")}, {"sequence": 0}],
    "choices": [{"consents": ()}, {"answers": ANSWERS}, {"change": Withdrawal("nothing")}, {"sequence": 0}],
    "withdrawal": [{"answers": ANSWERS}, {"consents": CONSENTS}, {"change": None}, {"sequence": 0}],
    "replacement": [{"answers": ANSWERS}, {"consents": CONSENTS}, {"change": Withdrawal("nothing")}, {"sequence": 0}],
    "inheritance": [{"answers": ANSWERS}, {"consents": CONSENTS}, {"change": None}, {"sequence": 1}],
}
FOR_ALL: list[dict[str, Any]] = [
    {"thread": None},
    {"signature": ""},
    {"signature": "AB" * 64},
    {"signature": "ab" * 63},
    {"sequence": -1},
    {"sequence": 2**31},
    {"sequence": True},
]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [(kind, changes) for kind in SIGNED_KINDS for changes in WRONG[kind] + FOR_ALL],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_letter_of_another_form_is_neither_written_nor_read(kind: str, changes: dict[str, Any]) -> None:
    wrong = replace(signed(kind), **changes)
    with pytest.raises(LetterError) as caught:
        encode_letter(wrong)
    assert "teacher" not in str(caught.value)
    with pytest.raises(LetterError):
        parse_letter(_written_all_the_same(wrong))


def _written_all_the_same(letter: Letter) -> bytes:
    """Return the JSON that somebody else's program would make of it."""
    return encode_unsigned(letter)[:-1] + b',"signature":' + json.dumps(letter.signature).encode() + b"}"


@pytest.mark.parametrize("kind", SIGNED_KINDS)
@pytest.mark.parametrize("missing", ["change", "signature", "thread", "sequence"])
def test_a_letter_without_one_of_its_keys_is_refused(kind: str, missing: str) -> None:
    content = json.loads(encode_letter(signed(kind)))
    del content[missing]
    with pytest.raises(LetterError):
        parse_letter(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("kind", SIGNED_KINDS)
@pytest.mark.parametrize("other", LETTER_KINDS)
def test_a_letter_of_one_kind_passes_for_no_other(kind: str, other: str) -> None:
    """Only a draft could be taken for another by its form alone, and the signature covers the kind."""
    written = encode_letter(signed(kind)).replace(f'"kind":"{kind}"'.encode(), f'"kind":"{other}"'.encode())
    try:
        letter = parse_letter(written)
    except LetterError:
        return
    assert other == kind or "draft" in {kind, other}
    assert letter.kind == other


CALL = Call("ca" * 16, 2)


# What hostile JSON may hold.
WRONG_NAMES: list[Any] = ["", "0F" * 16, "0f" * 15, None, []]
WRONG_PARTS: list[Any] = [0, -1, 2**31, True, "1", None]
WRONG_CALLS: list[dict[str, Any]] = [
    *({"id": name} for name in WRONG_NAMES),
    *({"part": part} for part in WRONG_PARTS),
    {"taken_back": 0},
]


def unfinished(**changes: Any) -> Letter:
    plain = replace(samples.letter(with_thread=False), kind="unfinished", channel="phone", call=CALL)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    "letter",
    [
        unfinished(),
        unfinished(consents=()),
        unfinished(answers=(), consents=(), call=replace(CALL, taken_back=True)),
        *(replace(samples.letter(with_thread=words), channel="phone", call=CALL) for words in (True, False)),
        *(unfinished(channel=channel) for channel in ("in person", "letter", "relay")),
    ],
)
def test_a_part_of_a_call_ends_with_its_call_alone(letter: Letter) -> None:
    written = encode_letter(letter)
    assert parse_letter(written) == letter
    assert list(json.loads(written))[-2:] == ["consents", "call"]


@pytest.mark.parametrize(
    "wrong",
    [
        unfinished(call=None),
        unfinished(answers=()),
        unfinished(sequence=1),
        unfinished(thread=samples.letter().thread),
        unfinished(channel="web"),
        unfinished(channel="web without scripts"),
        unfinished(signature="ab" * 64),
        unfinished(change=Withdrawal("nothing")),
        unfinished(call=replace(CALL, taken_back=True)),
        unfinished(answers=(), call=replace(CALL, taken_back=True)),
        unfinished(consents=(), call=replace(CALL, taken_back=True)),
        *(unfinished(call=Call(**{**asdict(CALL), **wrong})) for wrong in WRONG_CALLS),
        replace(samples.letter(), channel="phone", call=replace(CALL, taken_back=True)),
        replace(samples.letter(), call=CALL),
        replace(signed("addition"), channel="phone", call=CALL),
    ],
)
def test_a_part_of_a_call_in_another_form_is_neither_written_nor_read(wrong: Letter) -> None:
    with pytest.raises(LetterError):
        encode_letter(wrong)
    content = {**json.loads(encode_letter(unfinished())), **_plain(wrong)}
    with pytest.raises(LetterError):
        parse_letter(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _plain(letter: Letter) -> dict[str, Any]:
    """Return every field of a letter, also those that are wrong for its kind."""
    fields = asdict(letter)
    gone = {"signature": "", "change": None}
    return {name: value for name, value in fields.items() if name not in gone or value != gone[name]}


def test_a_call_that_is_null_or_on_another_kind_is_refused() -> None:
    account = json.loads(encode_letter(samples.letter()))
    addition = json.loads(encode_letter(signed("addition")))
    call = {"id": "0f" * 16, "part": 1, "taken_back": False}
    for content in ({**account, "call": None}, {**addition, "call": None}, {**addition, "call": call}):
        with pytest.raises(LetterError):
            parse_letter(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    for other in ({**call, "more": 1}, {"part": 1, "id": "0f" * 16, "taken_back": False}, "0f" * 16, [call], 1):
        content = {**account, "channel": "phone", "call": other}
        with pytest.raises(LetterError):
            parse_letter(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("kind", [" addition", "ADDITION", "reply", "", None, [], {}, [["addition"]], 3, True])
@pytest.mark.parametrize("like", ["account", *SIGNED_KINDS])
def test_a_kind_that_is_none_of_ours_is_refused(like: str, kind: Any) -> None:
    """With all other keys in place: a hostile kind must end in LetterError, since nothing else is set aside."""
    content = {**json.loads(encode_letter(samples.letter() if like == "account" else signed(like))), "kind": kind}
    for more in ({}, {"change": None, "signature": "ab" * 64}):
        with pytest.raises(LetterError):
            parse_letter(json.dumps({**content, **more}, ensure_ascii=False, separators=(",", ":")).encode())


def test_no_text_and_no_key_shows_in_a_repr() -> None:
    assert "teacher" not in repr(signed("addition"))
    assert WRITER.keys.identity_seed.hex() not in repr(signed("inheritance"))
    assert CALL.id not in repr(unfinished())
