"""Enough custodians together: share files and passphrases in, the panel's root out, or one clear sentence.

Everything that can be told without a passphrase is told first; what comes out is compared with the card, since shares
that fit together can still be another panel's.
"""

from collections.abc import Callable, Sequence

from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.custody.share_file import ShareFile
from reviewer.custody.share_words import ShareWords, check_set, parse_words
from reviewer.custody.splitting import combine
from reviewer.errors import (
    CustodyError,
    DuplicateShareError,
    ForeignShareError,
    MixedSharesError,
    TooFewSharesError,
)

# Gives the SLIP-39 words of a share, by asking its custodian for the passphrase or by reading it.
Opener = Callable[[ShareFile], str]


def check_shares(shares: Sequence[ShareFile], card: PanelCard) -> None:
    """Raise a CustodyError unless these shares, taken together, can open the panel of `card`."""
    if len({share.header.card for share in shares}) > 1:
        raise MixedSharesError("These shares belong to different panels; bring shares of one ceremony.")
    for share in shares:
        check_belongs(share, card)
    numbers = [share.header.number for share in shares]
    if len(set(numbers)) != len(numbers):
        raise DuplicateShareError("The same share was given twice; bring the share of another custodian.")
    if len(shares) < card.threshold:
        raise TooFewSharesError(
            f"Epoch {card.epoch} opens with {card.threshold} shares and {len(shares)} came; bring another custodian."
        )


def check_belongs(share: ShareFile, card: PanelCard) -> None:
    """Raise ForeignShareError unless the share's header is of the panel of `card`."""
    header = share.header
    place = (header.inquiry, header.epoch, header.card, header.threshold, header.custodians, header.demonstration)
    wanted = (card.inquiry, card.epoch, card.fingerprint.hex(), card.threshold, card.custodians, card.demonstration)
    if place != wanted:
        raise ForeignShareError(
            f"This share is of another panel ({header.inquiry}, epoch {header.epoch}, share {header.number}), "
            "not of the card in this station."
        )


def unlock(shares: Sequence[ShareFile], opener: Opener, card: PanelCard) -> PanelRoot:
    """Return the root of `card` from its share files; `opener` gives the words of each. Raises CustodyError subclasses."""
    check_shares(shares, card)
    return open_card([parse_words(opener(share)) for share in shares], card)


def open_card(shares: Sequence[ShareWords], card: PanelCard, cards: Sequence[PanelCard] = ()) -> PanelRoot:
    """Return the root of `card`; the first `threshold` of its shares make it. `cards` are others that shares may be of.

    Raises CustodyError subclasses; ForeignShareError names the other epoch that the shares are of.
    """
    check_set(shares, card)
    words = [share.words for share in shares[: card.threshold]]
    try:
        return root_of(words, card)
    except CustodyError:
        other = next((one for one in cards if one != card and _opens(words, one)), None)
        if other is None:
            raise
        raise ForeignShareError(
            f"These shares are of epoch {other.epoch}, and those of epoch {card.epoch} are wanted. Nothing was unlocked."
        ) from None


def _opens(words: Sequence[str], card: PanelCard) -> bool:
    try:
        root_of(words, card)
    except CustodyError:
        return False
    return True


def root_of(words: Sequence[str], card: PanelCard) -> PanelRoot:
    """Return the root that SLIP-39 words give, after its public keys were compared with `card`. Raises CustodyError."""
    try:
        root = PanelRoot.from_bytes(combine(words))
    except ValueError:
        raise CustodyError("The shares hold something else than a panel's key.") from None
    compare(root, card)
    return root


def compare(root: PanelRoot, card: PanelCard) -> None:
    """Raise CustodyError unless all three public keys of `root` are those of `card`."""
    found = (str(root.identity.recipient), root.verify_key.hex(), root.minisign_key.public.base64)
    if found != (card.recipient, card.verify_key, card.minisign_key):
        raise CustodyError("The shares opened, but the key they hold is not the one on this station's card.")
