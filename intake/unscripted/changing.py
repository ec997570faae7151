"""What somebody with return words writes later: composed, signed with the words' own key, and sealed, in memory."""

import hmac
from dataclasses import dataclass, replace
from typing import Final

from crypto.card import PanelCard
from crypto.change import Change, Inheritance, Replacement, Withdrawal
from crypto.constants import DIGEST_BYTES, LABEL_FORM_ONCE, SEED_BYTES
from crypto.derivation import derive_key
from crypto.letter import Answer, Letter, QuestionSet, Thread, encode_unsigned
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from crypto.signing import sign_letter
from crypto.thread import ThreadKeys
from intake.unscripted.sealing import CHANNEL

_OWN_ONLY: Final = frozenset({"draft", "inheritance"})


@dataclass(frozen=True, repr=False)
class Setting:
    """What every letter of one page says: the card that it is sealed to, the questions and language that were shown.

    `seed` (32 bytes) is the page's own: the same page sent twice is stored once.
    """

    card: PanelCard
    questions: QuestionSet
    language: str
    seed: bytes


@dataclass(frozen=True, repr=False)
class Content:
    """What a letter says. `kind` is a name of `LETTER_KINDS` other than "account"; what its kind does not have stays empty."""

    kind: str
    answers: tuple[Answer, ...] = ()
    consents: tuple[Answer, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, repr=False)
class Sealed:
    """A sealed letter, and `once` (32 bytes): the same for the same content from the same page, whatever its place."""

    data: bytes
    once: bytes


def seal_change(content: Content, sequence: int, keys: ThreadKeys, setting: Setting) -> Sealed:
    """Sign and seal a letter for a place in the thread of `keys`. Raises LetterTooLongError, LetterError."""
    card = setting.card
    letter = Letter(
        kind=content.kind,
        inquiry=card.inquiry,
        epoch=card.epoch,
        card=card.fingerprint.hex(),
        questions=setting.questions,
        channel=CHANNEL,
        language=setting.language,
        locator=keys.locator.hex(),
        sequence=sequence,
        thread=Thread(str(keys.recipient), keys.verify_key.hex(), reads_back=True),
        answers=content.answers,
        consents=content.consents,
        change=content.change,
    )
    own = content.kind in _OWN_ONLY
    recipients = [keys.recipient, throwaway_recipient()] if own else [Recipient.parse(card.recipient), keys.recipient]
    once = hmac.digest(
        derive_key(setting.seed, LABEL_FORM_ONCE, SEED_BYTES), encode_unsigned(replace(letter, sequence=0)), "sha256"
    )
    return Sealed(seal_letter(sign_letter(letter, keys.signing_seed), recipients), once)


def withdrawal(keep: str) -> Content:
    """Return what takes everything back; `keep` is one of `WITHDRAWAL_KEEPS`."""
    return Content("withdrawal", change=Withdrawal("statistics" if keep == "statistics" else "nothing"))


def inheritance(before: ThreadKeys) -> Content:
    """Return what lets new words open what was sealed to the words before."""
    change = Inheritance(before.locator.hex(), before.verify_key.hex(), before.identity_seed.hex())
    return Content("inheritance", change=change)


def replacement(after: ThreadKeys) -> Content:
    """Return what names the keys of new words."""
    change = Replacement(after.locator.hex(), after.access_hash.hex(), str(after.recipient), after.verify_key.hex())
    return Content("replacement", change=change)


def target_of(after: ThreadKeys) -> bytes:
    """Return the target (32 bytes) of the request that puts a replacement."""
    return after.locator.ljust(DIGEST_BYTES, b"\0")
