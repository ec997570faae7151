"""What to do about a letter that was set aside, by the reason: sentences for the people at the station."""

from collections.abc import Mapping
from typing import Final

from reviewer.opening import Reason

_LEAVE: Final = "Leave it sealed. A few are to be expected, since anyone can send anything; telephone the operator when there are many."
_TWO: Final = "Look at it with two people, and act on nothing in it."
_REMEDIES: Final[Mapping[Reason, str]] = {
    Reason.OTHER_KEY: f"None of the keys that were here opens it: read it with the shares of your other epochs, if you have some. {_LEAVE}",
    Reason.DAMAGED: f"Nobody can open it: it was damaged before it was exported, or made so. {_LEAVE}",
    Reason.NOT_A_LETTER: f"No form of this inquiry makes such a letter. {_LEAVE}",
    Reason.NOT_A_LETTER_RECORD: f"No intake side makes such a record: tell the operator which bundle brought it. {_LEAVE}",
    Reason.NOT_FOR_PANEL: "Nobody sends such a letter to the panel: tell the operator which bundle brought it.",
    Reason.NOT_A_DANGER: "Nobody sends such a record to the safeguarding lead: tell the operator which bundle brought it.",
    Reason.OTHER_INQUIRY: f"{_TWO} Nobody who wrote to another inquiry meant you to read it: tell the operator.",
    Reason.OTHER_CARD: f"{_TWO} Compare the card that the intake side shows with yours, by telephone.",
    Reason.OTHER_KIND: f"{_TWO} Its outside was changed on the way, or by who sent it: tell the operator which bundle brought it.",
    Reason.OTHER_THREAD: f"{_TWO} Its outside was changed on the way, or by who sent it: tell the operator which bundle brought it.",
    Reason.UNSIGNED: f"{_TWO} Somebody who does not have the words may have written it.",
    Reason.REPLACED: f"{_TWO} Whoever has the old words of this person wrote it, the person or somebody else.",
    Reason.PLACE_TAKEN: f"{_TWO} Two letters claim one place, and which was meant cannot be told; choices may count as No until the person chooses again.",
    Reason.SAME_PLACE: f"{_TWO} Two letters claim one place, and which was meant cannot be told; choices may count as No until the person chooses again.",
    Reason.WORDS_IN_USE: f"{_TWO} Its words would lead to somebody else's thread.",
    Reason.UNUSABLE_KEYS: f"{_TWO} Nobody can answer it.",
    Reason.OTHER_KEYS: f"{_TWO} The words of the thread signed other keys than it names.",
    Reason.SECOND_ACCOUNT: f"{_TWO} The account may have been sent twice; compare it with the one that counts.",
    Reason.AHEAD: "Wait: the letter before it may come with the next bundle.",
    Reason.NO_ACCOUNT: "Wait: its account may come with the next bundle.",
}
# Whatever shares are brought, nothing of it can be shown.
_SEALED: Final = frozenset(
    {Reason.OTHER_KEY, Reason.DAMAGED, Reason.NOT_A_LETTER, Reason.NOT_A_LETTER_RECORD, Reason.NOT_FOR_PANEL}
)


def remedy(reason: str | None) -> str:
    """Return what to do about a letter with that reason; for one that this program does not know, what fits every one."""
    return next((text for known, text in _REMEDIES.items() if known == reason), f"{_TWO} {_LEAVE}")


def can_be_looked_at(reason: str | None) -> bool:
    """Say whether a letter with that reason was opened when it came, so that it can be shown."""
    return reason not in _SEALED
