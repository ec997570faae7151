"""Export: the bundle that goes back to the intake side, signed by the key that the quorum unlocked.

It says which letters arrived and what became of them, and may carry the next epoch's card. A copy stays in the station,
so that a lost medium can be written again without the custodians, and so that an interrupted export goes on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from crypto.bundle import (
    TO_INTAKE,
    BundleHeader,
    BundleSummary,
    BundleWriter,
    Direction,
    RecordKind,
    sign_bundle,
    verify_bundle,
)
from crypto.card import PanelCard, encode_card, verify_succession
from crypto.minisigning import VerifyKey
from crypto.notice import Notice, encode_notice
from crypto.records import Confirmation, LogHead, NoticeRecord, Outcome
from reviewer.bundles import next_place
from reviewer.closing import closed_records
from reviewer.entries import EVERYONE, BundleEntry, LetterEntry, NoticeEntry, Status
from reviewer.errors import ExportError, FolderError
from reviewer.files import copy_file, make_folder, new_file, require_absent, same_content, write_new
from reviewer.holding import Holds
from reviewer.importing import entry_of, name_of
from reviewer.ledger import Ledger
from reviewer.opening import Unlocked
from reviewer.station import Station
from reviewer.vault import Vault
from reviewer.verifying import BUNDLE_SUFFIX, SIGNATURE_SUFFIX

Records = Iterable[tuple[RecordKind, bytes]]
# A letter that waits, or waits to be destroyed, is here.
_OUTCOMES: Final[Mapping[str, Outcome]] = {Status.SET_ASIDE: "set aside", Status.DESTROYED: "destroyed"}


@dataclass(frozen=True)
class Exporter:
    """Writes return bundles of one station."""

    station: Station
    ledger: Ledger
    vault: Vault

    @property
    def direction(self) -> Direction:
        """Which way this station's bundles go."""
        return TO_INTAKE[self.station.newest_card().purpose]

    def has_news(self) -> bool:
        """Say whether the intake side has not been told of some letter or closed thread, or a notice waits."""
        ledger = self.ledger
        return bool(ledger.counts().unconfirmed > 0 or ledger.unsent_notices() or ledger.closed_threads(untold=True))

    def unfinished(self) -> BundleEntry | None:
        """Return the return bundle that did not reach a medium, if the last one did not."""
        last = self.ledger.last_bundle(self.direction)
        return None if last is None or last.finished else last

    def write(
        self, unlocked: Unlocked, folder: Path, card: PanelCard | None = None, head: LogHead | None = None
    ) -> BundleEntry:
        """Write the next return bundle and copy it to `folder`.

        `card` is the next epoch's, to be signed by the one that is `unlocked`; `head` is that of the station's log. Raises CardError, CardSignatureError,
        FolderError, LedgerError.
        """
        if card is not None:
            verify_succession(card, unlocked.card)
        sequence, previous = next_place(self.ledger.last_bundle(self.direction))
        own = unlocked.card
        header = BundleHeader(self.direction, own.inquiry, own.epoch, self.ledger.generation(), sequence, previous)
        records = self._records(card, own.epoch if card is None else card.epoch)
        entry = entry_of(self.write_files(header, unlocked, chain(records, head_records(head))))
        self.ledger.add_return(entry)
        self.hand_out(entry, folder)
        return entry

    def again(self, sequence: int, folder: Path) -> BundleEntry:
        """Copy a return bundle of before to `folder` once more. Raises ExportError, FolderError."""
        entry = self.ledger.bundle(self.direction, sequence)
        if entry is None:
            raise ExportError(
                f"There is no return bundle {sequence} in generation {self.ledger.generation()}; see `reviewer status`."
            )
        self._copy_out(entry, folder)
        self.ledger.finish_bundle(entry)
        return entry

    def hand_out(self, entry: BundleEntry, folder: Path) -> None:
        """Copy a new bundle, or one whose export was interrupted, to `folder`. Raises ExportError."""
        try:
            self._copy_out(entry, folder, keep_same=True)
        except FolderError as error:
            raise ExportError(
                f"{error} The bundle is kept: write it with `reviewer export --again {entry.sequence}`."
            ) from None
        self.ledger.finish_bundle(entry)

    def write_files(self, header: BundleHeader, unlocked: Unlocked, records: Records) -> BundleSummary:
        """Write both files inside the station and check them as the intake side will.

        What an interrupted export left under the same names has never left the station, and is written over.
        """
        bundle = self.station.outgoing / (name_of(header) + BUNDLE_SUFFIX)
        with new_file(bundle, replace=True) as target:
            writer = BundleWriter(target, header)
            for kind, body in records:
                writer.add(kind, body)
            summary = writer.finish()
        with bundle.open("rb") as source:
            signature = sign_bundle(source, summary, unlocked.keys.minisign_key)
            verify_bundle(source, signature, VerifyKey.parse(unlocked.card.minisign_key))
        write_new(bundle.with_name(bundle.name + ".minisig"), signature, replace=True)
        return summary

    def notice_records(self, notices: Sequence[NoticeEntry]) -> Records:
        """Yield the records of notices to one person."""
        for notice in notices:
            if notice.verify_key == EVERYONE:
                continue
            locator, sealed = bytes.fromhex(notice.locator), self.vault.fetch(notice.digest)
            yield RecordKind.NOTICE, NoticeRecord(notice.kind, locator, notice.sequence, sealed).encode()

    def holds(self) -> list[Notice]:
        """Return every hold of this station. Raises HoldError, VaultError."""
        return Holds(self.ledger, self.vault, self.station.all_cards()).all()

    def hold_records(self, epoch: int) -> Records:
        """Yield the records of all holds: an intake side that was restored from a backup may have forgotten some.

        `epoch` is that of the latest card that the intake side has then. Raises ExportError for a hold that it could not verify,
        since it would refuse the whole bundle; HoldError, VaultError.
        """
        for hold in self.holds():
            if hold.epoch > epoch:
                raise ExportError(
                    f"A hold is signed by epoch {hold.epoch}: export with its shares, or send its card along (--card), so "
                    "that the intake side can verify it."
                )
            yield RecordKind.HOLD, encode_notice(hold)

    def _records(self, card: PanelCard | None, epoch: int) -> Iterator[tuple[RecordKind, bytes]]:
        for closed in closed_records(self.ledger, self.ledger.closed_threads(untold=True)):
            yield RecordKind.CLOSED, closed.encode()
        for entry in self.ledger.unconfirmed():
            yield RecordKind.CONFIRMATION, confirmation_of(entry).encode()
        yield from self.notice_records(self.ledger.unsent_notices())
        yield from self.hold_records(epoch)
        if card is not None:
            yield RecordKind.CARD, encode_card(card)

    def _copy_out(self, entry: BundleEntry, folder: Path, *, keep_same: bool = False) -> None:
        """Copy both files, the bundle last. Raises FolderError when one is there; `keep_same`: unless it is the very same."""
        make_folder(folder)
        names = [entry.name + suffix for suffix in (SIGNATURE_SUFFIX, BUNDLE_SUFFIX)]
        if keep_same:
            names = [name for name in names if not same_content(self.station.outgoing / name, folder / name)]
        require_absent(*(folder / name for name in names))
        for name in names:
            copy_file(self.station.outgoing / name, folder / name)


def head_records(head: LogHead | None) -> Records:
    """Yield the record of the log's head, last in a bundle, when there is a log."""
    if head is not None:
        yield RecordKind.LOG, head.encode()


def confirmation_of(entry: LetterEntry) -> Confirmation:
    """Return what the intake side is told of a letter."""
    outcome: Outcome = "acknowledged" if entry.acknowledged else _OUTCOMES.get(entry.status, "imported")
    return Confirmation(bytes.fromhex(entry.digest), outcome)
