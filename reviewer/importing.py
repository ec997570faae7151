"""Import: a verified bundle's letters into the vault and the ledger, a few at a time, each held against its outside.

Stopped at any moment, even by a power cut, the same import goes on where it was: files come before entries, entries are
added in small transactions, and the bundle counts as imported only when the last letter is in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

from crypto.bundle import BundleReader, BundleSummary, Record, RecordKind, erased_digest
from crypto.errors import BundleFormatError
from crypto.records import LetterRecord
from reviewer.entries import BundleEntry, Counts, LetterEntry, Status
from reviewer.errors import VaultError
from reviewer.judging import judge, name_thread
from reviewer.ledger import Ledger
from reviewer.noticing import Notices, confirm_arrival
from reviewer.opening import Reason, SetAsideError, Unlocked, open_for_panel, open_record
from reviewer.vault import Vault
from reviewer.verifying import Copied

_AT_ONCE: Final = 32
_TAKEN_BACK: Final = frozenset({Status.WITHDRAWN, Status.DESTROYED})


@dataclass(frozen=True)
class Imported:
    """What an import came to: new letters by outcome, and how many were here before."""

    entry: BundleEntry
    counts: Counts
    duplicates: int
    resumed: bool
    set_aside: Sequence[LetterEntry]


@dataclass(frozen=True)
class Importer:
    """Takes bundles into one station. `panel` is what its custodians have unlocked."""

    ledger: Ledger
    vault: Vault
    panel: Sequence[Unlocked]

    def take(
        self, copied: Copied, summary: BundleSummary, resumed: bool, step: Callable[[], None] = lambda: None
    ) -> Imported:
        """Import a bundle that `verify_copy` and `check_order` accepted. `step` is called once for each record.

        Raises VaultError, LedgerError; importing again then goes on.
        """
        entry = entry_of(summary)
        self.vault.sweep()
        self.ledger.begin_bundle(entry)
        with copied.bundle.open("rb") as source:
            for entries in _batches(self._take_one(record, entry.sequence) for record in BundleReader(source)):
                self.ledger.add_letters(entries)
                for _ in entries:
                    step()
        self._name_former()
        judge(self.ledger, [*self.ledger.keys_of_bundle(entry.sequence), *self.ledger.keys_without_thread()])
        # Asked again: a thread whose letters were all set aside got nothing that could be confirmed.
        touched = self.ledger.keys_of_bundle(entry.sequence)
        confirm_arrival(Notices(self.ledger, self.vault), self.panel, touched)
        self.ledger.finish_bundle(entry)
        counts = self.ledger.counts(entry.sequence)
        duplicates = entry.count - counts.total
        return Imported(entry, counts, duplicates, resumed, self.ledger.letters_of_bundle(entry.sequence))

    def _name_former(self) -> None:
        """Note whose the letters are that came before this program knew of threads: else nobody could take them back.

        What these custodians cannot open waits for those who can; a lost file is named by `reviewer status`.
        """
        for entry in self.ledger.unnamed():
            with suppress(SetAsideError, VaultError):
                opened = open_for_panel(self.vault.fetch(entry.digest), self.panel)
                self.ledger.name_letter(name_thread(entry, opened.letter))

    def _take_one(self, record: Record, bundle: int) -> LetterEntry:
        try:
            if record.kind == RecordKind.ERASED:
                return self._erased(erased_digest(record).hex(), record.sequence, bundle)
            if record.kind != RecordKind.LETTER:
                raise SetAsideError(Reason.NOT_A_LETTER_RECORD)
            letter = LetterRecord.parse(record.body)
            known = self.ledger.letter(letter.digest.hex())
            if known is not None and known.status in _TAKEN_BACK:
                # Never again: not even its sealed bytes are kept. The intake side, which sent it again, is told again.
                return _told_again(known, record.sequence, bundle)
        except (BundleFormatError, SetAsideError):
            return self._set_aside(
                LetterRecord(0, 0, b"", record.body), record.sequence, bundle, Reason.NOT_A_LETTER_RECORD
            )
        try:
            opened = open_record(letter, self.panel)
        except SetAsideError as error:
            return self._set_aside(letter, record.sequence, bundle, error.reason)
        entry = self._entry(letter, record.sequence, bundle, status=Status.IMPORTED, epoch=opened.card.epoch)
        return name_thread(entry, opened.letter)

    def _erased(self, digest: str, place: int, bundle: int) -> LetterEntry:
        """Remember a letter that was taken back before it came: it is never taken in. One that is here stays."""
        return LetterEntry(
            digest=digest, locator="", week=0, size=0, bundle=bundle, place=place, status=Status.DESTROYED.value
        )

    def _set_aside(self, letter: LetterRecord, place: int, bundle: int, reason: Reason) -> LetterEntry:
        return self._entry(letter, place, bundle, status=Status.SET_ASIDE, reason=reason)

    def _entry(
        self,
        letter: LetterRecord,
        place: int,
        bundle: int,
        *,
        status: Status,
        epoch: int | None = None,
        reason: Reason | None = None,
    ) -> LetterEntry:
        return LetterEntry(
            digest=self.vault.keep(letter.sealed),
            kind=letter.kind,
            locator=letter.locator.hex(),
            week=letter.week,
            size=len(letter.sealed),
            epoch=epoch,
            bundle=bundle,
            place=place,
            status=status.value,
            reason=reason.value if reason else None,
        )


def _told_again(known: LetterEntry, place: int, bundle: int) -> LetterEntry:
    """Return what a record adds about a letter that was taken back: that this bundle brought it as well."""
    return LetterEntry(**(known.model_dump() | {"bundle": bundle, "place": place, "confirmed": None}))


def entry_of(summary: BundleSummary) -> BundleEntry:
    """Return the ledger's entry of a bundle whose letters are not in yet."""
    header = summary.header
    side = header.direction.split(maxsplit=1)[0]
    return BundleEntry(
        direction=header.direction,
        sequence=header.sequence,
        generation=header.generation,
        epoch=header.epoch,
        name=f"{side}-{header.epoch:04}-{header.sequence:06}",
        previous=header.previous,
        chain=summary.chain,
        count=summary.count,
        finished=False,
    )


def _batches(entries: Iterable[LetterEntry]) -> Iterator[list[LetterEntry]]:
    """Yield a few entries at a time; only one letter is in memory while they gather."""
    iterator = iter(entries)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some
