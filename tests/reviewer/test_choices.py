"""The choices that count now: one function, and whatever is not certain is No."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import LETTER_KINDS
from crypto.letter import Answer, Choice
from reviewer.choices import Effective, Standing, Voice, effective_choices
from reviewer.entries import Status
from reviewer.opening import Reason

QUESTIONS = ("statistics", "research", "quotations")
LABELS = {"yes": "Yes", "no": "No", "later": "I will decide later"}


def consents(*values: str | None) -> tuple[Answer, ...]:
    """What was chosen for each question; None is left out."""
    return tuple(
        Answer(name, "choices", f"May we use it for {name}?", None, (Choice(value, LABELS.get(value, value)),))
        for name, value in zip(QUESTIONS, values, strict=False)
        if value is not None
    )


def voice(
    kind: str,
    sequence: int,
    *values: str | None,
    status: Status = Status.IMPORTED,
    reason: Reason | None = None,
    words: int = 0,
    bundle: int = 1,
) -> Voice:
    return Voice(
        digest=f"{kind}-{words}-{sequence}-{bundle}-{'-'.join(map(str, values))}",
        kind=LETTER_KINDS[kind],
        words=words,
        sequence=sequence,
        brought=(1, bundle),
        status=status.value,
        reason=reason.value if reason else None,
        consents=consents(*values),
    )


ACCOUNT = voice("account", 0, "yes", "yes", "later")
AHEAD = voice("choices", 3, "yes", "yes", "yes", status=Status.WAITING, reason=Reason.AHEAD)
ADDITION = voice("addition", 1)


def yes(effective: Effective) -> set[str]:
    return {choice.id for choice in effective.choices if choice.counts}


def test_the_account_decides_until_choices_are_changed() -> None:
    assert yes(effective_choices([ACCOUNT])) == {"statistics", "research"}
    changed = voice("choices", 2, "no", "yes", "yes")
    effective = effective_choices([ACCOUNT, ADDITION, changed])
    assert yes(effective) == {"research", "quotations"}
    assert (effective.standing, effective.decided_by) == (Standing.CLEAR, changed.digest)


def test_only_a_clear_yes_is_yes() -> None:
    for value in ("no", "later", "Yes", "yes ", "maybe", ""):
        assert yes(effective_choices([voice("account", 0, value)])) == set()


def test_two_options_for_one_question_are_no() -> None:
    both = Answer("research", "choices", "May we?", None, (Choice("yes", "Yes"), Choice("no", "No")))
    text = Answer("quotations", "choices", "May we?", "yes", ())
    assert yes(effective_choices([replace(ACCOUNT, consents=(both, text))])) == set()


def test_a_question_that_is_left_out_later_counts_as_no_and_is_still_named() -> None:
    effective = effective_choices([ACCOUNT, voice("choices", 1, None, "yes")])
    assert [(choice.id, choice.value, choice.counts) for choice in effective.choices] == [
        ("statistics", "", False),
        ("research", "yes", True),
        ("quotations", "", False),
    ]


def test_nothing_counts_of_what_was_taken_back() -> None:
    for status in (Status.WITHDRAWN, Status.DESTROYED):
        effective = effective_choices([replace(ACCOUNT, status=status), voice("withdrawal", 1)])
        assert effective == Effective(Standing.TAKEN_BACK, None, ())


def test_a_gap_makes_every_choice_no_until_it_is_closed() -> None:
    gap = effective_choices([ACCOUNT, AHEAD])
    assert (gap.standing, yes(gap), len(gap.choices)) == (Standing.GAP, set(), 3)
    closed = [ACCOUNT, ADDITION, voice("addition", 2), replace(AHEAD, status=Status.IMPORTED, reason=None)]
    assert yes(effective_choices(closed)) == set(QUESTIONS)


def test_without_its_account_nothing_counts() -> None:
    alone = voice("choices", 1, "yes", status=Status.WAITING, reason=Reason.NO_ACCOUNT)
    assert effective_choices([alone]).standing is Standing.NO_ACCOUNT
    assert effective_choices([]).standing is Standing.NO_ACCOUNT
    assert yes(effective_choices([voice("choices", 1, "yes")])) == set()


@pytest.mark.parametrize("reason", [Reason.UNSIGNED, Reason.OTHER_THREAD, Reason.REPLACED, Reason.OTHER_KIND])
def test_what_is_foreign_neither_counts_nor_holds_up(reason: Reason) -> None:
    foreign = voice("choices", 1, "yes", "yes", "yes", status=Status.SET_ASIDE, reason=reason)
    effective = effective_choices([voice("account", 0, "no", "yes", "no"), foreign])
    assert (effective.standing, yes(effective)) == (Standing.CLEAR, {"research"})


@pytest.mark.parametrize("reason", [Reason.PLACE_TAKEN, Reason.SAME_PLACE, Reason.SECOND_ACCOUNT])
def test_a_conflict_makes_every_choice_no_until_somebody_chooses_again(reason: Reason) -> None:
    place = 0 if reason is Reason.SECOND_ACCOUNT else 1
    kind = "account" if place == 0 else "choices"
    other = voice(kind, place, "no", status=Status.SET_ASIDE, reason=reason, bundle=2)
    conflict = [ACCOUNT, other]
    assert (effective_choices(conflict).standing, yes(effective_choices(conflict))) == (Standing.CONFLICT, set())
    settling = voice("choices", 2, "yes", "no", "no", bundle=2)
    assert yes(effective_choices([*conflict, settling])) == {"statistics"}
    # An addition settles nothing; neither does a letter that was here before the conflict was known.
    assert yes(effective_choices([*conflict, voice("addition", 2, bundle=3)])) == set()
    assert yes(effective_choices([*conflict, replace(settling, brought=(1, 1))])) == set()
    # Numbers of bundles begin again with each generation.
    assert yes(effective_choices([*conflict, replace(settling, brought=(2, 1))])) == {"statistics"}
    # A second conflict after it opens it again.
    again = voice("choices", 3, "yes", status=Status.SET_ASIDE, reason=Reason.SAME_PLACE, bundle=4)
    assert yes(effective_choices([*conflict, settling, again])) == set()


def test_other_words_go_on_where_the_old_ones_ended() -> None:
    old = [ACCOUNT, voice("choices", 5, "no", "no", "no"), voice("replacement", 6)]
    assert yes(effective_choices([*old, voice("choices", 1, "yes", words=1)])) == {"statistics"}
    second = voice("account", 0, "yes", status=Status.SET_ASIDE, reason=Reason.SECOND_ACCOUNT, words=1)
    assert effective_choices([*old, second]).standing is Standing.CONFLICT
    assert yes(effective_choices([*old, second, voice("choices", 1, "yes", words=1)])) == {"statistics"}


def test_a_letter_that_cannot_be_verified_here_decides_for_no() -> None:
    unread = replace(voice("choices", 1, "yes"), consents=None)
    effective = effective_choices([ACCOUNT, unread])
    assert (effective.standing, effective.decided_by, yes(effective)) == (Standing.UNREAD, unread.digest, set())
    assert yes(effective_choices([ACCOUNT, unread, voice("choices", 2, "no", "yes")])) == {"research"}


def test_while_letters_are_missing_in_the_station_nothing_is_certain() -> None:
    effective = effective_choices([ACCOUNT], is_whole=False)
    assert (effective.standing, yes(effective)) == (Standing.NOT_WHOLE, set())


REASONS = st.sampled_from([None, *Reason])
VOICES = st.builds(
    voice,
    st.sampled_from(["account", "addition", "choices", "replacement"]),
    st.integers(0, 4),
    st.sampled_from([None, "yes", "no", "later"]),
    st.sampled_from([None, "yes", "no", "later"]),
    status=st.sampled_from(list(Status)),
    reason=REASONS,
    words=st.integers(0, 1),
    bundle=st.integers(1, 4),
)


@given(st.lists(VOICES, max_size=7), st.randoms(use_true_random=False))
def test_it_comes_to_the_same_in_every_order(voices: list[Voice], random: Random) -> None:
    distinct = list({one.digest: one for one in voices}.values())
    shuffled = list(distinct)
    random.shuffle(shuffled)
    assert effective_choices(shuffled) == effective_choices(distinct)


@given(st.lists(VOICES, max_size=7))
def test_a_yes_was_chosen_in_the_last_letter_that_counts_and_nothing_is_open(voices: Sequence[Voice]) -> None:
    effective = effective_choices(voices)
    if not yes(effective):
        return
    counting = [one for one in voices if one.status == Status.IMPORTED and one.kind in {1, 4}]
    last = max(counting, key=lambda one: (one.place, one.digest))
    assert effective.decided_by == last.digest
    assert yes(effective) <= {answer.id for answer in last.consents or () if answer.chosen[0].value == "yes"}
    assert not {Status.WAITING, Status.WITHDRAWN, Status.DESTROYED} & {Status(one.status) for one in voices}


@given(st.lists(VOICES, max_size=5), VOICES)
def test_what_does_not_count_never_adds_a_yes(voices: list[Voice], other: Voice) -> None:
    for status in (Status.SET_ASIDE, Status.WAITING, Status.MISSING):
        assert yes(effective_choices([*voices, replace(other, status=status.value)])) <= yes(effective_choices(voices))


def test_every_order_of_one_thread() -> None:
    thread = [ACCOUNT, ADDITION, voice("choices", 2, "no", "yes", "yes"), voice("choices", 3, "yes", "no", "later")]
    assert all(yes(effective_choices(order)) == {"statistics"} for order in permutations(thread))
