"""Panel cards: signed, canonical, and never with a secret in them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.card import encode_card, parse_card, verify_succession
from crypto.errors import CardError, CardSignatureError, SecretInCardError
from crypto.panel import PanelRoot
from tests.crypto import samples

CARD = samples.card()
FILE = encode_card(CARD)


def test_round_trip() -> None:
    assert parse_card(FILE) == CARD
    assert FILE.count(b"\n") == 3


def test_validity() -> None:
    assert not CARD.is_valid_on(date(2026, 10, 31))
    assert CARD.is_valid_on(date(2026, 11, 1))
    assert CARD.is_valid_on(date(2126, 11, 1))
    assert not CARD.is_valid_on(date(2126, 11, 2))
    assert CARD.days_left(date(2126, 10, 31)) == 1


@given(st.data())
def test_canonical_or_rejected(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(FILE) - 1))
    changed = FILE[:place] + data.draw(st.binary(max_size=2)) + FILE[place + data.draw(st.integers(0, 2)) :]
    if changed != FILE:
        with pytest.raises(CardError):
            parse_card(changed)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CardError):
        parse_card(data)


def test_an_altered_field_is_named_as_a_bad_signature() -> None:
    with pytest.raises(CardSignatureError):
        parse_card(FILE.replace(b'"threshold":2', b'"threshold":1'))


@pytest.mark.parametrize(
    "secret",
    [
        samples.ROOT.identity.encode(),
        samples.ROOT.identity.encode().lower(),
        samples.ROOT.minisign_key.encode(),
        samples.ROOT.minisign_key.encode().splitlines()[1],
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_a_secret_is_refused_before_anything_else(secret: str) -> None:
    for file in (
        secret.encode(),
        FILE + secret.encode(),
        FILE.replace(b"heard-demonstration", secret.strip().encode()),
    ):
        with pytest.raises(SecretInCardError) as caught:
            parse_card(file)
        assert secret not in str(caught.value)


def test_no_public_card_looks_like_a_secret() -> None:
    for _ in range(20):
        parse_card(encode_card(samples.card(PanelRoot.random())))


def test_succession() -> None:
    following = samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT)
    assert parse_card(encode_card(following)) == following
    verify_succession(following, CARD)
    with pytest.raises(CardSignatureError):
        verify_succession(samples.card(samples.NEXT_ROOT, epoch=2), CARD)
    with pytest.raises(CardSignatureError):
        verify_succession(samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.NEXT_ROOT), CARD)
    with pytest.raises(CardError):
        verify_succession(CARD, following)
    with pytest.raises(CardError):
        verify_succession(replace(following, inquiry="another"), CARD)


def test_the_fingerprint_is_that_of_what_is_signed() -> None:
    assert samples.card().fingerprint == CARD.fingerprint
    assert samples.card(samples.NEXT_ROOT).fingerprint != CARD.fingerprint
    words, numbers = CARD.fingerprint_words
    assert (len(words), len(numbers)) == (6, 6)


def test_one_root_gives_three_different_keys() -> None:
    root = samples.ROOT
    keys = {root.identity.seed, root.root, bytes.fromhex(CARD.verify_key), root.minisign_key.public.fingerprint}
    assert len(keys) == 4
    assert root.root.hex() not in repr(root)
