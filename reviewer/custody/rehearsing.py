"""Rehearsing: every set of enough shares is put together once, so that losing any of the others is known to be survivable."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from crypto.card import PanelCard
from reviewer.custody.quorum import open_card
from reviewer.custody.share_words import ShareWords, check_set
from reviewer.errors import CustodyError, RehearsalError


@dataclass(frozen=True)
class Rehearsed:
    """Which sets opened. `missing` are the custodians whose shares were not there, so nothing is known of them."""

    set_number: int
    opened: tuple[tuple[int, ...], ...]
    missing: tuple[int, ...]


def rehearse(shares: Sequence[ShareWords], card: PanelCard) -> Rehearsed:
    """Put every set of `threshold` shares together. Raises RehearsalError, which names a set that does not open; CustodyError."""
    check_set(shares, card)
    opened = []
    for chosen in combinations(sorted(shares, key=lambda share: share.number), card.threshold):
        numbers = tuple(share.number for share in chosen)
        try:
            open_card(chosen, card)
        except CustodyError:
            raise RehearsalError(
                f"The shares {' and '.join(map(str, numbers))} do not open epoch {card.epoch}: hold a new ceremony at once."
            ) from None
        opened.append(numbers)
    here = {share.number for share in shares}
    missing = tuple(number for number in range(1, card.custodians + 1) if number not in here)
    return Rehearsed(shares[0].set_number, tuple(opened), missing)
