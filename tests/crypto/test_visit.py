"""Requests and answers at /thread: one size each way, one form, and no answer that fits another request."""

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import (
    LABEL_THREAD_ANSWER,
    LETTER_KINDS,
    NOTICE_KINDS,
    SEALED_SIZES,
    THREAD_STATES,
    VISIT_ANSWER_BYTES,
    VISIT_MOST_LETTERS,
    VISIT_OPERATIONS,
    VISIT_REQUEST_BYTES,
    VISIT_SLOT_BYTES,
    VISIT_STATUSES,
)
from crypto.derivation import derive_key
from crypto.errors import NoThreadError, VisitError
from crypto.recipients import throwaway_recipient
from crypto.sealing import capacity, seal
from crypto.visit import (
    Index,
    IndexEntry,
    VisitAnswer,
    VisitRequest,
    miss,
    open_answer,
    parse_index,
    parse_request,
    slots_of,
)

PUT = VISIT_OPERATIONS["put"]
OTHERS = [code for code in VISIT_OPERATIONS.values() if code != PUT]
PUT_KINDS = [code for kind, code in LETTER_KINDS.items() if kind not in {"account", "unfinished"}]
BYTE = st.integers(0, 255)
SEQUENCES = st.integers(0, 2**31 - 1)


def exactly(size: int) -> st.SearchStrategy[bytes]:
    return st.integers(0, 256**size - 1).map(lambda number: number.to_bytes(size, "big"))


REQUESTS = st.builds(
    VisitRequest, st.sampled_from(OTHERS), st.just(0), BYTE, SEQUENCES, exactly(16), exactly(32), exactly(32)
) | st.builds(
    VisitRequest, st.just(PUT), st.sampled_from(PUT_KINDS), BYTE, SEQUENCES, exactly(16), exactly(32), exactly(32)
)
ENTRIES = st.builds(
    IndexEntry,
    st.sampled_from([*LETTER_KINDS.values(), *NOTICE_KINDS.values()]),
    st.sampled_from([0, 1, 4, 16]),
    exactly(16),
    exactly(32),
)
INDEXES = st.builds(
    Index,
    st.sampled_from(list(THREAD_STATES.values())),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.lists(ENTRIES, max_size=12, unique_by=lambda entry: entry.digest).map(tuple),
)
ANSWERS = st.builds(
    VisitAnswer, st.sampled_from(list(VISIT_STATUSES.values())), BYTE, st.integers(0, 2**32 - 1), st.binary(max_size=80)
)
TWO = [throwaway_recipient(), throwaway_recipient()]
SEALED = {size: seal(b" " * capacity(size, 2), TWO) for size in SEALED_SIZES}
FILLER = secrets.token_bytes(VISIT_SLOT_BYTES)
REQUEST = VisitRequest(VISIT_OPERATIONS["open"], 0, 0, 0, b"l" * 16, b"a" * 32)


def slot_for(request: VisitRequest) -> bytes:
    return SEALED[SEALED_SIZES[0]] if request.operation == PUT else FILLER


@given(REQUESTS)
def test_a_request_is_read_as_it_was_written(request: VisitRequest) -> None:
    slot = slot_for(request)
    header = request.encode()
    assert len(header) == VISIT_REQUEST_BYTES
    assert parse_request(header + slot) == (request, slot)


@pytest.mark.parametrize("size", SEALED_SIZES)
def test_a_letter_of_each_size_is_put(size: int) -> None:
    request = replace(REQUEST, operation=PUT, kind=LETTER_KINDS["addition"], sequence=1)
    assert parse_request(request.encode() + SEALED[size])[1] == SEALED[size]
    for wrong in (SEALED[size][:-1], SEALED[size] + b"\0", secrets.token_bytes(size)):
        with pytest.raises(VisitError):
            parse_request(request.encode() + wrong)


@pytest.mark.parametrize("operation", OTHERS)
def test_what_puts_nothing_has_one_size_and_is_not_looked_at(operation: int) -> None:
    header = replace(REQUEST, operation=operation).encode()
    for slot in (FILLER, bytes(VISIT_SLOT_BYTES), SEALED[SEALED_SIZES[0]]):
        assert parse_request(header + slot)[1] == slot
    for slot in (b"", FILLER[:-1], FILLER + b"\0", SEALED[SEALED_SIZES[1]]):
        with pytest.raises(VisitError):
            parse_request(header + slot)


@given(REQUESTS, st.data())
def test_a_request_is_canonical_or_rejected(request: VisitRequest, data: st.DataObject) -> None:
    header = bytearray(request.encode())
    header[data.draw(st.integers(0, 7))] = data.draw(BYTE)
    try:
        parsed, _ = parse_request(bytes(header) + slot_for(request))
    except VisitError:
        return
    assert parsed.encode() == header


@given(st.binary(max_size=200))
def test_random_bytes_are_no_request(data: bytes) -> None:
    with pytest.raises(VisitError):
        parse_request(data)
    with pytest.raises(VisitError):
        parse_request(data.ljust(VISIT_REQUEST_BYTES + VISIT_SLOT_BYTES, b"\0"))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REQUEST, operation=0),
        replace(REQUEST, operation=5),
        replace(REQUEST, operation=300),
        replace(REQUEST, kind=LETTER_KINDS["addition"]),
        replace(REQUEST, operation=PUT, kind=0),
        replace(REQUEST, operation=PUT, kind=LETTER_KINDS["account"]),
        replace(REQUEST, operation=PUT, kind=LETTER_KINDS["unfinished"]),
        replace(REQUEST, operation=PUT, kind=NOTICE_KINDS["reply"]),
        replace(REQUEST, part=-1),
        replace(REQUEST, part=256),
        replace(REQUEST, sequence=-1),
        replace(REQUEST, sequence=2**31),
        replace(REQUEST, locator=b"l" * 15),
        replace(REQUEST, access=b"a" * 33),
        replace(REQUEST, target=b""),
    ],
)
def test_a_request_of_another_form_is_never_written(wrong: VisitRequest) -> None:
    with pytest.raises(VisitError):
        wrong.encode()


def test_no_secret_shows_in_a_repr() -> None:
    for shown in (repr(REQUEST), repr(VisitAnswer(1, slot=b"seven words"))):
        for secret in ("aaaa", "llll", "seven words"):
            assert secret not in shown


@given(REQUESTS, ANSWERS)
def test_an_answer_is_read_by_who_asked(request: VisitRequest, answer: VisitAnswer) -> None:
    sealed = answer.seal(request)
    assert len(sealed) == VISIT_ANSWER_BYTES
    opened = open_answer(sealed, request)
    assert (opened.status, opened.parts, opened.sequence) == (answer.status, answer.parts, answer.sequence)
    assert opened.slot == answer.slot.ljust(VISIT_SLOT_BYTES, b"\0")


@given(REQUESTS, REQUESTS)
def test_an_answer_fits_no_other_request(request: VisitRequest, other: VisitRequest) -> None:
    sealed = VisitAnswer(VISIT_STATUSES["letter"], 1, slot=b"letter").seal(request)
    if other != request:
        with pytest.raises(NoThreadError):
            open_answer(sealed, other)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, operation=VISIT_OPERATIONS["discard"]),
        replace(REQUEST, operation=PUT, kind=LETTER_KINDS["draft"]),
        replace(REQUEST, part=1),
        replace(REQUEST, sequence=1),
        replace(REQUEST, locator=b"m" * 16),
        replace(REQUEST, access=b"b" * 32),
        replace(REQUEST, target=b"t" * 32),
    ],
)
def test_answers_cannot_be_swapped(other: VisitRequest) -> None:
    """Two answers to the same words, exchanged on the way: each fits the request that it answers, and that alone."""
    mine, theirs = (VisitAnswer(VISIT_STATUSES["gone"]).seal(request) for request in (REQUEST, other))
    assert open_answer(mine, REQUEST) == open_answer(theirs, other)
    for sealed, request in ((mine, other), (theirs, REQUEST)):
        with pytest.raises(NoThreadError):
            open_answer(sealed, request)


@given(st.integers(0, VISIT_ANSWER_BYTES - 1), st.integers(1, 255))
def test_any_altered_bit_is_refused(place: int, flip: int) -> None:
    sealed = bytearray(VisitAnswer(VISIT_STATUSES["letter"], 1, slot=b"letter").seal(REQUEST))
    sealed[place] ^= flip
    with pytest.raises(NoThreadError):
        open_answer(bytes(sealed), REQUEST)


@pytest.mark.parametrize("size", [0, VISIT_ANSWER_BYTES - 1, VISIT_ANSWER_BYTES + 1])
def test_an_answer_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(VisitError):
        open_answer(miss()[:size].ljust(size, b"\0"), REQUEST)


@pytest.mark.parametrize("answer", [VisitAnswer(0), VisitAnswer(99)])
def test_an_answer_of_an_unknown_status_is_refused(answer: VisitAnswer) -> None:
    with pytest.raises(VisitError):
        open_answer(answer.seal(REQUEST), REQUEST)


@pytest.mark.parametrize("place", range(2, 36))
def test_an_answer_with_anything_in_its_reserved_bytes_is_refused(place: int) -> None:
    """Else two versions could read one answer differently. The next free sequence alone, at 4 to 7, may be anything."""
    header = bytearray(bytes([VISIT_STATUSES["gone"], 0]).ljust(36, b"\0"))
    header[place] = 1
    cipher = ChaCha20Poly1305(derive_key(REQUEST.access, LABEL_THREAD_ANSWER, 32))
    sealed = cipher.encrypt(bytes(12), bytes(header) + bytes(VISIT_SLOT_BYTES), REQUEST.encode())
    if 4 <= place < 8:
        assert open_answer(bytes(12) + sealed, REQUEST).sequence == 256 ** (7 - place)
        return
    with pytest.raises(VisitError):
        open_answer(bytes(12) + sealed, REQUEST)


def test_a_miss_looks_like_any_answer() -> None:
    """The same size; every byte takes all values; two are never alike; and it opens nothing."""
    misses = [miss() for _ in range(8)]
    sealed = [VisitAnswer(status).seal(REQUEST) for status in VISIT_STATUSES.values()]
    assert {len(answer) for answer in misses + sealed} == {VISIT_ANSWER_BYTES}
    assert len(set(misses + sealed)) == len(misses) + len(sealed)
    for answer in misses + sealed:
        assert len(set(answer)) == 256
        # 65,600 random bytes: each value 256 times, give or take 16; six times that is one run in a hundred million.
        assert all(160 < answer.count(value) < 352 for value in range(256))
    for answer in misses:
        with pytest.raises(NoThreadError):
            open_answer(answer, REQUEST)


@given(INDEXES)
def test_an_index_is_read_as_it_was_written(index: Index) -> None:
    slot = index.encode()
    assert len(slot) == VISIT_SLOT_BYTES
    assert parse_index(slot) == index


@given(INDEXES, st.data())
def test_an_index_is_canonical_or_rejected(index: Index, data: st.DataObject) -> None:
    slot = bytearray(index.encode())
    slot[data.draw(st.integers(0, 700) | st.integers(0, VISIT_SLOT_BYTES - 1))] = data.draw(BYTE)
    try:
        parsed = parse_index(bytes(slot))
    except VisitError:
        return
    assert parsed.encode() == slot


def test_a_thread_of_the_most_letters_fits() -> None:
    entries = [
        IndexEntry(LETTER_KINDS["addition"], 1, b"l" * 16, at.to_bytes(32, "big"))
        for at in range(VISIT_MOST_LETTERS + 1)
    ]
    index = Index(THREAD_STATES["open"], 0, 1_000, tuple(entries[:-1]))
    assert parse_index(index.encode()) == index
    with pytest.raises(VisitError):
        parse_index(replace(index, entries=tuple(entries)).encode())


def test_what_is_listed_twice_is_refused() -> None:
    """A server could show one answer as two, under whatever kind and thread."""
    first = IndexEntry(NOTICE_KINDS["reply"], 1, b"l" * 16, b"d" * 32)
    for second in (first, replace(first, kind=NOTICE_KINDS["heard"]), replace(first, locator=b"m" * 16)):
        with pytest.raises(VisitError):
            parse_index(Index(THREAD_STATES["open"], 0, 1, (first, second)).encode())


@pytest.mark.parametrize(
    "slot",
    [b"", bytes(VISIT_SLOT_BYTES), bytes(VISIT_SLOT_BYTES - 1), FILLER[:100]],
    ids=["nothing", "zeros", "one byte short", "random"],
)
def test_what_is_no_index_is_refused(slot: bytes) -> None:
    with pytest.raises(VisitError):
        parse_index(slot)


def test_larger_letters_take_more_slots() -> None:
    assert [slots_of(size) for size in SEALED_SIZES] == [1, 4, 16]
