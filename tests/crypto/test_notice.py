"""Notices: canonical or rejected, and signed by one panel, of one epoch, for one thread."""

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import LABEL_NOTICE, LABEL_THREAD_LETTER, NOTICE_KINDS
from crypto.errors import LetterError, LetterSignatureError
from crypto.notice import Notice, encode_notice, parse_notice, sign_notice, verify_notice
from crypto.panel import PanelRoot
from tests.crypto import samples
from tests.crypto.writing import KEYS, OTHER_KEYS, damaged, differing, notices

CARD = samples.card()
NEXT_CARD = samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT)
TEXT = "Thank you. We read what you wrote."


def notice(kind: str = "reply", root: PanelRoot = samples.ROOT, **changes: Any) -> Notice:
    """One short, valid notice of each kind."""
    is_hold = kind == "hold"
    plain = Notice(
        kind=kind,
        inquiry=CARD.inquiry,
        epoch=1,
        locator="" if is_hold else KEYS.locator.hex(),
        recipient="" if is_hold else str(KEYS.recipient),
        sequence=2,
        digests=("0a" * 32, "0b" * 32),
        through=3 if kind == "arrival" else 0,
        language="en",
        text=TEXT,
        days=90 if kind == "destruction" else 0,
        valid_from="2026-11-01" if is_hold else "",
        valid_to="2026-11-30" if is_hold else "",
    )
    return sign_notice(replace(plain, **changes), root.sign)


@pytest.mark.parametrize("kind", NOTICE_KINDS)
@given(st.data())
def test_what_was_written_is_read(kind: str, data: st.DataObject) -> None:
    written = encode_notice(made := data.draw(notices(kind)))
    assert parse_notice(written + b" " * data.draw(st.integers(0, 100))) == made
    assert encode_notice(parse_notice(written)) == written


@pytest.mark.parametrize("kind", NOTICE_KINDS)
@given(st.data())
def test_no_damaged_notice_is_accepted(kind: str, data: st.DataObject) -> None:
    written = encode_notice(notice(kind))
    changed = damaged(data, written)
    try:
        parsed = parse_notice(changed)
    except LetterError:
        return
    assert encode_notice(parsed) == changed.rstrip(b" ")
    if parsed != notice(kind):
        with pytest.raises(LetterSignatureError):
            verify_notice(parsed, CARD)


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LetterError):
        parse_notice(data)


@pytest.mark.parametrize("kind", NOTICE_KINDS)
@given(st.data())
def test_a_signature_holds_for_one_notice_alone(kind: str, data: st.DataObject) -> None:
    first = sign_notice(replace(data.draw(notices(kind)), inquiry=CARD.inquiry, epoch=1), samples.ROOT.sign)
    verify_notice(first, CARD)
    other = replace(data.draw(notices(kind)), inquiry=CARD.inquiry, epoch=1, signature=first.signature)
    if differing(first, other):
        with pytest.raises(LetterSignatureError):
            verify_notice(other, CARD)


CHANGED: list[dict[str, Any]] = [
    {"kind": "heard"},
    {"inquiry": "another-inquiry"},
    {"epoch": 2},
    {"locator": OTHER_KEYS.locator.hex()},
    {"recipient": str(OTHER_KEYS.recipient)},
    {"sequence": 3},
    {"digests": ("0a" * 32,)},
    {"digests": ("0a" * 32, "0c" * 32)},
    {"through": 9},
    {"language": "cy"},
    {"text": "Nobody read it."},
    {"days": 1},
    {"valid_from": "2026-10-01"},
    {"valid_to": "2027-12-31"},
]


@pytest.mark.parametrize("kind", NOTICE_KINDS)
@pytest.mark.parametrize("changes", CHANGED, ids="+".join)
def test_any_changed_field_is_refused(kind: str, changes: dict[str, Any]) -> None:
    good = notice(kind)
    verify_notice(good, CARD)
    changed = replace(good, **changes)
    if changed != good:
        with pytest.raises(LetterSignatureError):
            verify_notice(changed, CARD)


@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_another_panel_epoch_or_inquiry_is_refused(kind: str) -> None:
    other_inquiry = samples.ROOT.issue_card(
        inquiry="another-inquiry",
        epoch=1,
        valid_from=date(2026, 11, 1),
        valid_to=date(2126, 11, 1),
        threshold=2,
        custodians=3,
    )
    later = notice(kind, samples.NEXT_ROOT, epoch=2)
    verify_notice(later, NEXT_CARD)
    refused = [
        (notice(kind), NEXT_CARD),
        (later, CARD),
        # By the same panel's key, but not for the card that it is checked with.
        (notice(kind), other_inquiry),
        (notice(kind), samples.card(epoch=2)),
        (notice(kind, epoch=2), CARD),
        (notice(kind, inquiry="another-inquiry"), CARD),
        # Another panel that says it is this one.
        (notice(kind, samples.NEXT_ROOT), CARD),
    ]
    for made, card in refused:
        with pytest.raises(LetterSignatureError):
            verify_notice(made, card)


def test_a_signature_is_bound_to_its_label() -> None:
    document = {"version": 1, **asdict(notice())}
    del document["signature"]
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    right = f"{LABEL_NOTICE}\n".encode() + content
    verify_notice(replace(notice(), signature=samples.ROOT.sign(right).hex()), CARD)
    for wrong in (content, f"{LABEL_THREAD_LETTER}\n".encode() + content):
        with pytest.raises(LetterSignatureError):
            verify_notice(replace(notice(), signature=samples.ROOT.sign(wrong).hex()), CARD)


@pytest.mark.parametrize("signature", ["", "00" * 64, "no hexadecimal"])
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(LetterSignatureError):
        verify_notice(replace(notice(), signature=signature), CARD)


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("reply", {"kind": "praise"}),
    ("reply", {"kind": []}),
    ("reply", {"inquiry": "Other"}),
    ("reply", {"epoch": 0}),
    ("reply", {"epoch": True}),
    ("reply", {"locator": ""}),
    ("reply", {"locator": "0F" * 16}),
    ("reply", {"recipient": ""}),
    ("reply", {"recipient": "age1pq1" + "q" * 1_951}),
    ("reply", {"sequence": 0}),
    ("reply", {"digests": ("0b" * 32, "0a" * 32)}),
    ("reply", {"digests": ("0a" * 32, "0a" * 32)}),
    ("reply", {"digests": ("0a" * 31,)}),
    ("reply", {"digests": ([],)}),
    ("reply", {"through": 1}),
    ("reply", {"language": "x"}),
    ("reply", {"text": "a\rb"}),
    ("reply", {"text": None}),
    ("reply", {"days": 1}),
    ("reply", {"valid_from": "2026-11-01"}),
    ("reply", {"signature": ""}),
    ("reply", {"signature": "AB" * 64}),
    ("heard", {"through": 1}),
    ("arrival", {"through": -1}),
    ("destruction", {"days": 0}),
    ("hold", {"locator": KEYS.locator.hex()}),
    ("hold", {"recipient": str(KEYS.recipient)}),
    ("hold", {"valid_from": ""}),
    ("hold", {"valid_to": ""}),
    ("hold", {"valid_from": "2026-12-01"}),
    ("hold", {"valid_to": "2026-11-31"}),
    ("hold", {"valid_to": "20261130"}),
    ("hold", {"valid_to": 20261130}),
]


@pytest.mark.parametrize(("kind", "changes"), FORMS)
def test_a_notice_of_another_form_is_neither_written_nor_read(kind: str, changes: dict[str, Any]) -> None:
    wrong = replace(notice(kind), **changes)
    with pytest.raises(LetterError) as caught:
        encode_notice(wrong)
    assert TEXT not in str(caught.value)
    with pytest.raises(LetterError):
        parse_notice(json.dumps({"version": 1, **asdict(wrong)}, separators=(",", ":")).encode())


WRITTEN = encode_notice(notice())


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"null",
        b"[" * 500_000,
        b'{"version":' + b"9" * 100_000 + b"}",
        WRITTEN + b"\n",
        WRITTEN + b" {}",
        b" " + WRITTEN,
        WRITTEN.replace(b'"version":1', b'"version":2'),
        WRITTEN.replace(b'"version":1', b'"version":true'),
        WRITTEN.replace(b'"version":1', b'"version":1,"version":1'),
        WRITTEN.replace(b'"days":0', b'"days":-0'),
        WRITTEN.replace(b'"days":0', b'"days":0,"more":0'),
        WRITTEN.replace(b"Thank", b"\\u0054hank"),
        WRITTEN.replace(b"Thank", b"\\ud800"),
        WRITTEN.replace(b'["', b'{"').replace(b'"]', b'":1}'),
    ],
)
def test_hostile_notices_are_refused(hostile: bytes) -> None:
    with pytest.raises(LetterError):
        parse_notice(hostile)


def test_half_a_character_is_refused_before_signing() -> None:
    with pytest.raises(LetterError, match="half of a character"):
        notice(text="\ud83d")


def test_no_text_shows_in_a_repr() -> None:
    assert TEXT not in repr(notice())
