"""What commands and agent say to each other: every message comes back as it was, and nothing else is one."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.header import Stanza
from reviewer.agent.protocol import (
    FILE_KEY_BYTES,
    MOST_BYTES,
    REFUSALS,
    AskState,
    FileKey,
    Lock,
    Locked,
    Message,
    Refusal,
    Sign,
    Signature,
    SignBundle,
    State,
    UnlockedEpoch,
    Unwrap,
    encode,
    parse,
)
from reviewer.errors import AgentError

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
EPOCHS = st.integers(0, 9_999)
STANZAS = st.builds(Stanza, PRINTABLE, st.lists(PRINTABLE, max_size=3).map(tuple), st.binary(max_size=80))
UNLOCKED = st.builds(UnlockedEpoch, EPOCHS, st.lists(st.integers(0, 16), max_size=16).map(tuple))
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.just(AskState()),
    st.just(Lock()),
    st.builds(Unwrap, EPOCHS, st.lists(STANZAS, max_size=3).map(tuple)),
    st.builds(Sign, EPOCHS, st.binary(max_size=200)),
    st.builds(SignBundle, EPOCHS, st.binary(min_size=64, max_size=64), PRINTABLE),
    st.builds(State, st.lists(UNLOCKED, max_size=3).map(tuple), st.integers(0, 10**6), st.booleans()),
    st.builds(FileKey, st.none() | st.binary(min_size=FILE_KEY_BYTES, max_size=FILE_KEY_BYTES)),
    st.builds(Signature, st.binary(max_size=200)),
    st.just(Locked()),
    st.builds(Refusal, st.sampled_from(REFUSALS)),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10_001) | st.text(max_size=12) | st.sampled_from(["00", "0G", "label"]),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)


@given(MESSAGES)
def test_every_message_comes_back(message: Message) -> None:
    assert parse(encode(message)) == message


@given(MESSAGES, st.data())
def test_one_spelling_only(message: Message, data: st.DataObject) -> None:
    document = json.loads(encode(message))
    name = data.draw(st.sampled_from(sorted(document)))
    document[name] = data.draw(VALUES)
    changed = json.dumps(document, separators=(",", ":")).encode("ascii")
    for spelt in (changed, changed + b" ", changed.replace(b":", b": ", 1), changed[:-1] + b',"more":1}'):
        try:
            found = parse(spelt)
        except AgentError:
            continue
        assert encode(found) == spelt


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_refused(data: bytes) -> None:
    with contextlib.suppress(AgentError):
        assert encode(parse(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"say":"sign","epoch":true,"message":""}',
        b'{"say":"sign","epoch":1,"message":"0"}',
        b'{"say":"sign","epoch":1,"message":"AB"}',
        b'{"say":"sign","epoch":1}',
        b'{"say":"sign","epoch":10000,"message":""}',
        b'{"say":"sign bundle","epoch":1,"digest":"00","comment":""}',
        b'{"say":"state","epochs":[[1,1]],"seconds":1,"memory_locked":1}',
        b'{"say":"unwrap","epoch":1,"stanzas":[["mlkem768x25519","AB"]]}',
        b'{"say":"lock","say":"lock"}',
        b"[" * 100_000,
        b" " * (MOST_BYTES + 1),
    ],
    ids=range(11),
)
def test_messages_of_the_wrong_shape(data: bytes) -> None:
    with pytest.raises(AgentError, match="no message"):
        parse(data)


def test_no_secret_in_a_repr() -> None:
    for message in (FileKey(b"k" * 16), Sign(1, b"invented words")):
        assert "k" * 16 not in repr(message)
        assert "invented" not in repr(message)
