"""What there is of a call has one place in the store: a later save replaces an earlier one, and its access erases it."""

import hashlib
import secrets
from datetime import date

import pytest

from crypto.constants import LETTER_KINDS
from intake.rows import NewLetter
from intake.store import Store
from intake.store.letters import UNFINISHED

DAY = date(2026, 11, 26)
LOCATOR, ACCESS = b"\x01" * 16, b"\x02" * 32
HASH = hashlib.sha256(ACCESS).digest()


def part(*, locator: bytes = LOCATOR, access_hash: bytes = HASH, kind: int = UNFINISHED) -> NewLetter:
    return NewLetter(kind, locator, access_hash, DAY, secrets.token_bytes(65_536))


def test_a_later_save_replaces_the_earlier_one(store: Store) -> None:
    others = part(locator=b"\x09" * 16)
    store.add([others])
    first, second, third = part(), part(), part()
    for one in (first, second, third):
        assert store.add([one]) == {one.digest}
    assert store.count() == (2, 2)
    assert store.fetch(LOCATOR, HASH, third.digest) == (True, third.sealed)
    assert store.fetch(LOCATOR, HASH, first.digest) == (True, None)
    assert store.fetch(b"\x09" * 16, HASH, others.digest) == (True, others.sealed)
    # The same bytes again are acknowledged and change nothing.
    assert store.add([third]) == {third.digest}
    assert store.count() == (2, 2)


def test_two_saves_in_one_commit_are_both_acknowledged(store: Store) -> None:
    store.add([part()])
    two = [part(), part()]
    assert store.add(two) == {one.digest for one in two}


def test_nobody_without_its_access_replaces_or_erases_it(store: Store) -> None:
    mine = part()
    store.add([mine])
    assert store.add([part(access_hash=secrets.token_bytes(32))]) == frozenset()
    assert store.fetch(LOCATOR, HASH, mine.digest) == (True, mine.sealed)
    assert store.discard(LOCATOR, secrets.token_bytes(32)) is None
    assert store.fetch(LOCATOR, HASH, mine.digest) == (True, mine.sealed)


def test_an_account_at_its_locator_replaces_nothing(store: Store) -> None:
    mine = part()
    store.add([mine])
    store.add([part(kind=LETTER_KINDS["account"])])
    assert store.fetch(LOCATOR, HASH, mine.digest) == (True, mine.sealed)


@pytest.mark.parametrize("times", [1, 3])
def test_its_access_erases_it(store: Store, times: int) -> None:
    for _ in range(times):
        store.add([part()])
    standing = store.discard(LOCATOR, HASH)
    assert standing is not None
    assert standing.outcome == "stored"
    assert store.count() == (0, 0)
    # Once more changes nothing.
    assert store.discard(LOCATOR, HASH) == standing
