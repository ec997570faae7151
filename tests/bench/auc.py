"""How well one set of times tells two kinds of request apart: the area under the ROC curve, with DeLong's interval.

0.5 is not at all, 1 always. E. R. DeLong and others, Biometrics 44 (1988), by midranks: X. Sun and W. Xu, IEEE Signal
Processing Letters 21 (2014).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_Z95: Final = 1.959963984540054


@dataclass(frozen=True)
class Separation:
    """The area, folded so that it is at least 0.5 (who guesses may turn a guess round), and its 95% interval."""

    area: float
    low: float
    high: float


def separation(first: Sequence[float], second: Sequence[float]) -> Separation:
    """Return how well a value tells whether it is of `first` or of `second`. Both have at least two values."""
    area, error = area_and_error(first, second)
    low, high = max(0.0, area - _Z95 * error), min(1.0, area + _Z95 * error)
    return Separation(area, low, high) if area >= 0.5 else Separation(1 - area, 1 - high, 1 - low)


def area_and_error(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Return the chance that a value of `second` is above one of `first` (ties count half), and its standard error."""
    m, n = len(first), len(second)
    if min(m, n) < 2:
        raise ValueError("each kind needs at least two values")
    among = midranks([*first, *second])
    own_first, own_second = midranks(first), midranks(second)
    # For each value, the share of the other kind that lies on its right side.
    placed_first = [1 - (among[i] - own_first[i]) / n for i in range(m)]
    placed_second = [(among[m + i] - own_second[i]) / m for i in range(n)]
    area = sum(placed_second) / n
    return area, math.sqrt(variance(placed_first) / m + variance(placed_second) / n)


def midranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1, ties sharing the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks


def variance(values: Sequence[float]) -> float:
    """Return the sample variance of at least two values."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
