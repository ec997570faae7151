"""Legal holds: signed by one panel of the chain, in force between two days, until a later notice takes their place."""

import json
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.card import parse_card
from crypto.errors import LetterError, LetterSignatureError
from crypto.hold import MOST_CHARACTERS, hold_digest, in_force, last_day, parse_hold, standing, verify_hold
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.panel import PanelRoot
from tests.crypto import samples
from tests.crypto.test_notice import CARD, NEXT_CARD, notice

DAY = date(2026, 11, 15)
WHY = "A court has asked that nothing is destroyed."


def hold(sequence: int = 1, replaces: Notice | None = None, root: PanelRoot = samples.ROOT, **changes: Any) -> Notice:
    """A hold for November 2026."""
    digests = () if replaces is None else (hold_digest(replaces),)
    fields: dict[str, Any] = {"sequence": sequence, "digests": digests, "text": WHY}
    return notice("hold", root, **fields | changes)


FIRST = hold()
# Ends the first: its last day was the tenth.
END = hold(2, FIRST, valid_to="2026-11-10")
SECOND = hold(3, valid_to="2026-12-31")


def test_a_hold_is_in_force_on_both_its_days_and_between() -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), DAY, date(2026, 11, 30), date(2026, 12, 1)]
    assert [bool(in_force([FIRST], day)) for day in days] == [False, True, True, True, False]
    assert last_day([FIRST, SECOND]) == "2026-12-31"


def test_whatever_order_they_come_in_and_however_often() -> None:
    """An old one that is replayed neither brings a hold back nor ends another."""
    for order in permutations([FIRST, END, SECOND, FIRST, END]):
        assert standing(order) == [END, SECOND]
        assert in_force(order, DAY) == [SECOND]
        assert in_force(order, date(2026, 11, 10)) == [END, SECOND]


def test_an_end_ends_the_one_that_it_names_and_nothing_else() -> None:
    assert in_force([END, SECOND], DAY) == [SECOND]
    assert in_force([FIRST, SECOND], DAY) == [FIRST, SECOND]
    again = hold(4)  # the same words and days, published once more after the end
    assert in_force([FIRST, END, again], DAY) == [again]


def test_an_end_of_an_end_brings_nothing_back() -> None:
    longer = hold(4, END, valid_to="2026-11-12")
    assert standing([FIRST, END, longer]) == [longer]
    assert in_force([FIRST, END, longer], DAY) == []


def test_a_notice_with_an_older_number_replaces_nothing() -> None:
    later = hold(5)
    wrong = hold(4, later, valid_to="2026-11-02")
    assert in_force([later, wrong], DAY) == [later]


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(0, 4)), max_size=7), st.randoms(use_true_random=False))
def test_holds_come_to_the_same_in_every_order(plan: list[tuple[int, int]], random: Random) -> None:
    made: list[Notice] = []
    for number, (last, replaces) in enumerate(plan, 1):
        other = made[-1 - replaces] if replaces and replaces < len(made) else None
        made.append(hold(number, other, valid_to=f"2026-11-{last:02}"))
    shuffled = made + made[: len(made) // 2]
    random.shuffle(shuffled)
    assert standing(shuffled) == standing(made)
    named = {digest for one in made for digest in one.digests}
    assert {hold_digest(one) for one in standing(made)} == {hold_digest(one) for one in made} - named


def test_a_hold_is_signed_by_a_panel_of_the_chain() -> None:
    cards = [CARD, NEXT_CARD]
    later = hold(2, root=samples.NEXT_ROOT, epoch=2)
    verify_hold(FIRST, cards)
    verify_hold(later, cards)
    for wrong, known in (
        (later, [CARD]),
        (replace(FIRST, text="Nothing is held."), cards),
        (replace(FIRST, valid_to="2026-11-02"), cards),
        (hold(root=samples.NEXT_ROOT), cards),
        (hold(inquiry="another-inquiry"), cards),
    ):
        with pytest.raises(LetterSignatureError):
            verify_hold(wrong, known)


def test_what_is_read_is_what_was_written() -> None:
    assert parse_hold(encode_notice(END)) == END
    assert parse_hold(encode_notice(hold(text="é" * MOST_CHARACTERS))).text == "é" * MOST_CHARACTERS


@pytest.mark.parametrize(
    "wrong",
    [
        notice("reply"),
        notice("hold"),  # names two
        hold(text=""),
        hold(text=" \n"),
        hold(text="a" * (MOST_CHARACTERS + 1)),
    ],
)
def test_what_is_no_hold_is_refused(wrong: Notice) -> None:
    with pytest.raises(LetterError):
        parse_hold(encode_notice(wrong))


def test_a_hold_stands_alone_in_its_record() -> None:
    for hostile in (encode_notice(FIRST) + b" ", b" " + encode_notice(FIRST), b"", encode_notice(FIRST)[:-1]):
        with pytest.raises(LetterError):
            parse_hold(hostile)


def test_signing_again_gives_the_same_name() -> None:
    assert hold_digest(sign_notice(FIRST, samples.ROOT.sign)) == hold_digest(FIRST)


VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "holds.json").read_text("ascii"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_python_believes_what_the_browser_believes(vector: dict[str, Any]) -> None:
    lines = vector["cards"].splitlines(keepends=True)
    cards = [parse_card("".join(lines[at : at + 3]).encode("ascii")) for at in range(0, len(lines), 3)]
    believed = []
    for line in vector["files"].split("\n"):
        try:
            verify_hold(one := parse_hold(line.encode("utf-8")), cards)
        except LetterError:
            continue
        believed += in_force([one], date.fromisoformat(vector["today"]))
    assert len(believed) == vector["believed"]
