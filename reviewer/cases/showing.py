"""Reading from the case store: a letter that counts as it was put in, and what stands apart from its sealed file."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto.errors import LetterError
from crypto.letter import encode_letter
from reviewer.cases.casework import Casework
from reviewer.desk import Desk
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
