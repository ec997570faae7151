from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.custody.quorum import check_belongs, root_of, unlock
from reviewer.custody.share_file import ShareFile, ShareHeader, parse_share, seal_share
from reviewer.custody.splitting import agree, combine, split
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS
from reviewer.errors import (
    CustodyError,
    DuplicateShareError,
    ForeignShareError,
    MixedSharesError,
    TooFewSharesError,
    WrongPassphraseError,
)
from reviewer.gathering import Given
from reviewer.unlocking import unlock_panel
from tests.reviewer.panel import PASSPHRASES, Panel

PASSPHRASE = PASSPHRASES[0]


def made(threshold: int, custodians: int, root: PanelRoot, epoch: int = 1) -> tuple[PanelCard, list[ShareFile]]:
    """A panel as a ceremony makes it, with the cheapest passphrases and no files."""
    card = root.issue_card(
        inquiry="an-inquiry",
        epoch=epoch,
        valid_from=date(2026, 11, 1),
        valid_to=date(2028, 11, 1),
        threshold=threshold,
        custodians=custodians,
    )
    shares = []
    for number, words in enumerate(split(root.root, threshold, custodians), 1):
        header = ShareHeader(
            "an-inquiry", epoch, card.fingerprint.hex(), number, threshold, custodians, False, CHEAPEST_FOR_TESTS
        )
        shares.append(seal_share(words, PASSPHRASE, header))
    return card, shares


def opened(shares: list[ShareFile], card: PanelCard) -> PanelRoot:
    return unlock(shares, lambda share: share.open_for_tests(PASSPHRASE), card)


@settings(max_examples=25)
@given(st.binary(min_size=32, max_size=32), st.data())
def test_any_m_open_and_any_fewer_do_not(secret: bytes, data: st.DataObject) -> None:
    custodians = data.draw(st.integers(2, 6))
    threshold = data.draw(st.integers(2, custodians))
    root = PanelRoot.from_bytes(secret)
    card, shares = made(threshold, custodians, root)
    chosen = data.draw(st.permutations(shares))[:threshold]
    assert opened(chosen, card).root == secret
    with pytest.raises(TooFewSharesError, match=f"opens with {threshold} shares and {threshold - 1} came"):
        opened(chosen[:-1], card)
    # Not only by the count in the header: the words themselves give nothing.
    with pytest.raises(CustodyError):
        combine([share.open_for_tests(PASSPHRASE) for share in chosen[:-1]])


def test_every_set_of_two_opens_the_real_panel(panel: Panel) -> None:
    words = [parse_share(panel.share(number).read_bytes()).open(PASSPHRASES[number - 1]) for number in (1, 2, 3)]
    assert agree(words, 2) == panel.root.root
    for pair in combinations(words, 2):
        assert root_of(pair, panel.card).root == panel.root.root


def test_more_shares_than_needed_open_too() -> None:
    root = PanelRoot.random()
    card, shares = made(2, 3, root)
    assert opened(shares, card).root == root.root


def test_each_mistake_has_its_own_sentence() -> None:
    card, shares = made(2, 3, PanelRoot.random())
    other_card, other = made(2, 3, PanelRoot.random())
    with pytest.raises(MixedSharesError, match="different panels"):
        opened([shares[0], other[1]], card)
    with pytest.raises(ForeignShareError, match="another panel"):
        opened(other[:2], card)
    with pytest.raises(DuplicateShareError, match="given twice"):
        opened([shares[0], shares[0]], card)
    with pytest.raises(TooFewSharesError):
        opened(shares[:1], card)
    with pytest.raises(ForeignShareError):
        check_belongs(shares[0], replace(card, threshold=3))
    assert opened(other[:2], other_card).root != bytes(32)


def test_a_key_that_is_not_the_cards_is_refused() -> None:
    card, _ = made(2, 3, PanelRoot.random())
    with pytest.raises(CustodyError, match="not the one on this station's card"):
        root_of(split(bytes(32), 2, 3)[:2], card)
    with pytest.raises(CustodyError, match="something else"):
        root_of(split(bytes(16), 2, 3)[:2], card)
    with pytest.raises(CustodyError, match="do not fit together"):
        root_of([split(bytes(32), 2, 3)[0], split(bytes(32), 2, 3)[1]], card)


def test_no_word_of_a_share_reaches_a_message() -> None:
    words = split(bytes(32), 2, 3)
    typed = words[0].replace(words[0].split()[9], "quagmire")
    with pytest.raises(CustodyError) as caught:
        combine([typed, words[1]])
    assert not set(typed.split()) & set(str(caught.value).lower().rstrip(".").split())
    assert caught.value.__cause__ is None


def test_nothing_is_asked_for_when_the_shares_cannot_fit(panel: Panel, tmp_path: Path) -> None:
    twice = Given([panel.share(1), panel.share(1)], [tmp_path / "no-such-file"] * 2)
    with pytest.raises(DuplicateShareError):
        unlock_panel(twice, [panel.card], panel.card)


def test_passphrases_go_with_their_shares(panel: Panel) -> None:
    files = [panel.folder / f"passphrase-{number}" for number in (1, 2, 3)]
    right = Given([panel.share(3), panel.share(1)], [files[2], files[0]])
    assert unlock_panel(right, [panel.card], panel.card)[0].keys.root == panel.root.root
    with pytest.raises(WrongPassphraseError, match="share 3 of 3"):
        unlock_panel(Given(right.shares, files[:2]), [panel.card], panel.card)
