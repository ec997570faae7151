"""The area under the ROC curve, on times whose true separation is known."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.auc import area_and_error, midranks, separation

FEW = st.lists(st.integers(0, 6).map(float), min_size=2, max_size=12)


def by_pairs(first: list[float], second: list[float]) -> float:
    """The definition: how often a value of the second is above one of the first, ties counting half."""
    wins = sum((b > a) + (b == a) / 2 for a in first for b in second)
    return wins / (len(first) * len(second))


@given(FEW, FEW)
def test_the_area_is_the_share_of_pairs(first: list[float], second: list[float]) -> None:
    area, error = area_and_error(first, second)
    assert area == pytest.approx(by_pairs(first, second))
    assert 0 <= error <= 0.5
    assert separation(first, second).area == pytest.approx(max(area, 1 - area))


@given(FEW, FEW)
def test_the_order_of_the_two_does_not_matter(first: list[float], second: list[float]) -> None:
    one, other = separation(first, second), separation(second, first)
    assert (one.area, one.high - one.low) == pytest.approx((other.area, other.high - other.low))


@given(FEW)
def test_midranks_add_up(values: list[float]) -> None:
    ranks = midranks(values)
    assert sum(ranks) == len(values) * (len(values) + 1) / 2
    for a, b in zip(values, ranks, strict=True):
        assert b == sum(other < a for other in values) + (1 + sum(other == a for other in values)) / 2


def test_two_that_never_meet() -> None:
    found = separation([1.0, 2.0, 3.0], [4.0, 5.0])
    assert (found.area, found.low, found.high) == (1, 1, 1)
    assert separation([4.0, 5.0], [1.0, 2.0, 3.0]).area == 1


def test_all_alike() -> None:
    found = separation([250.0] * 50, [250.0] * 50)
    assert (found.area, found.low, found.high) == (0.5, 0.5, 0.5)


def test_a_known_figure() -> None:
    """By hand: the second's values are above 3, 2 and 1.5 of three; S10 = 0.0833, S01 = 0.0278 + ties."""
    first, second = [1.0, 2.0, 3.0], [4.0, 2.5, 2.0]
    area, error = area_and_error(first, second)
    assert area == pytest.approx((3 + 2 + 1.5) / 9)
    placed_first, placed_second = [1.0, 2.5 / 3, 1 / 3], [1.0, 2 / 3, 0.5]
    expected = statistics.variance(placed_first) / 3 + statistics.variance(placed_second) / 3
    assert error == pytest.approx(math.sqrt(expected))


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 1.0])
def test_the_interval_holds_the_truth(shift: float) -> None:
    """Two normal distributions, one moved: the true area is known, and 95% intervals hold it about that often."""
    truth = 0.5 * (1 + math.erf(shift / 2))
    source = random.Random(20_261_124)  # noqa: S311 - no secret; the same numbers in every run
    held = 0
    for _ in range(200):
        first = [source.gauss(0, 1) for _ in range(200)]
        second = [source.gauss(shift, 1) for _ in range(200)]
        area, error = area_and_error(first, second)
        held += abs(area - truth) <= 1.96 * error
    assert 180 <= held <= 199


def test_two_thousand_alike_stay_below_the_limit_and_a_small_shift_does_not() -> None:
    source = random.Random(7)  # noqa: S311 - no secret; the same numbers in every run
    times = [[250 + source.expovariate(1 / 2) for _ in range(2_000)] for _ in range(2)]
    assert separation(*times).high < 0.6
    later = [time + 1 for time in times[1]]
    assert separation(times[0], later).low > 0.6


def test_one_value_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least two"):
        separation([1.0], [1.0, 2.0])
