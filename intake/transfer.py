"""Bundles: letters on their way to the station, confirmations and cards on their way back."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from crypto.bundle import (
    FIRST_PREVIOUS,
    BundleHeader,
    BundleReader,
    BundleSummary,
    BundleWriter,
    Direction,
    RecordKind,
    sign_bundle,
    verify_bundle,
)
from crypto.card import PanelCard, parse_card
from crypto.errors import BundleError, CardError
from crypto.minisigning import SigningKey, VerifyKey
from crypto.records import Confirmation, LetterRecord, NoticeRecord
from intake.clock import today, week_of
from intake.errors import FolderError, TransferError
from intake.folder import FILE_MODE, Folder, new_file, read_file, write_file
from intake.installation import card_of_epoch, check_succession, install_card, load_card
from intake.rows import BundleRow, NewLetter
from intake.store import Store

OUTWARD: Final[Direction] = "intake to station"
INWARD: Final[Direction] = "station to intake"
GENERATION: Final = 1
_COPY_BYTES: Final = 1_048_576
_Step = Callable[[], None]


class Exporter:
    """Writes bundles of letters into `target`, a folder. `step` is called once for each letter."""

    def __init__(self, store: Store, card: PanelCard, key: SigningKey, target: Path, step: _Step) -> None:
        if not target.is_dir():
            raise TransferError(f"There is no folder {target}; is the medium mounted?")
        self._store = store
        self._card = card
        self._key = key
        self._target = target
        self._step = step

    def write_new(self, *, even_empty: bool) -> list[tuple[Path, BundleRow]]:
        """Write what no bundle carries yet, after one that an interruption left unfinished. Returns what was written."""
        written = []
        last = self._store.last_bundle(OUTWARD)
        if last is not None and last.chain is None:
            written.append(self._write(last))
            last = written[-1][1]
        if self._store.count()[1] or (even_empty and not written):
            row = BundleRow(
                direction=OUTWARD,
                generation=GENERATION,
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
        row = self._store.bundle(OUTWARD, sequence)
        if row is None:
            raise TransferError(f"There is no bundle {sequence} to write again.")
        return self._write(row)

    def _write(self, row: BundleRow) -> tuple[Path, BundleRow]:
        """Write one bundle and its signature. The bundle appears last: where it is, its signature is."""
        path = self._target / f"intake-{row.epoch:04}-{row.sequence:06}.heard"
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
        header = BundleHeader(OUTWARD, row.inquiry, row.epoch, row.generation, row.sequence, row.previous)
        writer = BundleWriter(target, header)
        # In the order of their digests, which are random: a shuffle that can be repeated.
        for letter in self._store.letters_of_bundle(row.sequence):
            if letter.sealed is None:
                writer.add_erased(RecordKind.LETTER, letter.digest, letter.body_hash)
            else:
                record = LetterRecord(letter.kind, week_of(letter.day), letter.locator, letter.sealed)
                writer.add(RecordKind.LETTER, record.encode())
            self._step()
        return writer.finish()


class Importer:
    """Takes in bundles from the station. Everything is checked before anything is changed."""

    def __init__(self, store: Store, folder: Folder, step: _Step) -> None:
        self._store = store
        self._folder = folder
        self._step = step
        self.cards: list[PanelCard] = []

    def take_in(self, path: Path) -> tuple[BundleRow, int]:
        """Take in the bundle at `path` and return it with the number of letters that it confirms.

        Raises TransferError with what to do next; then nothing was changed.
        """
        try:
            signature = read_file(path.with_name(path.name + ".minisig"))
            # From the medium to our own disk first: what was verified is then what is read.
            with _private_copy(path, self._folder) as copy:
                row = self._check(copy, signature)
                self._check_records(copy)
                for card in self.cards:
                    install_card(self._folder, card)
                copy.seek(0)
                return row, self._store.accept_bundle(row, self._outcomes(copy), self._notices(copy))
        except (BundleError, CardError) as error:
            raise TransferError(str(error)) from None

    def _check(self, copy: BinaryIO, signature: bytes) -> BundleRow:
        """Check who made the bundle and where it stands in the chain."""
        header = BundleReader(copy).header
        last = self._store.last_bundle(INWARD)
        card = card_of_epoch(self._folder, header.epoch)
        if card is None or header.inquiry != card.inquiry:
            raise TransferError(f"The bundle is from epoch {header.epoch} of {header.inquiry}, which has no card here.")
        if last is not None and header.epoch < last.epoch:
            raise TransferError(
                "The bundle is from an epoch that has ended; ask the station for one of its present epoch."
            )
        summary = verify_bundle(copy, signature, VerifyKey.parse(card.minisign_key))
        if header.direction != INWARD:
            raise TransferError("This bundle goes from here to the station; import takes those that come back.")
        _check_place(summary, last)
        return BundleRow(**vars(header), count=summary.count, week=week_of(today()), chain=summary.chain)

    def _check_records(self, copy: BinaryIO) -> None:
        copy.seek(0)
        self.cards = []
        for record in BundleReader(copy):
            if record.kind == RecordKind.CARD:
                self._check_card(parse_card(record.body))
            elif record.kind == RecordKind.CONFIRMATION:
                Confirmation.parse(record.body)
            elif record.kind == RecordKind.NOTICE:
                NoticeRecord.parse(record.body)
            elif record.kind == RecordKind.LETTER:
                raise TransferError("The bundle holds a letter; letters never come back from the station.")
            else:
                raise TransferError("The bundle holds something that this program does not know; update it.")

    def _check_card(self, card: PanelCard) -> None:
        current = self.cards[-1] if self.cards else load_card(self._folder)
        if card.fingerprint != current.fingerprint:
            check_succession(card, current)
            self.cards.append(card)

    def _outcomes(self, copy: BinaryIO) -> Iterator[tuple[bytes, str]]:
        for record in BundleReader(copy):
            if record.kind == RecordKind.CONFIRMATION:
                confirmation = Confirmation.parse(record.body)
                self._step()
                yield confirmation.digest, confirmation.outcome

    def _notices(self, copy: BinaryIO) -> Iterator[NewLetter]:
        """Yield the notices, after the outcomes were read to their end."""
        copy.seek(0)
        for record in BundleReader(copy):
            if record.kind == RecordKind.NOTICE:
                notice = NoticeRecord.parse(record.body)
                self._step()
                yield NewLetter(
                    kind=notice.kind,
                    locator=notice.locator,
                    access_hash=b"",
                    day=today(),
                    sealed=notice.sealed,
                    sequence=notice.sequence,
                )


def _check_place(summary: BundleSummary, last: BundleRow | None) -> None:
    """Raise TransferError unless the bundle is the next one after `last`."""
    header = summary.header
    expected = last.sequence + 1 if last else 1
    if header.generation != GENERATION:
        raise TransferError("The bundle belongs to another generation of the exchange than this side knows.")
    if last is not None and header.sequence == last.sequence and summary.chain == last.chain:
        raise TransferError(f"Bundle {header.sequence} was imported before; there is nothing to do.")
    if header.sequence < expected:
        raise TransferError(f"Bundle {header.sequence} is a replay: bundle {expected - 1} was imported already.")
    if header.sequence > expected:
        raise TransferError(f"Bundle {expected} is missing; import it before bundle {header.sequence}.")
    if header.previous != ((last.chain if last else None) or FIRST_PREVIOUS):
        raise TransferError(
            "The bundle does not follow the one that was imported last; ask the station which is right."
        )


def _private_copy(path: Path, folder: Folder) -> BinaryIO:
    """Return a copy of a file, open for reading, on our own disk and already without a name there."""
    place = folder.root / ".incoming"
    try:
        with path.open("rb") as source:
            place.unlink(missing_ok=True)
            copy = os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE), "w+b")
            place.unlink()
            shutil.copyfileobj(source, copy, _COPY_BYTES)
        copy.seek(0)
    except OSError as error:
        raise FolderError(f"{path.name} cannot be copied ({error.strerror}).") from None
    return copy
