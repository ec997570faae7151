"""Unlocking for one command: shares and passphrases from options or at prompts, one quorum an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.card import PanelCard
from reviewer.custody.passphrases import read_passphrases
from reviewer.custody.quorum import check_shares, unlock
from reviewer.custody.share_file import MOST_BYTES, ShareFile, parse_share
from reviewer.errors import ForeignShareError, WrongPassphraseError
from reviewer.files import read_small, show
from reviewer.opening import Unlocked
from reviewer.terminal import ask, ask_secret, note

_TRIES: Final = 3


@dataclass(frozen=True)
class Given:
    """What the options say: share files, and files with their passphrases in the same order (or none, to be asked)."""

    shares: Sequence[Path]
    passphrases: Sequence[Path]


def unlock_panel(given: Given, cards: Sequence[PanelCard], wanted: PanelCard) -> list[Unlocked]:
    """Return every epoch that the given shares open, `wanted` first when it is among them.

    Without shares in the options, as many as `wanted` needs are asked for. Raises CustodyError subclasses, before any
    passphrase is asked for when the shares cannot fit; FolderError, PromptError, PassphraseError, SettingsError.
    """
    shares = [_read(path) for path in given.shares or _ask_paths(wanted)]
    groups = _by_card(shares, cards)
    for card, members in groups:
        check_shares(members, card)
    ordered = [share for _, members in groups for share in members]
    secrets = (
        iter(_in_order(shares, ordered, read_passphrases(given.passphrases, len(shares))))
        if given.passphrases
        else None
    )

    def words(share: ShareFile) -> str:
        return share.open(next(secrets)) if secrets is not None else _ask_words(share)

    unlocked = [
        Unlocked(card, unlock(members, words, card), tuple(sorted(share.header.number for share in members)))
        for card, members in groups
    ]
    return sorted(unlocked, key=lambda one: one.card.epoch != wanted.epoch)


def _read(path: Path) -> ShareFile:
    return parse_share(read_small(path, MOST_BYTES), show(path))


def _by_card(shares: Sequence[ShareFile], cards: Sequence[PanelCard]) -> list[tuple[PanelCard, list[ShareFile]]]:
    by_epoch = {card.epoch: card for card in cards}
    for share in shares:
        if share.header.epoch not in by_epoch:
            raise ForeignShareError(
                f"This share is of {share.header.inquiry}, epoch {share.header.epoch}, whose card this station does not have."
            )
    epochs = dict.fromkeys(share.header.epoch for share in shares)
    return [(by_epoch[epoch], [share for share in shares if share.header.epoch == epoch]) for epoch in epochs]


def _in_order(shares: Sequence[ShareFile], ordered: Sequence[ShareFile], passphrases: Sequence[str]) -> Iterator[str]:
    """Yield the passphrases, given in the order of `shares`, in the order in which the shares are opened."""
    places = {id(share): place for place, share in enumerate(shares)}
    return (passphrases[places[id(share)]] for share in ordered)


def _ask_paths(card: PanelCard) -> list[Path]:
    note(f"Epoch {card.epoch} opens with {card.threshold} of {card.custodians} shares.")
    return [Path(ask(f"Share file {number} of {card.threshold}: ")) for number in range(1, card.threshold + 1)]


def _ask_words(share: ShareFile) -> str:
    question = f"Passphrase of share {share.header.number} of {share.header.custodians}: "
    for _ in range(_TRIES - 1):
        try:
            return share.open(ask_secret(question))
        except WrongPassphraseError as error:
            note(str(error))
    return share.open(ask_secret(question))
