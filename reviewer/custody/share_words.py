"""The words of one share as a person types or scans them: read forgivingly, and told apart before anything is put together.

SLIP-39: a share's words name their set (15 random bits), its own place, and the threshold, and end with a checksum that finds
every typing error in up to three words. The first four letters of each word of the list are its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shamir_mnemonic.share import Share
from shamir_mnemonic.utils import MnemonicError
from shamir_mnemonic.wordlist import WORDLIST

from crypto.card import PanelCard
from reviewer.custody.splitting import WORDS_PER_SHARE
from reviewer.errors import (
    DuplicateShareError,
    ForeignShareError,
    MixedSharesError,
    TooFewSharesError,
    WordsError,
)

LONGEST_ENTRY: Final = 2_000
_BEGINNING: Final = 4
_WORD_OF: Final = {word[:_BEGINNING]: word for word in WORDLIST} | {word: word for word in WORDLIST}


@dataclass(frozen=True)
class ShareWords:
    """One share. `words` are 33, with spaces between; `set_number` names the set that was made together; `number` counts from 1."""

    words: str = field(repr=False)
    set_number: int
    number: int
    threshold: int


def known_words(typed: str, before: int = 0) -> list[str]:
    """Return the words in `typed`, whole, whatever stands between them. `before` words were typed already.

    Raises WordsError, which names the place of a word that is on no sheet.
    """
    found = []
    for place, item in enumerate(re.findall("[a-z]+", typed[:LONGEST_ENTRY].lower()), before + 1):
        if item not in _WORD_OF:
            raise WordsError(f"Word {place} is on no sheet; look at its spelling.")
        found.append(_WORD_OF[item])
    return found


def parse_words(typed: str) -> ShareWords:
    """Return the share whose words a person typed or scanned. Raises WordsError."""
    words = known_words(typed)
    if len(words) != WORDS_PER_SHARE:
        raise WordsError(f"A sheet has {WORDS_PER_SHARE} words, and {len(words)} came; type it again.")
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise WordsError(
            "These words do not belong together: one may be another word of the list, or two may be swapped. Type the sheet again."
        ) from None
    return ShareWords(" ".join(words), share.identifier, share.index + 1, share.member_threshold)


def check_set(shares: Sequence[ShareWords], card: PanelCard) -> None:
    """Raise a CustodyError unless these shares are of one set, each another's, and enough for `card`."""
    check_together(shares, card)
    if len(shares) < card.threshold:
        raise TooFewSharesError(
            f"Epoch {card.epoch} opens with {card.threshold} shares and {len(shares)} came; bring another custodian."
        )


def check_together(shares: Sequence[ShareWords], card: PanelCard) -> None:
    """Raise a CustodyError unless these shares, perhaps with others that are still to come, can open the panel of `card`."""
    if any(share.threshold != card.threshold or share.number > card.custodians for share in shares):
        raise ForeignShareError(
            f"This share is of another panel: epoch {card.epoch} has {card.threshold} of {card.custodians}. Nothing was unlocked."
        )
    if len({share.set_number for share in shares}) > 1:
        raise MixedSharesError(
            "These shares are of different sets: of two panels, or some from before the shares were renewed. Bring shares of "
            "one set. Nothing was unlocked."
        )
    if len({share.number for share in shares}) != len(shares):
        raise DuplicateShareError("The same share was given twice; bring the share of another custodian.")
