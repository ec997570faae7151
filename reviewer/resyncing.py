"""Resync: a new generation of the exchange, after one side or both were restored. docs/sealing.md, "Generations".

Its first bundle says all that this station knows: which threads their words closed, which letters are here by digest,
what may be missing of what was said to people. The intake side then sends again what is not here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from crypto.bundle import FIRST_PREVIOUS, TO_STATION, BundleHeader, Direction, RecordKind
from crypto.card import PanelCard, encode_card
from crypto.constants import NOTICE_KINDS
from crypto.records import LogHead, Resync
from reviewer.closing import closed_records
from reviewer.entries import BundleEntry, NoticeEntry
from reviewer.errors import ResyncError
from reviewer.exporting import Exporter, confirmation_of, head_records
from reviewer.importing import Importer, entry_of
from reviewer.opening import Unlocked

LEAST_CUSTODIANS: Final = 2
_ARRIVAL: Final = NOTICE_KINDS["arrival"]
_DESTRUCTION: Final = NOTICE_KINDS["destruction"]


@dataclass(frozen=True)
class Resyncer:
    """Begins new generations of one station, whose `cards` are its panel's, oldest epoch first."""

    exporter: Exporter
    cards: Sequence[PanelCard]

    def begin(
        self, unlocked: Unlocked, folder: Path, generation: int | None = None, head: LogHead | None = None
    ) -> BundleEntry:
        """Write the first bundle of a new generation (the next, or a later one) and copy it to `folder`.

        `head` is that of the station's log. Raises ResyncError, ExportError, FolderError, VaultError, LedgerError.
        """
        ledger = self.exporter.ledger
        present = ledger.generation()
        wanted = present + 1 if generation is None else generation
        if wanted <= present:
            raise ResyncError(f"Generation {present} goes on here; a new one is {present + 1} or later.")
        if len(set(unlocked.custodians)) < LEAST_CUSTODIANS:
            raise ResyncError("A new generation needs two custodians; bring the share of another one with --share.")
        resync = Resync(self._chain(self._inward), self._chain(self.exporter.direction))
        self._settle(unlocked)
        notices = self._notices()
        card = unlocked.card
        header = BundleHeader(self.exporter.direction, card.inquiry, card.epoch, wanted, 1, FIRST_PREVIOUS)
        records = chain(self._records(resync, notices, card), head_records(head))
        entry = entry_of(self.exporter.write_files(header, unlocked, records))
        ledger.add_resync(entry, notices)
        self.exporter.hand_out(entry, folder)
        return entry

    @property
    def _inward(self) -> Direction:
        return TO_STATION[self.cards[-1].purpose]

    def _settle(self, unlocked: Unlocked) -> None:
        """Judge what an interrupted import brought: its bundle will not come again, its letters will."""
        exporter = self.exporter
        last = exporter.ledger.newest_bundle(self._inward)
        if last is not None and not last.finished:
            Importer(exporter.ledger, exporter.vault, [unlocked]).judge_bundle(last)

    def _records(
        self, resync: Resync, notices: Sequence[NoticeEntry], card: PanelCard
    ) -> Iterator[tuple[RecordKind, bytes]]:
        ledger = self.exporter.ledger
        yield RecordKind.RESYNC, resync.encode()
        for closed in closed_records(ledger, ledger.closed_threads(untold=False)):
            yield RecordKind.CLOSED, closed.encode()
        for entry in ledger.brought():
            confirmation = confirmation_of(entry)
            # A letter whose file is lost here is not confirmed: the intake side may still have it.
            if confirmation.outcome == "destroyed" or not self.exporter.vault.missing([entry.digest]):
                yield RecordKind.CONFIRMATION, confirmation.encode()
        yield from self.exporter.notice_records(notices)
        # The cards that the intake side had already, or needs to verify a hold; a restored one may have forgotten them.
        latest = max(card.epoch, ledger.latest_epoch(self._inward), *(hold.epoch for hold in self.exporter.holds()))
        yield from self.exporter.hold_records(latest)
        for later in self.cards:
            if card.epoch < later.epoch <= latest:
                yield RecordKind.CARD, encode_card(later)

    def _notices(self) -> list[NoticeEntry]:
        """Return what people may still be told: nothing but the receipt when they took it back, and the newest arrival."""
        ledger = self.exporter.ledger
        kept: dict[str, NoticeEntry] = {}
        for notice in ledger.all_notices():
            thread = ledger.thread(notice.verify_key)
            state = "open" if thread is None else thread.state
            if state != "open" and notice.kind != _DESTRUCTION:
                continue
            name = notice.digest
            if notice.kind == _ARRIVAL:
                name = f"arrival {thread.verify_key if thread else notice.verify_key}"
            if name not in kept or kept[name].sequence < notice.sequence:
                kept[name] = notice
        return sorted(kept.values(), key=lambda notice: notice.digest)

    def _chain(self, direction: Direction) -> str:
        """Return the chain value of the last bundle that is whole, in any generation."""
        last = self.exporter.ledger.newest_bundle(direction, finished=direction == self._inward)
        return FIRST_PREVIOUS if last is None else last.chain
