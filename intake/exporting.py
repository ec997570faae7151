"""Export: bundles of letters on their way to the station, and of records of danger on their way to the safeguarding lead."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from crypto.bundle import (
    FIRST_PREVIOUS,
    TO_STATION,
    BundleHeader,
    BundleSummary,
    BundleWriter,
    RecordKind,
    bundle_side,
    sign_bundle,
)
from crypto.card import PanelCard
from crypto.minisigning import SigningKey
from crypto.records import LetterRecord
from intake.clock import today, week_of
from intake.errors import TransferError
from intake.folder import new_file, write_file
from intake.rows import FIRST_GENERATION, BundleRow
from intake.store import Store


class Exporter:
    """Writes bundles into `target`, a folder: of letters for the panel's card, of records of danger for the lead's.

    `step` is called once for each.
    """

    def __init__(self, store: Store, card: PanelCard, key: SigningKey, target: Path, step: Callable[[], None]) -> None:
        if not target.is_dir():
            raise TransferError(f"There is no folder {target}; is the medium mounted?")
        self._store = store
        self._card = card
        self._direction = TO_STATION[card.purpose]
        self._key = key
        self._target = target
        self._step = step

    def write_new(self, *, even_empty: bool) -> list[tuple[Path, BundleRow]]:
        """Write what no bundle carries yet, after one that an interruption left unfinished. Returns what was written."""
        written = []
        last = self._store.last_bundle(self._direction)
        if last is not None and last.chain is None:
            written.append(self._write(last))
            last = written[-1][1]
        if self._store.waiting(self._card.purpose) or (even_empty and not written):
            row = BundleRow(
                direction=self._direction,
                generation=self._generation(),
                sequence=last.sequence + 1 if last else 1,
                inquiry=self._card.inquiry,
                epoch=self._card.epoch,
                previous=(last.chain if last else None) or FIRST_PREVIOUS,
                count=0,
                week=week_of(today()),
            )
            written.append(self._write(replace(row, count=self._store.begin_bundle(row))))
        return written

    def write_again(self, sequence: int) -> tuple[Path, BundleRow]:
        """Write a bundle once more, byte for byte. Raises TransferError when there is none with that number."""
        row = self._store.bundle(self._direction, sequence)
        if row is None:
            raise TransferError(f"There is no bundle {sequence} of generation {self._generation()} to write again.")
        return self._write(row)

    def _generation(self) -> int:
        return self._store.generation(self._card.purpose)

    def _write(self, row: BundleRow) -> tuple[Path, BundleRow]:
        """Write one bundle and its signature. The bundle appears last: where it is, its signature is."""
        # Those of later generations sort after those before.
        later = f"g{row.generation}-" if row.generation > FIRST_GENERATION else ""
        path = self._target / f"{bundle_side(row.direction)}-{row.epoch:04}-{later}{row.sequence:06}.heard"
        with new_file(path) as target:
            summary = self._fill(target, row)
            if row.chain not in {None, summary.chain} or row.count != summary.count:
                raise TransferError(
                    f"Bundle {row.sequence} would not be what it was the first time: letters were altered."
                )
            target.flush()
            write_file(path.with_name(path.name + ".minisig"), sign_bundle(target, summary, self._key))
        self._store.finish_bundle(row, summary.chain)
        return path, replace(row, chain=summary.chain)

    def _fill(self, target: BinaryIO, row: BundleRow) -> BundleSummary:
        header = BundleHeader(row.direction, row.inquiry, row.epoch, row.generation, row.sequence, row.previous)
        writer = BundleWriter(target, header)
        # In the order of their digests, which are random: a shuffle that can be repeated.
        for letter in self._store.letters_of_bundle(row.sequence, self._card.purpose):
            if letter.sealed is None:
                forgotten = not letter.is_taken_back
                writer.add_erased(RecordKind.LETTER, letter.digest, letter.body_hash, forgotten=forgotten)
            else:
                record = LetterRecord(letter.kind, week_of(letter.day), letter.locator, letter.sealed)
                writer.add(RecordKind.LETTER, record.encode())
            self._step()
        return writer.finish()
