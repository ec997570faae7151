"""Which of a person's choices count now. Whatever is not certain counts as No. docs/sealing.md, "Choices that count"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crypto.constants import LETTER_KINDS
from crypto.letter import Answer
from reviewer.entries import Status
from reviewer.opening import Reason

_ACCOUNT: Final = LETTER_KINDS["account"]
_CHOICES: Final = LETTER_KINDS["choices"]
_TAKEN_BACK: Final = frozenset({Status.WITHDRAWN, Status.DESTROYED})
# Somebody else has the words, or a letter came twice: which one was meant cannot be told.
_CONFLICTS: Final = frozenset({Reason.PLACE_TAKEN, Reason.SAME_PLACE, Reason.SECOND_ACCOUNT})
# The one value that means Yes. "no", "later" and whatever an inquiry adds mean No.
YES: Final = "yes"


class Standing(StrEnum):
    """Whether the choices of a thread can count, or why every one of them counts as No."""

    CLEAR = "clear"
    TAKEN_BACK = "everything was taken back"
    NO_ACCOUNT = "the account is not here, or does not count"
    NOT_WHOLE = "letters are missing in this station, and may be of this thread"
    GAP = "a letter before another has not arrived"
    CONFLICT = "two letters claim one place, and no later letter settles it"
    UNREAD = "the letter that decides cannot be opened or verified here"


@dataclass(frozen=True)
class Voice:
    """One letter of a thread, as far as choices go.

    `kind` is a code of `LETTER_KINDS`. `words` counts the return words of the thread, the oldest as 0; `sequence` is the place
    under those words. `status` and `reason` are the ledger's, `brought` the generation and number of the bundle that brought it.
    `consents` is None where the letter could not be opened, or its signature did not hold.
    """

    digest: str
    kind: int
    words: int
    sequence: int
    brought: tuple[int, int]
    status: str
    reason: str | None
    consents: Sequence[Answer] | None = field(default=(), repr=False)

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the whole thread."""
        return self.words, self.sequence


@dataclass(frozen=True)
class Choice:
    """One question and what counts now. `value` and `label` are what was chosen last, both "" when nothing was."""

    id: str
    question: str = field(repr=False)
    value: str
    label: str = field(repr=False)
    counts: bool


@dataclass(frozen=True)
class Effective:
    """The choices of a thread now. `decided_by` is the digest (64 hex) of the letter they are in."""

    standing: Standing
    decided_by: str | None
    choices: tuple[Choice, ...]


def effective_choices(voices: Iterable[Voice], *, is_whole: bool = True) -> Effective:
    """Return the choices that count now, from the letters of one thread in any order.

    The last account or changed choices among those that count decide, all of them together; a question that it leaves out
    is answered by nothing. `is_whole`: no letter is missing in this station.
    """
    ordered = sorted(voices, key=lambda voice: (voice.place, voice.digest))
    if any(voice.status in _TAKEN_BACK for voice in ordered):
        return Effective(Standing.TAKEN_BACK, None, ())
    speaking = [voice for voice in ordered if voice.status == Status.IMPORTED and voice.kind in {_ACCOUNT, _CHOICES}]
    decisive = speaking[-1] if speaking else None
    standing = _standing(ordered, speaking, is_whole=is_whole)
    chosen = {} if decisive is None else {answer.id: answer for answer in decisive.consents or ()}
    return Effective(
        standing,
        decisive.digest if decisive else None,
        tuple(_choice(one, chosen, is_clear=standing is Standing.CLEAR) for one in _questions(speaking)),
    )


def _standing(ordered: Sequence[Voice], speaking: Sequence[Voice], *, is_whole: bool) -> Standing:
    if not any(voice.kind == _ACCOUNT for voice in speaking):
        return Standing.NO_ACCOUNT
    if not is_whole:
        return Standing.NOT_WHOLE
    if any(voice.status == Status.WAITING for voice in ordered):
        return Standing.GAP
    if any(_is_conflict(voice) and not _is_settled(voice, speaking) for voice in ordered):
        return Standing.CONFLICT
    return Standing.CLEAR if speaking[-1].consents is not None else Standing.UNREAD


def _is_conflict(voice: Voice) -> bool:
    return voice.status == Status.SET_ASIDE and voice.reason in _CONFLICTS


def _is_settled(conflict: Voice, speaking: Iterable[Voice]) -> bool:
    """Say whether somebody chose again, at a later place, and not before the conflict was known here."""
    return any(
        voice.kind == _CHOICES and voice.place > conflict.place and voice.brought >= conflict.brought
        for voice in speaking
    )


def _questions(speaking: Sequence[Voice]) -> list[Answer]:
    """Return every question that was asked, once, in the words of the last letter that has it."""
    asked: dict[str, Answer] = {}
    for voice in speaking:
        asked |= {answer.id: answer for answer in voice.consents or ()}
    return list(asked.values())


def _choice(question: Answer, chosen: dict[str, Answer], *, is_clear: bool) -> Choice:
    answer = chosen.get(question.id)
    picked = answer.chosen[0] if answer is not None and len(answer.chosen) == 1 else None
    return Choice(
        question.id,
        question.question,
        picked.value if picked else "",
        picked.label if picked else "",
        counts=is_clear and picked is not None and picked.value == YES,
    )
