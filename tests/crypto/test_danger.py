"""Records of danger: canonical or rejected; cards for one purpose are never taken for the other."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.card import encode_card, parse_card, verify_succession
from crypto.constants import LINE_CHANNELS, RECORD_KINDS
from crypto.danger import DangerRecord, encode_danger, parse_danger
from crypto.errors import CardError, CardSignatureError, LetterError
from crypto.letter import parse_letter
from tests.crypto import samples
from tests.crypto.writing import LANGUAGES, NAMES, POSITIVE, TEXTS, damaged, hexes

RECORD = DangerRecord(
    kind="danger",
    inquiry="heard-demonstration",
    epoch=1,
    card="ab" * 32,
    channel="phone",
    language="en",
    locator="0f" * 16,
    day="2026-11-26",
    said="Invented.",
    who="The caller.",
    done="We talked.",
    called=("999", "116 123"),
    more="",
)
SAID = TEXTS.filter(lambda text: text.strip() != "")
RECORDS = st.builds(
    DangerRecord,
    kind=st.just("danger"),
    inquiry=NAMES,
    epoch=POSITIVE,
    card=hexes(32),
    channel=st.sampled_from(LINE_CHANNELS),
    language=LANGUAGES,
    locator=hexes(16),
    day=st.dates().map(str),
    said=SAID,
    who=TEXTS,
    done=TEXTS,
    called=st.lists(SAID, max_size=3).map(tuple),
    more=TEXTS,
)


@given(RECORDS, st.integers(0, 100))
def test_what_was_written_is_read(record: DangerRecord, padding: int) -> None:
    assert parse_danger(encode_danger(record) + b" " * padding) == record


@given(st.data())
def test_canonical_or_rejected(data: st.DataObject) -> None:
    changed = damaged(data, encode_danger(data.draw(RECORDS)))
    try:
        record = parse_danger(changed)
    except LetterError:
        return
    assert encode_danger(record) == changed.rstrip(b" ")


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LetterError):
        parse_danger(data)


WRONG: list[dict[str, Any]] = [
    {"kind": "account"},
    {"kind": []},
    {"inquiry": "Not"},
    {"epoch": 0},
    {"epoch": True},
    {"card": "AB" * 32},
    {"channel": "web"},
    {"channel": {}},
    {"language": "English"},
    {"locator": "0f" * 15},
    {"day": "2026-11-26T10:00"},
    {"day": "2026-02-30"},
    {"day": None},
    {"said": "a\rb"},
    {"who": None},
    {"more": ["x"]},
    {"said": "", "who": "  ", "done": "\n", "more": ""},
    {"called": ("",)},
    {"called": (999,)},
    {"called": ("a\rb",)},
]


@pytest.mark.parametrize("changes", WRONG, ids="+".join)
def test_a_record_of_another_form_is_neither_written_nor_read(changes: dict[str, Any]) -> None:
    with pytest.raises(LetterError) as caught:
        encode_danger(replace(RECORD, **changes))
    assert "Invented" not in str(caught.value)
    content = {**json.loads(encode_danger(RECORD)), **changes}
    with pytest.raises(LetterError):
        parse_danger(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 500_000,
        b'{"version":' + b"9" * 100_000 + b"}",
        encode_danger(RECORD).replace(b'"version":1', b'"version":1,"version":1'),
        encode_danger(RECORD).replace(b'"version":1', b'"version":2'),
        encode_danger(RECORD).replace(b'"called":["999","116 123"]', b'"called":"999"'),
        encode_danger(RECORD).replace(b'"called":["999","116 123"]', b'"called":{"999":1}'),
        encode_danger(RECORD)[:-1] + b',"time":"10:00"}',
        encode_danger(RECORD) + b" {}",
    ],
)
def test_hostile_records_are_refused(hostile: bytes) -> None:
    with pytest.raises(LetterError):
        parse_danger(hostile)


def test_half_a_character_is_refused_and_nothing_shows_in_a_repr() -> None:
    with pytest.raises(LetterError, match="half of a character"):
        encode_danger(replace(RECORD, said="\ud83d"))
    for text in ("Invented", "caller", "talked", "999"):
        assert text not in repr(RECORD)


def test_a_record_is_no_letter_and_a_letter_no_record() -> None:
    assert RECORD_KINDS["danger"] not in vars(samples.letter()).values()
    with pytest.raises(LetterError):
        parse_letter(encode_danger(RECORD))
    with pytest.raises(LetterError):
        parse_danger(json.dumps({"version": 1, "kind": "danger"}).encode())


PANEL = samples.card()
LEAD = samples.lead_card()


def test_a_card_is_taken_for_its_own_purpose_alone() -> None:
    assert parse_card(encode_card(PANEL)) == PANEL == parse_card(encode_card(PANEL), None)
    assert parse_card(encode_card(LEAD), "lead") == LEAD == parse_card(encode_card(LEAD), None)
    with pytest.raises(CardError, match="never sealed to the lead"):
        parse_card(encode_card(LEAD))
    with pytest.raises(CardError, match="lead's is needed"):
        parse_card(encode_card(PANEL), "lead")
    assert PANEL.purpose == "panel"
    assert LEAD.purpose == "lead"
    assert b"heard-lead-card" in LEAD.body
    assert b"purpose" not in PANEL.body


def test_a_card_cannot_be_made_one_of_the_other_purpose() -> None:
    with pytest.raises(CardSignatureError):
        parse_card(encode_card(PANEL).replace(b"heard-panel-card", b"heard-lead-card"), None)
    with pytest.raises(CardError):
        parse_card(encode_card(PANEL).replace(b"heard-panel-card", b"heard-other-card"), None)


def test_no_card_follows_one_of_the_other_purpose() -> None:
    following = samples.lead_card(samples.NEXT_ROOT, epoch=2, previous=samples.LEAD_ROOT)
    verify_succession(following, LEAD)
    with pytest.raises(CardError, match="purpose"):
        verify_succession(samples.lead_card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT), PANEL)
