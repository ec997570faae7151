"""Import: a verified bundle's letters into the vault and the ledger, a few at a time, each held against its outside.

Stopped at any moment, even by a power cut, the same import goes on where it was: files come before entries, entries are
added in small transactions, and the bundle counts as imported only when the last letter is in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

from crypto.bundle import BundleHeader, BundleReader, BundleSummary, Record, RecordKind, bundle_side, erased_digest
from crypto.errors import BundleFormatError
from crypto.records import LetterRecord
from reviewer.bundles import FIRST_GENERATION
from reviewer.calling import name_call
from reviewer.danger import open_danger_record
from reviewer.entries import BundleEntry, Counts, LetterEntry, Status
from reviewer.errors import VaultError
from reviewer.judging import judge, name_thread
from reviewer.ledger import Ledger
from reviewer.noticing import Notices, confirm_arrival
from reviewer.opening import Reason, SetAsideError, Unlocked, open_for_panel, open_record
from reviewer.vault import Vault
from reviewer.verifying import Copied

_AT_ONCE: Final = 32
# No return bundle of this ledger confirmed it, one that the ledger does not know did.
CONFIRMED_BEFORE: Final = 0
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
        if resumed:
            # Files come before entries. A letter whose entry is still missing comes again, unless it was taken back meanwhile:
            # then no entry would ever lead to its file.
            self.vault.keep_only(self.ledger.digests())
        self.ledger.begin_bundle(entry)
        with copied.bundle.open("rb") as source:
            for entries in _batches(self._take_one(record, entry) for record in BundleReader(source)):
                self.ledger.add_letters(entries)
                for _ in entries:
                    step()
        self.judge_bundle(entry)
        self.ledger.finish_bundle(entry)
        counts = self.ledger.counts(entry)
        duplicates = entry.count - counts.total
        return Imported(entry, counts, duplicates, resumed, self.ledger.letters_of_bundle(entry))

    def judge_bundle(self, entry: BundleEntry) -> None:
        """Judge the threads of the letters that are in, and sign what confirms their arrival. Records of danger have none."""
        if self.panel[0].card.purpose == "lead":
            return
        self._name_former()
        judge(self.ledger, [*self.ledger.keys_of_bundle(entry), *self.ledger.keys_without_thread()])
        self.ledger.take_back_calls()
        # Asked again: a thread whose letters were all set aside got nothing that could be confirmed.
        confirm_arrival(Notices(self.ledger, self.vault), self.panel, self.ledger.keys_of_bundle(entry))

    def _name_former(self) -> None:
        """Note whose the letters are that came before this program knew of threads: else nobody could take them back.

        What these custodians cannot open waits for those who can; a lost file is named by `reviewer status`.
        """
        for entry in self.ledger.unnamed():
            with suppress(SetAsideError, VaultError):
                opened = open_for_panel(self.vault.fetch(entry.digest), self.panel)
                self.ledger.name_letter(name_thread(entry, opened.letter))

    def _take_one(self, record: Record, bundle: BundleEntry) -> LetterEntry:
        try:
            if record.kind == RecordKind.ERASED:
                return self._erased(erased_digest(record).hex(), record.sequence, bundle)
            if record.kind == RecordKind.FORGOTTEN:
                return self._forgotten(erased_digest(record).hex(), record.sequence, bundle)
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
        if self.panel[0].card.purpose == "lead":
            return self._take_danger(letter, record.sequence, bundle)
        try:
            opened = open_record(letter, self.panel)
        except SetAsideError as error:
            return self._set_aside(letter, record.sequence, bundle, error.reason)
        entry = self._entry(letter, record.sequence, bundle, status=Status.IMPORTED, epoch=opened.card.epoch)
        return name_thread(name_call(entry, opened.letter), opened.letter)

    def _take_danger(self, record: LetterRecord, place: int, bundle: BundleEntry) -> LetterEntry:
        try:
            opened = open_danger_record(record, self.panel)
        except SetAsideError as error:
            return self._set_aside(record, place, bundle, error.reason)
        return self._entry(record, place, bundle, status=Status.IMPORTED, epoch=opened.card.epoch)

    def _erased(self, digest: str, place: int, bundle: BundleEntry) -> LetterEntry:
        """Remember a letter that was taken back before it came: it is never taken in. One that is here stays."""
        return LetterEntry(
            digest=digest,
            locator="",
            week=0,
            size=0,
            generation=bundle.generation,
            bundle=bundle.sequence,
            place=place,
            status=Status.DESTROYED.value,
        )

    def _forgotten(self, digest: str, place: int, bundle: BundleEntry) -> LetterEntry:
        """Return what is here of a letter that the intake side forgot after it was confirmed.

        Where nothing is, this station is older than its confirmation: the letter is missing, and taken in if it ever comes.
        """
        known = self.ledger.letter(digest)
        if known is not None:
            return LetterEntry(**known.model_dump())
        return LetterEntry(
            digest=digest,
            locator="",
            week=0,
            size=0,
            generation=bundle.generation,
            bundle=bundle.sequence,
            place=place,
            status=Status.MISSING.value,
            confirmed=CONFIRMED_BEFORE,
        )

    def _set_aside(self, letter: LetterRecord, place: int, bundle: BundleEntry, reason: Reason) -> LetterEntry:
        return self._entry(letter, place, bundle, status=Status.SET_ASIDE, reason=reason)

    def _entry(
        self,
        letter: LetterRecord,
        place: int,
        bundle: BundleEntry,
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
            generation=bundle.generation,
            bundle=bundle.sequence,
            place=place,
            status=status.value,
            reason=reason.value if reason else None,
        )


def _told_again(known: LetterEntry, place: int, bundle: BundleEntry) -> LetterEntry:
    """Return what a record adds about a letter that was taken back: that this bundle brought it as well."""
    here = {"generation": bundle.generation, "bundle": bundle.sequence, "place": place, "confirmed": None}
    return LetterEntry(**(known.model_dump() | here))


def entry_of(summary: BundleSummary) -> BundleEntry:
    """Return the ledger's entry of a bundle whose letters are not in yet."""
    header = summary.header
    return BundleEntry(
        direction=header.direction,
        sequence=header.sequence,
        generation=header.generation,
        epoch=header.epoch,
        name=name_of(header),
        previous=header.previous,
        chain=summary.chain,
        count=summary.count,
        finished=False,
    )


def name_of(header: BundleHeader) -> str:
    """Return the name that a bundle's files have on a medium. Those of later generations sort after those before."""
    side = bundle_side(header.direction)
    later = f"g{header.generation}-" if header.generation > FIRST_GENERATION else ""
    return f"{side}-{header.epoch:04}-{later}{header.sequence:06}"


def _batches(entries: Iterable[LetterEntry]) -> Iterator[list[LetterEntry]]:
    """Yield a few entries at a time; only one letter is in memory while they gather."""
    iterator = iter(entries)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some
