"""Backups: the whole station in one encrypted file, and back. An age file sealed to the panel's card, signed by the panel.

Inside is a tar archive. Whoever has the public card can seal one, so nothing of it is looked at before the signature holds, and
only names that a station has are taken from it. The databases go in as they are at one moment; the case store stays encrypted inside.
"""

import hashlib
import io
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.card import PanelCard
from crypto.errors import AgeError, BundleSignatureError
from crypto.minisigning import VerifyKey
from crypto.opening import open_stream
from crypto.recipients import Recipient
from crypto.sealing import seal_stream
from reviewer.cases.casework import CaseStore
from reviewer.errors import BackupError
from reviewer.files import (
    FILE_MODE,
    FOLDER_MODE,
    make_folder,
    new_file,
    read_small,
    require_absent,
    show,
    sync_folder,
    write_new,
)
from reviewer.station import Station
from reviewer.unlocking import InHand

SUFFIX: Final = ".heard-backup"
SIGNATURE: Final = ".minisig"
_COMMENT: Final = "heard backup v1"
_STAGE: Final = "backup.unfinished"
_BLOCK: Final = 512
_PIECE: Final = 1 << 20
_SIGNATURE_BYTES: Final = 4_096
# What a station has, and nothing else.
_NAMES: Final = re.compile(
    r"cards/[0-9]{4}\.card|intake\.pub|replies\.toml|ledger\.sqlite|letters/[0-9a-f]{2}/[0-9a-f]{64}\.age"
    r"|outgoing/[a-z0-9-]{1,64}\.heard(\.minisig)?|cases/store-[0-9]{1,9}\.(sqlite|epoch-[0-9]{4}\.key)"
)
_NOT_SIGNED: Final = "This backup is not signed by the panel of that card, or was altered; bring both files, and the card that they were made for."


@dataclass(frozen=True)
class Written:
    """A backup that was written: its name, and SHA-256 (64 hex) of its file."""

    name: str
    digest: str


def write_backup(
    station: Station,
    store: CaseStore,
    unlocked: InHand,
    folder: Path,
    number: int,
    step: Callable[[], None] = lambda: None,
) -> Written:
    """Write backup `number` of a station that nobody changes meanwhile, sealed to and signed by the panel of `unlocked`.

    `step` is called once for each file that went in. Raises BackupError, CaseStoreError, FolderError.
    """
    card = unlocked.card
    name = f"{card.inquiry}-{card.epoch:04}-{number:06}{SUFFIX}"
    target = folder / name
    signature = target.with_name(name + SIGNATURE)
    make_folder(folder)
    require_absent(target, signature)
    stage = station.root / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    make_folder(stage / station.cases.name)
    try:
        _copy_ledger(station.ledger, stage / station.ledger.name)
        store.copy_to(stage / station.cases.name / store.path.name, store.key)
        with new_file(target) as file:
            seal_stream(_reader(_tar(station, stage, step)), file, [Recipient.parse(card.recipient)])
        with target.open("rb") as file:
            signed = unlocked.keys.minisign_key.sign(file, f"{_COMMENT} {card.inquiry} {card.epoch} {number}")
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        write_new(signature, signed)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Written(name, digest)


def restore_backup(backup: Path, panel: Sequence[InHand], station: Station) -> int:
    """Put a backup back as a new station and return how many files that were. Nothing is there unless all of it is.

    Raises BackupError, FolderError.
    """
    require_absent(station.root)
    unfinished = station.root.with_name(f".{station.root.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished)
    try:
        with backup.open("rb") as file:
            _verify(file, backup, panel[0].card)
            chunks = open_stream(file, [one.keys.identity for one in panel])
            count = _extract(_reader(chunks), unfinished)
        whole = Station(unfinished)
        whole.create()
        whole.newest_card()
        unfinished.rename(station.root)
        sync_folder(station.root.parent)
    except (AgeError, tarfile.TarError):
        raise BackupError("The backup is damaged or sealed to another panel; nothing was restored.") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return count


def _verify(file: io.BufferedReader, backup: Path, card: PanelCard) -> None:
    signature = read_small(backup.with_name(backup.name + SIGNATURE), _SIGNATURE_BYTES)
    try:
        comment = VerifyKey.parse(card.minisign_key).verify(file, signature)
    except BundleSignatureError:
        raise BackupError(_NOT_SIGNED) from None
    if not comment.startswith(f"{_COMMENT} {card.inquiry} "):
        raise BackupError(f"{show(backup)} is no backup of {card.inquiry}.")
    file.seek(0)


def _copy_ledger(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as ledger, closing(sqlite3.connect(target)) as copy:
        ledger.backup(copy)


def _tar(station: Station, stage: Path, step: Callable[[], None]) -> Iterator[bytes]:
    """Yield a tar archive: what lies in the station, and the databases as they stand in `stage`."""
    for root in (stage, station.root):
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = path.relative_to(root).as_posix()
            is_database = name.endswith(".sqlite")
            if not _NAMES.fullmatch(name) or is_database != (root == stage):
                continue
            info = tarfile.TarInfo(name)
            info.size, info.mode = path.stat().st_size, FILE_MODE
            yield info.tobuf(tarfile.USTAR_FORMAT)
            yield from _content(path, info.size)
            step()
    yield bytes(2 * _BLOCK)


def _content(path: Path, size: int) -> Iterator[bytes]:
    read = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            read += len(piece)
            yield piece
    if read != size:
        raise BackupError(f"{show(path)} was changed meanwhile; run the backup again.")
    yield bytes(-size % _BLOCK)


def _extract(source: io.BufferedReader, folder: Path) -> int:
    """Write each file of an archive, with a name that a station has, and read to the end, which is what makes it whole."""
    count = 0
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() and _NAMES.fullmatch(member.name) else None
            if content is None:
                raise BackupError("The backup holds something that no station has; nothing was restored.")
            path = folder / member.name
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            with new_file(path) as file:
                shutil.copyfileobj(content, file, _PIECE)
            count += 1
    while source.read(_PIECE):
        pass
    return count


class _Chunks(io.RawIOBase):
    """Reads what an iterator yields."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # RawIOBase hands a writable buffer
        """Fill as much of `buffer` as there is, 0 at the end."""
        while not self._rest:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._rest = memoryview(following)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _reader(chunks: Iterator[bytes]) -> io.BufferedReader:
    return io.BufferedReader(_Chunks(chunks), _PIECE)
