"""Import: confirmations, notices and cards that come back in bundles from the station, and from the safeguarding lead's."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.bundle import (
    FIRST_PREVIOUS,
    TO_INTAKE,
    BundleHeader,
    BundleReader,
    BundleSummary,
    Record,
    RecordKind,
    purpose_of,
    verify_bundle,
)
from crypto.card import PanelCard, parse_card
from crypto.constants import Purpose
from crypto.errors import BundleError, CardError, LetterError
from crypto.hold import parse_hold, verify_hold
from crypto.minisigning import VerifyKey
from crypto.notice import Notice
from crypto.records import ClosedRecord, Confirmation, LogHead, NoticeRecord, Resync
from intake.clock import today, week_of
from intake.errors import FolderError, TransferError
from intake.folder import FILE_MODE, Folder, read_file
from intake.installation import all_cards, card_of_epoch, check_succession, install_card, load_card
from intake.rows import BundleRow, NewLetter, Reconciled
from intake.store import Store

_COPY_BYTES: Final = 1_048_576
_PARSERS: Final[Mapping[RecordKind, Callable[[bytes], object]]] = {
    RecordKind.NOTICE: NoticeRecord.parse,
    RecordKind.RESYNC: Resync.parse,
}
# What the safeguarding lead's station may say. It answers nobody and has no legal holds.
_FROM_LEAD: Final = frozenset({RecordKind.CONFIRMATION, RecordKind.CARD, RecordKind.RESYNC})


@dataclass(frozen=True)
class TakenIn:
    """What an import came to: how many letters the bundle confirms, and how many threads it says are closed.

    `reconciled` is there when the bundle begins a new generation; `done` says whether anything was changed.
    """

    row: BundleRow
    confirmed: int
    closed: int
    reconciled: Reconciled | None = None
    done: bool = True


class Importer:
    """Takes in bundles from the station, or the safeguarding lead's. Everything is checked before anything is changed.

    `purpose` says from which of the two the bundle is that was looked at last, `head` how far the panel's log had come in it.
    """

    def __init__(self, store: Store, folder: Folder, step: Callable[[], None]) -> None:
        self._store = store
        self._folder = folder
        self._step = step
        self.purpose: Purpose = "panel"
        self.cards: list[PanelCard] = []
        self.holds: list[Notice] = []
        self.head: LogHead | None = None
        self._closed = 0

    def take_in(self, path: Path, *, new_generation: bool = False) -> TakenIn:
        """Take in the bundle at `path`.

        One that begins a new generation is taken in only when `new_generation` is asked for; else it is only found out
        what that would come to. Raises TransferError with what to do next; then nothing was changed.
        """
        try:
            signature = read_file(path.with_name(path.name + ".minisig"))
            # From the medium to our own disk first: what was verified is then what is read.
            with _private_copy(path, self._folder) as copy:
                row = self._check(copy, signature)
                begins = row.generation != self._store.generation(self.purpose)
                if new_generation and not begins:
                    raise TransferError("This bundle begins no new generation; import it without --new-generation.")
                self._check_records(copy, begins)
                if not begins or new_generation:
                    for card in self.cards:
                        install_card(self._folder, card)
                return self._begin(row, copy, new_generation) if begins else self._go_on(row, copy)
        except LetterError:
            raise TransferError(
                "The bundle holds a legal hold that the station's panel did not sign; nothing of it was taken in."
            ) from None
        except (BundleError, CardError) as error:
            raise TransferError(str(error)) from None

    def _go_on(self, row: BundleRow, copy: BinaryIO) -> TakenIn:
        if self.purpose == "lead":
            return TakenIn(row, self._store.accept_danger_bundle(row, self._outcomes(copy)), 0)
        known = self._store.accept_bundle(row, self._outcomes(copy), self._notices(copy), _closed(copy), self.holds)
        return TakenIn(row, known, self._closed)

    def _begin(self, row: BundleRow, copy: BinaryIO, new_generation: bool) -> TakenIn:
        if self.purpose == "lead":
            outcomes = self._outcomes(copy)
            found = self._store.accept_danger_generation(row, outcomes, dry_run=not new_generation)
            return TakenIn(row, found.both, 0, found, new_generation)
        if new_generation:
            self._store.replay_if_there()
        reconciled = self._store.accept_generation(
            row, self._outcomes(copy), self._notices(copy), _closed(copy), self.holds, dry_run=not new_generation
        )
        if new_generation:
            self._store.renew_log()
        return TakenIn(row, reconciled.both, self._closed, reconciled, new_generation)

    def _check(self, copy: BinaryIO, signature: bytes) -> BundleRow:
        """Check who made the bundle and where it stands in the chain."""
        header = BundleReader(copy).header
        self.purpose = purpose_of(header.direction)
        direction = TO_INTAKE[self.purpose]
        newest = self._store.newest_bundle(direction)
        card = card_of_epoch(self._folder, header.epoch, self.purpose)
        if card is None or header.inquiry != card.inquiry:
            raise TransferError(f"The bundle is from epoch {header.epoch} of {header.inquiry}, which has no card here.")
        if newest is not None and header.epoch < newest.epoch:
            raise TransferError(
                "The bundle is from an epoch that has ended; ask the station for one of its present epoch."
            )
        summary = verify_bundle(copy, signature, VerifyKey.parse(card.minisign_key))
        if header.direction != direction:
            raise TransferError("This bundle goes from here to the station; import takes those that come back.")
        present = self._store.generation(self.purpose)
        _check_generation(header, present)
        if header.generation == present:
            known = self._store.bundle(direction, header.sequence)
            _check_place(summary, self._store.last_bundle(direction), known)
        return BundleRow(**vars(header), count=summary.count, week=week_of(today()), chain=summary.chain)

    def _check_records(self, copy: BinaryIO, begins: bool) -> None:
        copy.seek(0)
        self.cards, self.holds, self.head, self._closed = [], [], None, 0
        for record in BundleReader(copy):
            if (record.kind == RecordKind.RESYNC) != (begins and record.sequence == 1):
                raise TransferError(
                    "The bundle does not begin its generation as it should; ask the station for another."
                )
            self._check_record(record)
        # At the end, since the card that a hold needs may come after it.
        for hold in self.holds:
            verify_hold(hold, [*all_cards(self._folder), *self.cards])

    def _check_record(self, record: Record) -> None:
        """Look at one record, and note what it is when all of them were looked at."""
        if self.purpose == "lead" and record.kind not in _FROM_LEAD:
            raise TransferError("The bundle of the safeguarding lead's station holds what only the panel may say.")
        if record.kind == RecordKind.CARD:
            self._check_card(parse_card(record.body, self.purpose))
        elif record.kind == RecordKind.CONFIRMATION:
            self._check_outcome(Confirmation.parse(record.body))
        elif record.kind == RecordKind.CLOSED:
            ClosedRecord.parse(record.body)
            self._closed += 1
        elif record.kind == RecordKind.HOLD:
            self.holds.append(parse_hold(record.body))
        elif record.kind == RecordKind.LOG:
            self.head = LogHead.parse(record.body)
        elif record.kind in _PARSERS:
            _PARSERS[record.kind](record.body)
        elif record.kind == RecordKind.LETTER:
            raise TransferError("The bundle holds a letter; letters never come back from the station.")
        else:
            raise TransferError("The bundle holds something that this program does not know; update it.")

    def _check_outcome(self, confirmation: Confirmation) -> None:
        if confirmation.outcome == "acknowledged" and self.purpose == "panel":
            raise TransferError(
                "The bundle acknowledges a letter; only the safeguarding lead acknowledges, and records."
            )

    def _check_card(self, card: PanelCard) -> None:
        known = card_of_epoch(self._folder, card.epoch, self.purpose)
        if known is not None and known.fingerprint == card.fingerprint:
            return
        current = self.cards[-1] if self.cards else load_card(self._folder, self.purpose)
        check_succession(card, current)
        self.cards.append(card)

    def _outcomes(self, copy: BinaryIO) -> Iterator[tuple[bytes, str]]:
        copy.seek(0)
        for record in BundleReader(copy):
            if record.kind == RecordKind.CONFIRMATION:
                confirmation = Confirmation.parse(record.body)
                self._step()
                yield confirmation.digest, confirmation.outcome

    def _notices(self, copy: BinaryIO) -> Iterator[NewLetter]:
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


def _check_generation(header: BundleHeader, present: int) -> None:
    """Raise TransferError for a generation that has ended, and for one whose first bundle was not taken in."""
    if header.generation < present:
        raise TransferError(
            f"The bundle is of generation {header.generation}, which has ended; generation {present} goes on here. If the "
            f"station was restored, ask it for a new one: `reviewer resync --generation {present + 1}`."
        )
    if header.generation > present and (header.sequence, header.previous) != (1, FIRST_PREVIOUS):
        raise TransferError(
            f"The bundle is of generation {header.generation}, which has not begun here; import its first bundle before it."
        )


def _check_place(summary: BundleSummary, last: BundleRow | None, known: BundleRow | None) -> None:
    """Raise TransferError unless the bundle is the next one after `last`. `known` is what came under its number."""
    header = summary.header
    expected = last.sequence + 1 if last else 1
    if known is not None and known.chain != summary.chain:
        raise TransferError(
            f"Another bundle {header.sequence} was imported before: the station has forgotten what it sent, perhaps after a "
            f"restore. Ask it for a new generation: `reviewer resync --generation {header.generation + 1}`."
        )
    if last is not None and header.sequence == last.sequence:
        raise TransferError(f"Bundle {header.sequence} was imported before; there is nothing to do.")
    if header.sequence < expected:
        raise TransferError(f"Bundle {header.sequence} is a replay: bundle {expected - 1} was imported already.")
    if header.sequence > expected:
        raise TransferError(f"Bundle {expected} is missing; import it before bundle {header.sequence}.")
    if header.previous != ((last.chain if last else None) or FIRST_PREVIOUS):
        raise TransferError(
            "The bundle does not follow the one that was imported last; ask the station which is right, or for a new "
            "generation (`reviewer resync`)."
        )


def _closed(copy: BinaryIO) -> Iterator[ClosedRecord]:
    copy.seek(0)
    for record in BundleReader(copy):
        if record.kind == RecordKind.CLOSED:
            yield ClosedRecord.parse(record.body)


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
