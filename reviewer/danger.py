"""Records of danger at the safeguarding lead's station: opened, held against their outside, shown, acknowledged, destroyed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crypto.card import PanelCard
from crypto.constants import RECORD_KINDS
from crypto.danger import DANGER, DangerRecord, parse_danger
from crypto.records import LetterRecord
from reviewer.custody.record import RECORDS_DESTROYED, CustodyRecord
from reviewer.destroying import require_two
from reviewer.display import safe_line, safe_text
from reviewer.entries import LetterEntry, Status
from reviewer.errors import DestructionError, ReadingError
from reviewer.ledger import Ledger
from reviewer.opening import Reason, SetAsideError, Unlocked, open_and_parse
from reviewer.reading import SHORT_ID, week_of
from reviewer.vault import Vault

_KIND: Final = RECORD_KINDS[DANGER]
_HEADINGS: Final = (
    ("said", "what was said that gives rise to this"),
    ("who", "who is in danger"),
    ("done", "what was done"),
    ("more", "anything else"),
)


@dataclass(frozen=True)
class OpenedDanger:
    """A record, its JSON exactly as it was sealed (without padding), and the card of the key that opened it."""

    record: DangerRecord = field(repr=False)
    content: bytes = field(repr=False)
    card: PanelCard


@dataclass(frozen=True)
class DangerReading:
    """A record that was opened to be read, and what the ledger says about it."""

    entry: LetterEntry
    opened: OpenedDanger = field(repr=False)

    @property
    def content(self) -> bytes:
        """The record's JSON exactly as it was sealed, without padding."""
        return self.opened.content

    def lines(self) -> Iterator[str]:
        """Yield the record as lines for a terminal; each text is one item, unwrapped."""
        record, short = self.opened.record, self.entry.digest[:SHORT_ID]
        state = "acknowledged" if self.entry.acknowledged else f"not acknowledged: `reviewer acknowledge {short}`"
        yield f"⟦record of danger {short}⟧ {week_of(self.entry)}, bundle {self.entry.bundle}, {state}"
        yield f"Inquiry: {safe_line(record.inquiry)}, epoch {record.epoch}"
        yield f"Written: {record.day}. Channel: {safe_line(record.channel)}. Language: {safe_line(record.language)}"
        for name, heading in _HEADINGS:
            yield f"⟦{heading}⟧"
            yield safe_text(getattr(record, name)) or "(nothing)"
        yield "⟦called⟧ " + (", ".join(map(safe_line, record.called)) or "nobody")
        yield f"⟦end of record {short}⟧"


def open_danger(sealed: bytes, lead: Sequence[Unlocked]) -> OpenedDanger:
    """Open a sealed record with whichever epoch of the lead fits. Raises SetAsideError."""
    record, content, card = open_and_parse(sealed, lead, parse_danger)
    if record.inquiry != card.inquiry:
        raise SetAsideError(Reason.OTHER_INQUIRY)
    if record.epoch != card.epoch or record.card != card.fingerprint.hex():
        raise SetAsideError(Reason.OTHER_CARD)
    return OpenedDanger(record, content, card)


def open_danger_record(record: LetterRecord, lead: Sequence[Unlocked]) -> OpenedDanger:
    """Open what a bundle's record holds and hold it against everything outside it. Raises SetAsideError."""
    if record.kind != _KIND:
        raise SetAsideError(Reason.NOT_A_DANGER)
    opened = open_danger(record.sealed, lead)
    if opened.record.locator != record.locator.hex():
        raise SetAsideError(Reason.OTHER_THREAD)
    return opened


def read_danger(entry: LetterEntry, vault: Vault, lead: Sequence[Unlocked]) -> DangerReading:
    """Open one record. Raises VaultError, ReadingError."""
    if entry.status == Status.DESTROYED:
        raise ReadingError(f"Record {entry.digest[:SHORT_ID]} was destroyed here.")
    try:
        return DangerReading(entry, open_danger(vault.fetch(entry.digest), lead))
    except SetAsideError as error:
        epoch = "" if entry.epoch is None else f" It opens with shares of epoch {entry.epoch}."
        raise ReadingError(f"Record {entry.digest[:SHORT_ID]} cannot be read: {error.reason}.{epoch}") from None


def acknowledge(ledger: Ledger, vault: Vault, lead: Sequence[Unlocked], entry: LetterEntry) -> bool:
    """Note that the lead has taken a record on, which the next export tells; False when that was noted before.

    It has to open first: what nobody can read, nobody takes on. Raises VaultError, ReadingError, LedgerError.
    """
    if entry.status != Status.IMPORTED:
        raise ReadingError(f"Record {entry.digest[:SHORT_ID]} was {entry.status} and cannot be acknowledged.")
    read_danger(entry, vault, lead)
    if entry.acknowledged:
        return False
    ledger.acknowledge(entry.digest)
    return True


def require_told(entries: Sequence[LetterEntry]) -> None:
    """Raise DestructionError unless the line was told of each record that it was taken on, or that nobody here can read it."""
    for entry in entries:
        taken = entry.status == Status.SET_ASIDE or (entry.status == Status.IMPORTED and entry.acknowledged)
        if not taken or entry.confirmed is None:
            raise DestructionError(
                f"Record {entry.digest[:SHORT_ID]} is {entry.status} and the line does not know that it was taken on: "
                "`reviewer acknowledge` and `reviewer export` come first. Nothing was destroyed."
            )


def destroy_records(
    ledger: Ledger,
    vault: Vault,
    custody: CustodyRecord,
    lead: Sequence[Unlocked],
    entries: Sequence[LetterEntry],
    today: date,
) -> list[str]:
    """Destroy records and return their digests; the custody record has who did it. Done again after an interruption, it goes on.

    Raises DestructionError unless two people are here and the line was told; VaultError, LedgerError, CustodyRecordError.
    """
    require_told(entries)
    require_two(lead)
    digests = [entry.digest for entry in entries]
    for digest in digests:
        vault.destroy(digest)
    ledger.mark_destroyed([], digests)
    custody.add(RECORDS_DESTROYED, lead[0].card.epoch, today, custodians=list(lead[0].custodians), records=len(digests))
    return digests
