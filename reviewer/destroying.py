"""Destroying what was taken back, by two people, and the receipt that says so.

In this order, so that an interruption loses nothing that was to be kept and leaves nothing that was not: what may be kept
is kept, files are overwritten, the ledger is marked, the receipt is signed. Doing it again goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from crypto.letter import Letter
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from reviewer.entries import LetterEntry, Status, ThreadEntry
from reviewer.errors import VaultError
from reviewer.ledger import Ledger
from reviewer.noticing import Notices
from reviewer.opening import SetAsideError, Unlocked, open_for_panel
from reviewer.vault import Vault

COPIES: Final = (
    "What you sent was destroyed in the inquiry's offline store and in the database of this service. Sealed copies in backups, "
    "which nobody can read any more without the inquiry's key, are gone after the time below."
)
KEPT_REASON: Final = "kept as statistics"


@dataclass(frozen=True)
class Destroyer:
    """Destroys for one station. `panel` is what its custodians have unlocked; `remnant_days` goes into receipts."""

    ledger: Ledger
    vault: Vault
    panel: Sequence[Unlocked]
    remnant_days: int

    def waiting(self) -> list[LetterEntry]:
        """Return the letters that are to be destroyed."""
        return [
            letter for thread in self.ledger.threads_to_destroy() for letter in letters_to_destroy(self.ledger, thread)
        ]

    def destroy(self) -> int:
        """Destroy everything that waits and return how many letters that were. Raises VaultError, LedgerError."""
        count = 0
        for thread in self.ledger.threads_to_destroy():
            letters = letters_to_destroy(self.ledger, thread)
            if thread.keep == "statistics":
                # What never counted here counts in no statistics either.
                for letter in [one for one in letters if one.reason is None]:
                    self._keep_statistics(letter)
            for letter in letters:
                self.vault.destroy(letter.digest)
            count += len(letters)
            self._receipt(thread)
            self.ledger.mark_destroyed([thread.verify_key], [letter.digest for letter in letters])
        return count

    def _keep_statistics(self, entry: LetterEntry) -> None:
        """Keep, sealed to the panel alone, what was chosen from lists in a letter; nothing that was typed, and no thread."""
        try:
            opened = open_for_panel(self.vault.fetch(entry.digest), self.panel)
        except (VaultError, SetAsideError):
            return  # gone or unreadable already: an interrupted run goes on
        reduced = statistics_of(opened.letter)
        if not reduced.answers:
            return
        sealed = seal_letter(reduced, [Recipient.parse(opened.card.recipient), throwaway_recipient()])
        kept = LetterEntry(
            digest=self.vault.keep(sealed),
            locator=reduced.locator,
            week=0,
            size=len(sealed),
            epoch=opened.card.epoch,
            bundle=0,
            place=0,
            status=Status.IMPORTED.value,
            reason=KEPT_REASON,
            confirmed=0,
        )
        self.ledger.add_letters([kept])

    def _receipt(self, thread: ThreadEntry) -> None:
        """Sign the receipt, once, for the words that lead here now."""
        if thread.successor is None:
            Notices(self.ledger, self.vault).send(
                self.panel[0], thread, "destruction", text=COPIES, days=self.remnant_days
            )


def letters_to_destroy(ledger: Ledger, thread: ThreadEntry) -> list[LetterEntry]:
    """Return the letters of a withdrawn thread that are still here."""
    return [letter for letter in ledger.letters_of_threads([thread.verify_key]) if letter.status == Status.WITHDRAWN]


def statistics_of(letter: Letter) -> Letter:
    """Return a letter with only the answers that were chosen from lists, which no longer names its thread."""
    answers = tuple(answer for answer in letter.answers if answer.text is None)
    return replace(
        letter,
        kind="account",
        locator="0" * 32,
        sequence=0,
        thread=None,
        answers=answers,
        consents=(),
        change=None,
        signature="",
    )
