"""Export: the bundle that goes back to the intake side, signed by the key that the quorum unlocked.

It says which letters arrived and what became of them, and may carry the next epoch's card. A copy stays in the station,
so that a lost medium can be written again without the custodians.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.bundle import BundleHeader, BundleSummary, BundleWriter, RecordKind, sign_bundle, verify_bundle
from crypto.card import PanelCard, encode_card, verify_succession
from crypto.records import Confirmation, NoticeRecord, Outcome
from reviewer.entries import BundleEntry, LetterEntry, Status
from reviewer.errors import ExportError, FolderError
from reviewer.files import copy_file, make_folder, new_file, require_absent, write_new
from reviewer.importing import entry_of
from reviewer.ledger import Ledger, next_place
from reviewer.opening import Unlocked
from reviewer.station import Station
from reviewer.vault import Vault
from reviewer.verifying import BUNDLE_SUFFIX, GENERATION, SIGNATURE_SUFFIX

DIRECTION: Final = "station to intake"
# A letter that waits, or waits to be destroyed, is here.
_OUTCOMES: Final[Mapping[str, Outcome]] = {Status.SET_ASIDE: "set aside", Status.DESTROYED: "destroyed"}


@dataclass(frozen=True)
class Exporter:
    """Writes return bundles of one station."""

    station: Station
    ledger: Ledger
    vault: Vault

    def has_news(self) -> bool:
        """Say whether the intake side has not been told of some letter, or a notice waits."""
        return self.ledger.counts().unconfirmed > 0 or len(self.ledger.unsent_notices()) > 0

    def write(self, unlocked: Unlocked, folder: Path, card: PanelCard | None = None) -> BundleEntry:
        """Write the next return bundle and copy it to `folder`.

        `card` is the next epoch's, to be signed by the one that is `unlocked`. Raises CardError, CardSignatureError,
        FolderError, LedgerError.
        """
        if card is not None:
            verify_succession(card, unlocked.card)
        header = self._next_header(unlocked.card)
        entry = entry_of(self._write_files(header, unlocked, card))
        entry.finished = True
        self.ledger.add_return(entry)
        try:
            self.copy_out(entry, folder)
        except FolderError as error:
            raise ExportError(
                f"{error} The bundle is kept: write it with `reviewer export --again {entry.sequence}`."
            ) from None
        return entry

    def again(self, sequence: int, folder: Path) -> BundleEntry:
        """Copy a return bundle of before to `folder` once more. Raises ExportError, FolderError."""
        entry = self.ledger.bundle(DIRECTION, sequence)
        if entry is None:
            raise ExportError(f"There is no return bundle {sequence}; see `reviewer status`.")
        self.copy_out(entry, folder)
        return entry

    def copy_out(self, entry: BundleEntry, folder: Path) -> None:
        """Copy both files of a return bundle to `folder`. Raises FolderError, also when one is there already."""
        make_folder(folder)
        names = [entry.name + suffix for suffix in (BUNDLE_SUFFIX, SIGNATURE_SUFFIX)]
        require_absent(*(folder / name for name in names))
        for name in names:
            copy_file(self.station.outgoing / name, folder / name)

    def _next_header(self, card: PanelCard) -> BundleHeader:
        sequence, previous = next_place(self.ledger.last_bundle(DIRECTION))
        return BundleHeader(DIRECTION, card.inquiry, card.epoch, GENERATION, sequence, previous)

    def _write_files(self, header: BundleHeader, unlocked: Unlocked, card: PanelCard | None) -> BundleSummary:
        """Write both files inside the station and check them as the intake side will.

        What an interrupted export left under the same names has never left the station, and is written over.
        """
        bundle = self.station.outgoing / f"station-{header.epoch:04}-{header.sequence:06}{BUNDLE_SUFFIX}"
        key = unlocked.root.minisign_key
        with new_file(bundle, replace=True) as target:
            summary = self._write_records(target, header, card)
        with bundle.open("rb") as source:
            signature = sign_bundle(source, summary, key)
            verify_bundle(source, signature, key.public)
        write_new(bundle.with_name(bundle.name + ".minisig"), signature, replace=True)
        return summary

    def _write_records(self, target: BinaryIO, header: BundleHeader, card: PanelCard | None) -> BundleSummary:
        writer = BundleWriter(target, header)
        for entry in self.ledger.unconfirmed():
            writer.add(RecordKind.CONFIRMATION, _confirmation(entry).encode())
        for notice in self.ledger.unsent_notices():
            record = NoticeRecord(
                notice.kind, bytes.fromhex(notice.locator), notice.sequence, self.vault.fetch(notice.digest)
            )
            writer.add(RecordKind.NOTICE, record.encode())
        if card is not None:
            writer.add(RecordKind.CARD, encode_card(card))
        return writer.finish()


def _confirmation(entry: LetterEntry) -> Confirmation:
    outcome = _OUTCOMES.get(entry.status, "imported")
    return Confirmation(bytes.fromhex(entry.digest), outcome)
