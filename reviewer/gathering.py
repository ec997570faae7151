"""Gathering shares: files with passphrases, or the words of sheets, from options or at prompts. Nothing is unlocked here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.card import PanelCard
from reviewer.custody.passphrases import read_passphrases
from reviewer.custody.quorum import check_belongs, check_shares
from reviewer.custody.share_file import MOST_BYTES, ShareFile, parse_share
from reviewer.custody.share_words import ShareWords, check_set, check_together, known_words, parse_words
from reviewer.custody.splitting import WORDS_PER_SHARE
from reviewer.errors import ForeignShareError, WordsError, WrongPassphraseError
from reviewer.files import read_small, show
from reviewer.terminal import ask, ask_secret, note

WORDS: Final = "words"
_TRIES: Final = 3


@dataclass(frozen=True)
class Given:
    """What the options say: share files, and files with their passphrases in the same order (or none, to be asked)."""

    shares: Sequence[Path]
    passphrases: Sequence[Path]


def gather(
    given: Given, cards: Sequence[PanelCard], wanted: PanelCard, count: int | None = None
) -> list[tuple[PanelCard, list[ShareWords]]]:
    """Return the shares of every epoch that were given in the options, or `count` of `wanted` (its threshold) after asking.

    Each group is one set and enough to open its card. Raises CustodyError subclasses, before any passphrase is asked for when
    the shares cannot fit; FolderError, PromptError, PassphraseError, SettingsError.
    """
    shares, typed = [_read(path) for path in given.shares], list[ShareWords]()
    if not shares:
        shares, typed = _ask_shares(wanted, count or wanted.threshold)
    if typed:
        # The words of a sheet do not say whose they are, so the files beside them must be of the card that is wanted.
        for share in shares:
            check_belongs(share, wanted)
        together = [*typed, *(_open(share, None) for share in shares)]
        check_set(together, wanted)
        return [(wanted, together)]
    groups = _by_card(shares, cards)
    for card, members in groups:
        check_shares(members, card)
    secrets = dict.fromkeys(map(id, shares), "")
    if given.passphrases:
        secrets = dict(zip(map(id, shares), read_passphrases(given.passphrases, len(shares)), strict=True))
    opened = []
    for card, members in groups:
        words = [_open(share, secrets[id(share)] if given.passphrases else None) for share in members]
        check_set(words, card)
        opened.append((card, words))
    return opened


def _open(share: ShareFile, passphrase: str | None) -> ShareWords:
    return parse_words(_ask_passphrase(share) if passphrase is None else share.open(passphrase))


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


def _ask_shares(card: PanelCard, count: int) -> tuple[list[ShareFile], list[ShareWords]]:
    """Ask for the shares one by one; words are held against those before at once. All are named before any passphrase is typed."""
    note(f"Epoch {card.epoch} opens with {card.threshold} of {card.custodians} shares.")
    note(f"Of each: type the name of its file, or `{WORDS}` to type or scan a sheet.")
    files: list[ShareFile] = []
    typed: list[ShareWords] = []
    for number in range(1, count + 1):
        answer = ask(f"Share {number} of {count}: ")
        if answer.strip().lower() == WORDS:
            typed.append(ask_sheet())
            check_together(typed, card)
        else:
            files.append(_read(Path(answer)))
    return files, typed


def ask_sheet() -> ShareWords:
    """Ask for the words of one sheet, which are not shown. Raises WordsError after three tries, PromptError."""
    note(
        f"Type the {WORDS_PER_SHARE} words, a few a line; they are not shown. The first four letters of each are enough. "
        "Or scan the code."
    )
    for _ in range(_TRIES - 1):
        try:
            return parse_words(_ask_lines())
        except WordsError as error:
            note(str(error))
    return parse_words(_ask_lines())


def _ask_lines() -> str:
    """Ask until there are enough words; a line with an unknown one is typed again."""
    words: list[str] = []
    while len(words) < WORDS_PER_SHARE:
        line = ask_secret(f"Words from {len(words) + 1} on: ")
        try:
            words += known_words(line, len(words))
        except WordsError as error:
            note(f"{error} Type that line again.")
    return " ".join(words)


def _ask_passphrase(share: ShareFile) -> str:
    question = f"Passphrase of share {share.header.number} of {share.header.custodians}: "
    for _ in range(_TRIES - 1):
        try:
            return share.open(ask_secret(question))
        except WrongPassphraseError as error:
            note(str(error))
    return share.open(ask_secret(question))
