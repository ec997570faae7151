"""Destroying what was taken back, by two people, and the receipt that says so.

In this order, so that an interruption loses nothing that was to be kept, leaves nothing that was not, and doubles nothing:
what may be kept is kept and noted beside its letter, files are overwritten, the receipt is signed, and the ledger is marked
together with it. Doing it again goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from crypto.letter import Letter
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from reviewer.entries import LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.errors import DestructionError, VaultError
from reviewer.holding import Holds
from reviewer.ledger import Ledger
from reviewer.noticing import Notices
from reviewer.opening import SetAsideError, Unlocked, open_for_panel
from reviewer.vault import Vault

COPIES: Final = (
    "What you sent was destroyed in the inquiry's offline store and in the database of this service. Sealed copies in backups, "
    "which nobody can read any more without the inquiry's key, are gone after the time below."
)
KEPT_REASON: Final = "kept as statistics"
# Beside a letter that is about to be destroyed: what may be kept of it is kept already.
_KEPT_OF: Final = "its statistics are kept"
# What receipts say, and the intake side's pages unless its operator sets another number there.
REMNANT_DAYS: Final = 90
TWO_PEOPLE: Final = 2


@dataclass(frozen=True)
class Destroyer:
    """Destroys for one station. `panel` is what its custodians have unlocked; `remnant_days` goes into receipts."""

    ledger: Ledger
    vault: Vault
    holds: Holds
    panel: Sequence[Unlocked]
    remnant_days: int = REMNANT_DAYS

    def waiting(self) -> list[LetterEntry]:
        """Return the letters that are to be destroyed."""
        threads = self.ledger.threads_to_destroy()
        letters = [letter for thread in threads for letter in letters_to_destroy(self.ledger, thread)]
        return [*self.ledger.parts_to_destroy(), *letters]

    def destroy(self, today: date) -> int:
        """Destroy everything that waits and return how many letters that were.

        Raises HoldError while a hold is in force, DestructionError unless two people are here, VaultError, LedgerError.
        """
        self.holds.require_none(today)
        require_two(self.panel)
        count = self._destroy_parts()
        for thread in self.ledger.threads_to_destroy():
            letters = letters_to_destroy(self.ledger, thread)
            if thread.keep == "statistics":
                # What never counted here counts in no statistics either.
                for letter in [one for one in letters if one.reason is None]:
                    self._keep_statistics(letter)
            for letter in letters:
                self.vault.destroy(letter.digest)
            count += len(letters)
            receipt = self._receipt(thread)
            self.ledger.mark_destroyed([thread.verify_key], [letter.digest for letter in letters], receipt)
        return count

    def _destroy_parts(self) -> int:
        """Destroy parts of calls. They count in no statistics, and there are no words that a receipt could go to."""
        digests = [part.digest for part in self.ledger.parts_to_destroy()]
        for digest in digests:
            self.vault.destroy(digest)
        self.ledger.mark_destroyed([], digests)
        return len(digests)

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
        self.ledger.keep_of_letter(entry.digest, kept, _KEPT_OF)

    def _receipt(self, thread: ThreadEntry) -> NoticeEntry | None:
        """Write the receipt for the words that lead here now; it counts together with what it says."""
        if thread.successor is not None:
            return None
        notices = Notices(self.ledger, self.vault)
        return notices.write(self.panel[0], thread, "destruction", text=COPIES, days=self.remnant_days)


def require_two(panel: Sequence[Unlocked]) -> None:
    """Raise DestructionError unless two custodians of one epoch unlocked, whatever its threshold says.

    A demonstration's panel may have nobody else.
    """
    here = max((len(set(unlocked.custodians)) for unlocked in panel), default=0)
    alone = any(unlocked.card.demonstration and unlocked.card.custodians < TWO_PEOPLE for unlocked in panel)
    if here < TWO_PEOPLE and not alone:
        raise DestructionError(
            "Destroying takes two people: bring the share of another custodian. Nothing was destroyed."
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
        call=None,
    )
