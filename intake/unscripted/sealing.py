"""From what somebody typed to a letter that this server cannot open."""

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from crypto.card import PanelCard
from crypto.constants import (
    ACCESS_BYTES,
    LABEL_FORM_LOCATOR,
    LABEL_FORM_ONCE,
    LABEL_FORM_WORDS,
    LETTER_KINDS,
    LOCATOR_BYTES,
    RANDOM_BITS,
    SEED_BYTES,
)
from crypto.derivation import derive_key
from crypto.frame import Frame
from crypto.letter import Answer, Letter, QuestionSet, Thread, encode_letter
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from crypto.thread import ThreadKeys, derive_thread
from crypto.words import ReturnWords

CHANNEL: Final = "web without scripts"
_KIND: Final = "account"
_SEED: Final = re.compile(f"[0-9a-f]{{{2 * SEED_BYTES}}}")
_ENTROPY_BYTES: Final = -(-RANDOM_BITS // 8)


@dataclass(frozen=True, repr=False)
class TypedAccount:
    """What was typed and chosen, with the questions as they were shown.

    `seed` has 32 bytes; `wants_words` asks for return words, `reads_back` also for a copy that they open.
    """

    questions: QuestionSet
    language: str
    answers: tuple[Answer, ...]
    consents: tuple[Answer, ...]
    seed: bytes
    wants_words: bool
    reads_back: bool


@dataclass(frozen=True, repr=False)
class SealedAccount:
    """What may leave this package: the frame, the sealed letter, and the words to show once.

    `once` (32 bytes) is the same whenever the same form is sent again, and says nothing without its seed.
    """

    frame: Frame
    sealed: bytes
    once: bytes
    words: ReturnWords | None


def new_seed() -> str:
    """Return a random seed for one page (64 hex): words and locator derive from it, so sending again changes nothing."""
    return secrets.token_hex(SEED_BYTES)


def read_seed(typed: str) -> bytes:
    """Return the 32 bytes of a page's seed, or random ones when the form came without its page."""
    return bytes.fromhex(typed) if _SEED.fullmatch(typed) else secrets.token_bytes(SEED_BYTES)


def seal_account(account: TypedAccount, card: PanelCard) -> SealedAccount:
    """Seal `account` to the panel and to the survivor or nobody. Takes about 0.1 s and 19 MiB when words are wanted.

    Raises LetterTooLongError, LetterError.
    """
    words = words_of(account.seed) if account.wants_words else None
    return _seal(account, card, words, derive_thread(words) if words else None)


def seal_draft_account(account: TypedAccount, card: PanelCard, keys: ThreadKeys) -> SealedAccount:
    """Seal an account that was a draft so far: it belongs to the words that the draft was kept for, whose `keys` these are.

    Raises LetterTooLongError, LetterError.
    """
    return _seal(account, card, None, keys)


def words_of(seed: bytes) -> ReturnWords:
    """Return the return words of a page's seed (32 bytes): the same whenever the page is sent again."""
    entropy = int.from_bytes(derive_key(seed, LABEL_FORM_WORDS, _ENTROPY_BYTES), "big")
    return ReturnWords.from_entropy(entropy >> (8 * _ENTROPY_BYTES - RANDOM_BITS))


def _seal(account: TypedAccount, card: PanelCard, words: ReturnWords | None, keys: ThreadKeys | None) -> SealedAccount:
    reads_back = keys is not None and account.reads_back
    letter = _letter(account, card, keys, reads_back)
    survivor = keys.recipient if keys and reads_back else throwaway_recipient()
    return SealedAccount(
        frame=Frame(
            LETTER_KINDS[_KIND],
            bytes.fromhex(letter.locator),
            keys.access_hash if keys else secrets.token_bytes(ACCESS_BYTES),
        ),
        sealed=seal_letter(letter, [Recipient.parse(card.recipient), survivor]),
        once=hmac.digest(derive_key(account.seed, LABEL_FORM_ONCE, SEED_BYTES), encode_letter(letter), "sha256"),
        words=words,
    )


def _letter(account: TypedAccount, card: PanelCard, keys: ThreadKeys | None, reads_back: bool) -> Letter:
    locator = keys.locator if keys else derive_key(account.seed, LABEL_FORM_LOCATOR, LOCATOR_BYTES)
    return Letter(
        kind=_KIND,
        inquiry=card.inquiry,
        epoch=card.epoch,
        card=card.fingerprint.hex(),
        questions=account.questions,
        channel=CHANNEL,
        language=account.language,
        locator=locator.hex(),
        sequence=0,
        thread=Thread(str(keys.recipient), keys.verify_key.hex(), reads_back) if keys else None,
        answers=account.answers,
        consents=account.consents,
    )
