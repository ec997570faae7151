"""Bech32: canonical or rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bech32
from crypto.errors import RecipientError
from crypto.opening import Identity
from crypto.recipients import Recipient

PREFIXES = st.text("abcdefghij-1", min_size=1, max_size=12)


@given(PREFIXES, st.binary(max_size=1300))
def test_round_trip(prefix: str, data: bytes) -> None:
    text = bech32.encode(prefix, data)
    assert bech32.decode(text) == (prefix, data)
    assert bech32.decode(text.upper()) == (prefix, data)


@given(st.text(max_size=80) | st.text("qpzry9x8gf2tvdw0s3jn54khce6mua7l1bA", max_size=80))
def test_canonical_or_rejected(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except RecipientError:
        return
    assert bech32.encode(prefix, data) == text.lower()


@given(st.binary(min_size=32, max_size=32), st.data())
def test_every_typing_error_of_one_character_is_caught(data: bytes, draw: st.DataObject) -> None:
    text = bech32.encode("age1pq", data)
    place = draw.draw(st.integers(7, len(text) - 1))
    other = draw.draw(st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
    if text[place] != other:
        with pytest.raises(RecipientError):
            bech32.decode(text[:place] + other + text[place + 1 :])


def test_identity_and_recipient_are_told_apart() -> None:
    identity = Identity.from_seed(bytes(32))
    assert Identity.parse(identity.encode()).seed == identity.seed
    assert Recipient.parse(str(identity.recipient)) == identity.recipient
    for text in (identity.encode().lower(), str(identity.recipient)):
        with pytest.raises(RecipientError):
            Identity.parse(text)
    for text in (identity.encode(), str(identity.recipient).upper(), bech32.encode("age", bytes(32))):
        with pytest.raises(RecipientError):
            Recipient.parse(text)


def test_bytes_that_are_no_key_are_no_recipient() -> None:
    with pytest.raises(RecipientError):
        Recipient.parse(bech32.encode("age1pq", b"\xff" * 1216))


def test_no_secret_shows_in_a_repr() -> None:
    seed = bytes(range(32))
    shown = repr(Identity.from_seed(seed))
    assert seed.hex() not in shown
    assert repr(seed) not in shown
