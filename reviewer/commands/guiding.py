"""The guided ceremony: who does what, one step after the other, each confirmed before the next."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crypto.card import PanelCard
from reviewer.custody.ceremony import Held
from reviewer.custody.dealing import remove
from reviewer.display import safe_line
from reviewer.files import show
from reviewer.terminal import ask, note

_STEPS: Final = 6
_SHEETS, _FILES = "sheets", "files"
_IN_MEMORY: Final = "/dev/shm/heard-ceremony"  # noqa: S108 - a folder of mode 0700, refused when it is there
_TOGETHER: Final = (
    "You choose how many of you open together, and how many there are: two of three, or three of five, are good."
)


def guide_plan(options: argparse.Namespace, inquiry: str | None, epochs: Sequence[int]) -> None:
    """Ask what the options of a ceremony say otherwise, and write it into `options`. Raises PromptError."""
    _step(1, "The room")
    _confirm(
        "Everybody who will hold a share is here, no telephone and no camera is, and this machine is on no network."
    )
    _step(2, "The panel")
    options.inquiry = options.inquiry or inquiry or _typed("The inquiry's id, as in its file: ")
    if epochs and max(epochs) >= options.epoch:
        options.epoch = max(epochs) + 1
        note(f"This will be epoch {options.epoch}.")
    note(_TOGETHER)
    options.custodians = _number("How many of you hold a share? ")
    options.threshold = _number("How many open together? ")
    _step(3, "What shares are on")
    note(
        "Sheets are printed here and have no passphrase: whoever has the paper has the share. Files go onto a stick each, under a"
    )
    note("passphrase that only its custodian knows.")
    while (answer := ask(f"{_SHEETS} or {_FILES}? ").strip().lower()) not in {_SHEETS, _FILES}:
        note(f"Type {_SHEETS} or {_FILES}.")
    options.sheets = answer == _SHEETS
    if options.to == Path("shares"):
        options.to = Path(_IN_MEMORY)
    if options.sheets:
        options.holder = [_typed(f"Name of custodian {number}: ") for number in range(1, options.custodians + 1)]
    if options.epoch > 1 and not options.previous_share:
        options.ask_previous = _asks_previous(options.epoch - 1)
    _step(4, "The key is made and split")
    if not options.sheets:
        note("Each of you chooses a passphrase in turn, while the others look away.")


def guide_handing_out(held: Held, holders: Sequence[str]) -> None:
    """See every share into the hands of its custodian, have the card's words compared, and remove the files. Raises PromptError."""
    _step(5, "Handing out")
    for number, path in enumerate(held.shares, 1):
        who = safe_line(holders[number - 1]) if holders else f"Custodian {number}"
        act = "print" if holders else "copy to your own stick"
        _confirm(f"{who}: {act} {show(path)}, nobody else's, and take it into your hands.")
    _confirm("Nobody holds two shares, and nobody has seen another's.")
    _step(6, "The card, and an empty table")
    _read_aloud(held.card)
    _confirm(f"The card {show(held.card_file)} is copied for the intake side. It is public.")
    _confirm("The shares' files may be removed from this machine now.")
    remove(held.shares)
    note("Removed. Rehearse next, before the first real letter arrives: `reviewer rehearse`, with every share.")


def _asks_previous(epoch: int) -> bool:
    """Say whether the shares of the epoch before are here to sign the new card; without that an intake side refuses it."""
    note(
        f"The shares of epoch {epoch} sign the new card, so that the intake side knows that it comes from the same panel."
    )
    while (answer := ask("Are they here? Type yes, or lost: ").strip().lower()) not in {"yes", "lost"}:
        note("Without them the operator has to put the old card away by hand: type lost only when they are.")
    return answer == "yes"


def _read_aloud(card: PanelCard) -> None:
    words, numbers = card.fingerprint_words
    note("  " + " ".join(words))
    note("  " + " ".join(numbers))
    _confirm("One of you read these words aloud, and another wrote them down for the leaflet.")


def _step(number: int, title: str) -> None:
    note(f"\nStep {number} of {_STEPS}: {title}")


def _confirm(sentence: str) -> None:
    note(sentence)
    while ask("Type yes when it is so: ").strip().lower() != "yes":
        note("Nothing goes on before that. Control-C stops; what was written stays where it is.")


def _typed(question: str) -> str:
    while not (answer := ask(question).strip()):
        note("Type something.")
    return answer


def _number(question: str) -> int:
    while not (answer := ask(question).strip()).isascii() or not answer.isdigit():
        note("Type a number.")
    return int(answer)
