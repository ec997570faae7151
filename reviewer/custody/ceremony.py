"""The ceremony: makes a panel's root, splits it, deals the shares, writes the public card, and reads all back.

The root exists only inside `hold_with`. Nothing is written before every passphrase was chosen, nothing is overwritten, and
what was written is removed again when it cannot be read back.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from crypto.card import PanelCard, encode_card
from crypto.constants import Purpose
from crypto.errors import CardError
from crypto.panel import PanelRoot
from reviewer.custody.dealing import Dealing, Sealed, deal, remove
from reviewer.custody.share_file import MOST_CUSTODIANS
from reviewer.custody.stretching import RFC_9106_LOW_MEMORY, Stretching
from reviewer.errors import CeremonyError, FolderError
from reviewer.files import require_absent, show, write_new
from reviewer.station import read_card

CARD_NAMES: Final[Mapping[Purpose, str]] = {"panel": "panel.card", "lead": "lead.card"}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MOST_EPOCHS: Final = 9_999


@dataclass(frozen=True)
class Plan:
    """What a panel (or a safeguarding lead) is to be: `threshold` of `custodians` open the `epoch` of an `inquiry`, valid from and to a day."""

    inquiry: str
    epoch: int
    threshold: int
    custodians: int
    valid_from: date
    valid_to: date
    demonstration: bool = False
    purpose: Purpose = "panel"

    def check(self) -> None:
        """Raise CeremonyError, with the next step, for a plan that protects nothing or cannot be."""
        if not _NAME.fullmatch(self.inquiry):
            raise CeremonyError("An inquiry's id has only lower-case letters, digits and hyphens, at most 64 of them.")
        if not 1 <= self.epoch <= _MOST_EPOCHS:
            raise CeremonyError(f"An --epoch is a number from 1 to {_MOST_EPOCHS}.")
        if self.demonstration and (self.threshold, self.custodians) != (1, 1):
            raise CeremonyError("A demonstration has one custodian: --threshold 1 --custodians 1.")
        if self.threshold < 2 and not self.demonstration:
            raise CeremonyError(
                "One person alone must never open testimony: choose --threshold 2 or more. "
                "(For a throwaway trial add --demonstration.)"
            )
        if not self.threshold <= self.custodians <= MOST_CUSTODIANS:
            raise CeremonyError(f"Choose at least as many --custodians as --threshold, and at most {MOST_CUSTODIANS}.")
        if self.valid_to < self.valid_from:
            raise CeremonyError("The panel would end before it starts; check --valid-from and --valid-to.")


@dataclass(frozen=True)
class Held:
    """What a ceremony left behind: the card, and the files that were written (shares first, the card last), and the number of the set."""

    card: PanelCard
    shares: tuple[Path, ...]
    card_file: Path
    set_number: int


def hold(
    plan: Plan,
    passphrases: Sequence[str],
    folder: Path,
    previous: PanelRoot | None = None,
    profile: Stretching = RFC_9106_LOW_MEMORY,
) -> Held:
    """Hold the ceremony with share files; `passphrases` are in the custodians' order. As `hold_with`."""
    return hold_with(plan, Sealed(passphrases, profile), folder, previous)


def hold_with(plan: Plan, dealing: Dealing, folder: Path, previous: PanelRoot | None = None) -> Held:
    """Hold the ceremony and return what was written into `folder`; `previous`, the root of the epoch before, signs the new card too.

    Raises CeremonyError, PassphraseError, FolderError, CustodyError; then nothing is left behind.
    """
    plan.check()
    dealing.check()
    root = PanelRoot.random()
    card = _issue(plan, root, previous)
    card_file = folder / CARD_NAMES[plan.purpose]
    require_absent(card_file)
    dealt = deal(root, card, folder, dealing)
    try:
        write_new(card_file, encode_card(card))
        if read_card(card_file) != card:
            raise CardError("The card is another one.")
    except BaseException as error:
        remove([*dealt.files, card_file])
        if isinstance(error, CardError | FolderError):
            raise CeremonyError(
                f"What was written to {show(folder)} could not be read back and was removed; "
                "check the medium and hold the ceremony again."
            ) from error
        raise
    return Held(card, dealt.files, card_file, dealt.set_number)


def _issue(plan: Plan, root: PanelRoot, previous: PanelRoot | None) -> PanelCard:
    return root.issue_card(
        inquiry=plan.inquiry,
        epoch=plan.epoch,
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        threshold=plan.threshold,
        custodians=plan.custodians,
        demonstration=plan.demonstration,
        purpose=plan.purpose,
        previous=previous,
    )
