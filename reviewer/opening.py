"""Opening one letter at the station: whose key fits, and whether what is inside is what the outside says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from crypto.card import PanelCard
from crypto.constants import LETTER_KINDS, RECORD_KINDS
from crypto.errors import AgeError, LetterError, NoMatchError
from crypto.letter import Letter, parse_letter
from crypto.opening import open_sealed
from crypto.panel import PanelKeys
from crypto.records import LetterRecord

_PADDING: Final = b" "
# What a hostile letter might bring a library to raise, should a parser have a hole: it must not keep the others out.
_WHATEVER: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


Inside = TypeVar("Inside")


class Reason(StrEnum):
    """Why a letter was set aside. Words for the person at the station; nothing of the letter is in them."""

    OTHER_KEY = "sealed to another key"
    DAMAGED = "damaged: its seal does not hold"
    NOT_A_LETTER = "opened, but not a letter of version 1"
    OTHER_INQUIRY = "written for another inquiry"
    OTHER_CARD = "names another epoch or card than the key that opened it"
    OTHER_KIND = "of another kind than the outside says"
    OTHER_THREAD = "names another thread than the outside says"
    NOT_A_LETTER_RECORD = "not a letter record"
    NOT_FOR_PANEL = "of a kind that is never sealed to the panel"
    NOT_A_DANGER = "of a kind that is never sealed to the safeguarding lead"
    UNSIGNED = "not signed by the words of its thread"
    REPLACED = "signed with words that were replaced"
    PLACE_TAKEN = "claims a place in its thread that is taken"
    SAME_PLACE = "claims the same place as another letter"
    WORDS_IN_USE = "names words that lead to another thread already"
    UNUSABLE_KEYS = "names keys that nobody can answer to"
    OTHER_KEYS = "names other keys than its words signed"
    SECOND_ACCOUNT = "another account of the same thread"
    AHEAD = "a letter before it has not arrived"
    NO_ACCOUNT = "its account has not arrived"


class SetAsideError(Exception):
    """A letter cannot be taken in; `reason` says why. It never leaves this side's own modules."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Unlocked:
    """One epoch of the panel while it is unlocked; `custodians` are the numbers of the shares that are here for this command."""

    card: PanelCard
    keys: PanelKeys = field(repr=False)
    custodians: tuple[int, ...] = ()

    def unseal(self, sealed: bytes) -> bytes:
        """Return the plaintext of a small age file that is sealed to this epoch, such as the key of a store. Raises AgeError, LockedError."""
        return open_sealed(sealed, [self.keys.identity])


@dataclass(frozen=True)
class Opened:
    """A letter, its JSON exactly as it was sealed (without padding), and the card of the key that opened it."""

    letter: Letter = field(repr=False)
    content: bytes = field(repr=False)
    card: PanelCard


def open_for_panel(sealed: bytes, panel: Sequence[Unlocked]) -> Opened:
    """Open a sealed letter with whichever epoch fits. Raises SetAsideError."""
    letter, content, card = open_and_parse(sealed, panel, parse_letter)
    return Opened(letter, content, card)


def open_and_parse(
    sealed: bytes, panel: Sequence[Unlocked], parse: Callable[[bytes], Inside]
) -> tuple[Inside, bytes, PanelCard]:
    """Return what is inside, its JSON without padding, and the card of the key that opened it. Raises SetAsideError."""
    for unlocked in panel:
        try:
            plaintext = open_sealed(sealed, [unlocked.keys.identity])
            inside = parse(plaintext)
        except NoMatchError:
            continue
        except AgeError:
            raise SetAsideError(Reason.DAMAGED) from None
        except (LetterError, *_WHATEVER):
            raise SetAsideError(Reason.NOT_A_LETTER) from None
        return inside, plaintext.rstrip(_PADDING), unlocked.card
    raise SetAsideError(Reason.OTHER_KEY)


def check_inside(opened: Opened) -> None:
    """Raise SetAsideError unless the letter names the inquiry, epoch and card of the key that opened it."""
    letter, card = opened.letter, opened.card
    if letter.inquiry != card.inquiry:
        raise SetAsideError(Reason.OTHER_INQUIRY)
    if letter.epoch != card.epoch or letter.card != card.fingerprint.hex():
        raise SetAsideError(Reason.OTHER_CARD)


def check_outside(opened: Opened, kind: int, locator: str) -> None:
    """Raise SetAsideError unless the letter is of the kind (code) and thread (32 hex) that its record says."""
    if LETTER_KINDS.get(opened.letter.kind) != kind:
        raise SetAsideError(Reason.OTHER_KIND)
    if opened.letter.locator != locator:
        raise SetAsideError(Reason.OTHER_THREAD)


def open_record(record: LetterRecord, panel: Sequence[Unlocked]) -> Opened:
    """Open the letter of a bundle's record and hold it against everything outside it. Raises SetAsideError."""
    if record.kind in RECORD_KINDS.values():
        raise SetAsideError(Reason.NOT_FOR_PANEL)
    opened = open_for_panel(record.sealed, panel)
    check_inside(opened)
    check_outside(opened, record.kind, record.locator.hex())
    return opened
