"""Ending an epoch: two custodians destroy what the station holds of it. Letters that nobody could open are not of any epoch and stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from crypto.card import PanelCard
from reviewer.custody.record import CustodyRecord
from reviewer.desk import Desk
from reviewer.destroying import require_two
from reviewer.entries import LetterEntry, Status
from reviewer.errors import EpochError
from reviewer.holding import Holds
from reviewer.opening import Unlocked

_GONE = frozenset({Status.DESTROYED, Status.MISSING})


@dataclass(frozen=True)
class Ending:
    """The end of one epoch at one station."""

    desk: Desk
    card: PanelCard

    def check(self, today: date) -> None:
        """Raise EpochError, HoldError while the epoch must not end; before anybody types a passphrase."""
        if self.card == self.desk.newest and today <= self.card.valid_to:
            raise EpochError(
                f"Epoch {self.card.epoch} takes new letters until {self.card.valid_to}; hold a ceremony for the next one first."
            )
        if self.desk.ledger.threads_to_destroy() or self.desk.ledger.parts_to_destroy():
            raise EpochError("What people took back comes first, since they get a receipt: run `reviewer destroy`.")
        Holds(self.desk.ledger, self.desk.vault, self.desk.cards).require_none(today)

    def letters(self) -> list[LetterEntry]:
        """Return the letters of the epoch that are here."""
        return [
            entry
            for entry in self.desk.ledger.letters()
            if entry.epoch == self.card.epoch and entry.status not in _GONE
        ]

    def end(self, unlocked: Unlocked, today: date) -> int:
        """Destroy the letters, note it in the custody record, and return how many they were.

        Interrupted, doing it again goes on. Raises DestructionError unless two custodians are here, VaultError, LedgerError.
        """
        require_two([unlocked])
        self.desk.station.empty_incoming()
        digests = [entry.digest for entry in self.letters()]
        for digest in digests:
            self.desk.vault.destroy(digest)
        self.desk.ledger.mark_destroyed([], digests)
        custodians = sorted(unlocked.custodians)
        self.desk.custody.add("epoch ended", self.card.epoch, today, custodians=custodians, letters=len(digests))
        return len(digests)


def remaining(record: CustodyRecord, card: PanelCard) -> Iterator[str]:
    """Yield what this program cannot destroy: copies of the shares, and of the letters."""
    sets = record.sets(card.epoch)
    gone = {
        (entry.details["set"], number)
        for entry in record.entries()
        if entry.epoch == card.epoch and entry.what == "old shares destroyed"
        for number in entry.details["shares"]
    }
    for number, on in sets.items():
        left = [share for share in range(1, card.custodians + 1) if (number, share) not in gone]
        yield f"set {number} on {on if on != 'unknown' else 'files or sheets'}: share(s) {_listed(left)} of {card.custodians}"
    if not sets:
        yield f"all {card.custodians} shares: files on the custodians' sticks, sheets in their envelopes"
    yield "copies of the station's folder on backup sticks, with the letters, sealed"
    yield "the intake side's database and backups, sealed, until its retention ends"
    yield "files that `reviewer identity` wrote, and share files that were left in a folder of a ceremony"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
