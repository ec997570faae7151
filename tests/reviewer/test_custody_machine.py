"""A state machine over custody and epochs, and faults that it must find: any m open, any fewer do not, nothing else mixes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

import reviewer.custody.quorum as quorum
import reviewer.custody.splitting as splitting
from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.custody.quorum import open_card
from reviewer.custody.rehearsing import rehearse
from reviewer.custody.share_words import ShareWords, parse_words
from reviewer.errors import CustodyError, MixedSharesError, TooFewSharesError

SETTINGS = settings(max_examples=20, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
# A planted fault is to be found, not to be made small.
PLANTED = settings(SETTINGS, max_examples=100, phases=[Phase.generate], derandomize=True)


class Epoch:
    """What custodians of one epoch hold: sets of shares, the newest last."""

    def __init__(self, number: int, threshold: int, custodians: int) -> None:
        self.root = PanelRoot.random()
        self.card = self.root.issue_card(
            inquiry="an-inquiry",
            epoch=number,
            valid_from=date(2026, 11, 1),
            valid_to=date(2028, 11, 1),
            threshold=threshold,
            custodians=custodians,
        )
        self.sets: list[list[ShareWords]] = []
        self.renew()

    def renew(self) -> None:
        words = splitting.split(self.root.root, self.card.threshold, self.card.custodians)
        self.sets.append([parse_words(one) for one in words])


class Custody(RuleBasedStateMachine):
    """Ceremonies, renewals, and people who come with shares of all kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[Epoch] = []

    @property
    def cards(self) -> list[PanelCard]:
        return [epoch.card for epoch in self.epochs]

    @initialize(data=st.data())
    def first(self, data: st.DataObject) -> None:
        self.ceremony(data)

    @precondition(lambda self: len(self.epochs) < 4)
    @rule(data=st.data())
    def ceremony(self, data: st.DataObject) -> None:
        custodians = data.draw(st.integers(2, 5))
        self.epochs.append(Epoch(len(self.epochs) + 1, data.draw(st.integers(2, custodians)), custodians))

    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.epochs)).renew()

    @rule(data=st.data())
    def enough_open(self, data: st.DataObject) -> None:
        epoch, shares = self._set(data)
        count = data.draw(st.integers(epoch.card.threshold, len(shares)))
        chosen = data.draw(st.permutations(shares))[:count]
        assert open_card(chosen, epoch.card, self.cards).root == epoch.root.root

    @rule(data=st.data())
    def a_rehearsal_proves_every_set(self, data: st.DataObject) -> None:
        epoch, shares = self._set(data)
        assert rehearse(shares, epoch.card).missing == ()

    @rule(data=st.data())
    def fewer_open_nothing(self, data: st.DataObject) -> None:
        epoch, shares = self._set(data)
        chosen = data.draw(st.permutations(shares))[: epoch.card.threshold - 1]
        with pytest.raises(TooFewSharesError):
            open_card(chosen, epoch.card, self.cards)
        # Nor do their words, whatever the program says of their number.
        with pytest.raises(CustodyError):
            splitting.combine([share.words for share in chosen])

    @rule(data=st.data())
    def one_share_twice_counts_once(self, data: st.DataObject) -> None:
        epoch, shares = self._set(data)
        chosen = data.draw(st.permutations(shares))[: epoch.card.threshold - 1]
        with pytest.raises(CustodyError):
            open_card([*chosen, chosen[0]], epoch.card, self.cards)

    @precondition(lambda self: any(len(epoch.sets) > 1 for epoch in self.epochs))
    @rule(data=st.data())
    def renewed_shares_do_not_mix(self, data: st.DataObject) -> None:
        epoch = data.draw(st.sampled_from([epoch for epoch in self.epochs if len(epoch.sets) > 1]))
        one, other = data.draw(st.permutations(epoch.sets))[:2]
        mixed = self._mixed(data, one, other, epoch.card.threshold)
        if one[0].set_number != other[0].set_number:  # 15 bits: the same by chance, once in a very long while
            with pytest.raises(MixedSharesError):
                open_card(mixed, epoch.card, self.cards)
        with pytest.raises(CustodyError):
            splitting.combine([share.words for share in mixed])

    @precondition(lambda self: len(self.epochs) > 1)
    @rule(data=st.data())
    def no_share_of_one_epoch_opens_another(self, data: st.DataObject) -> None:
        one, other = data.draw(st.permutations(self.epochs))[:2]
        with pytest.raises(CustodyError):
            open_card(one.sets[-1][: other.card.threshold], other.card, self.cards)
        with pytest.raises(CustodyError):
            open_card(one.sets[-1], other.card, self.cards)
        if one.card.threshold == other.card.threshold:
            mixed = self._mixed(data, one.sets[-1], other.sets[-1], other.card.threshold)
            with pytest.raises(CustodyError):
                open_card(mixed, other.card, self.cards)

    def _set(self, data: st.DataObject) -> tuple[Epoch, list[ShareWords]]:
        epoch = data.draw(st.sampled_from(self.epochs))
        return epoch, data.draw(st.sampled_from(epoch.sets))

    def _mixed(
        self, data: st.DataObject, one: Sequence[ShareWords], other: Sequence[ShareWords], count: int
    ) -> list[ShareWords]:
        """Return `count` shares with different numbers, at least one of each set."""
        of_one = data.draw(st.integers(1, count - 1))
        return [*one[:of_one], *other[of_one:count]]


# Secrets come from the system: what is drawn decides who comes, never what a share holds.
TestCustody = Custody.TestCase
TestCustody.settings = SETTINGS


def found(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, faulty: Any) -> bool:
    """Plant a fault; say whether the machine finds it."""
    monkeypatch.setattr(owner, name, faulty)
    try:
        run_state_machine_as_test(Custody, settings=PLANTED)
    except (AssertionError, CustodyError, pytest.fail.Exception, ExceptionGroup):
        return True
    return False


def test_a_splitter_with_too_small_a_threshold_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = splitting.split

    def faulty(secret: bytes, threshold: int, custodians: int) -> list[str]:
        return real(secret, max(2, threshold - 1), custodians)

    assert found(monkeypatch, splitting, "split", faulty)


def test_keys_that_are_not_compared_with_the_card_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, quorum, "compare", lambda _root, _card: None)


def test_sets_that_are_not_told_apart_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, quorum, "check_set", lambda _shares, _card: None)
