"""Reading from the case store: a letter that counts as it was put in, and what stands apart from its sealed file."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto.errors import LetterError
from crypto.letter import encode_letter
from reviewer.cases.casework import Casework
from reviewer.desk import Desk
from reviewer.dossier import Dossier, open_dossier
from reviewer.entries import LetterEntry, Status
from reviewer.errors import CaseStoreError
from reviewer.opening import Opened, Unlocked
from reviewer.reading import Reading, read


@dataclass(frozen=True)
class Shelf:
    """Where one command reads from."""

    desk: Desk
    work: Casework
    panel: Sequence[Unlocked] = field(repr=False)

    def read(self, entry: LetterEntry) -> Reading:
        """Return a letter. Raises ReadingError for what was taken back or cannot be opened, VaultError, CaseStoreError."""
        try:
            letter = self.work.letter(entry.digest) if entry.status == Status.IMPORTED else None
        except LetterError:
            raise CaseStoreError(
                "A letter in the case store is not the one that was put in; restore a backup."
            ) from None
        if letter is None:
            return read(entry, self.desk.vault, self.panel)
        card = next(card for card in self.desk.cards if card.fingerprint.hex() == letter.card)
        return Reading(entry, Opened(letter, encode_letter(letter), card))

    def open_thread(self, entry: LetterEntry, noted: Container[str] = ()) -> Dossier:
        """Open every letter of the thread that one is in, and note each in the log before, but for the `noted` ones (digests).

        Raises ReadingError, also for a thread that is hidden, ReaderError, PaceError, VaultError, CaseStoreError.
        """
        self.work.line(entry)
        today, lines = date.today(), self.work.store.of_person(self.work.person(entry))
        self.work.require_opening(entry, lines, today)
        for line in lines:
            if line.digest not in noted:
                self.work.note_opening(line.digest, line, today)
        return self.dossier(entry)

    def dossier(self, entry: LetterEntry) -> Dossier:
        """Return the thread that a letter is in, which was opened before. Raises ReadingError, VaultError, CaseStoreError."""
        return open_dossier(self.desk.ledger, self.read, entry)
