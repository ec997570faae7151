"""`intake check`: one sentence for each fault, exit status 1 if there is any."""

import argparse
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crypto.constants import Purpose
from intake.assets import Assets
from intake.clock import today
from intake.commands.result import Result, fingerprint_fields, fingerprint_lines
from intake.errors import AssetError, FolderError, IntakeError, StoreUnavailableError
from intake.folder import FILE_MODE, FOLDER_MODE, Folder, read_file
from intake.inquiry import SHIPPED, InquiryError, load_inquiry
from intake.inquiry.translation import load_languages
from intake.installation import load_card, load_key, open_store
from intake.line.installation import has_line_database, line_folder, open_line_store, shares_a_server
from intake.settings import Settings

WARNING_DAYS: Final = 30
_MEBIBYTE: Final = 1_048_576
# Told while there is still this many times the space below which no letter is taken.
_RESERVES: Final = 4


def run(_arguments: argparse.Namespace, settings: Settings) -> Result:
    """Look at everything; a fault in one place does not hide another."""
    folder = Folder(settings.data)
    faults = [*_folder_faults(folder), *_key_faults(folder), *_card_faults(folder), *_asset_faults()]
    faults += [*_inquiry_faults(settings), *_database_faults(settings, folder), *_disk_faults(settings, folder)]
    faults += _line_faults(settings, folder)
    if faults:
        return Result(faults, {"faults": faults}, status=1)
    fingerprint = load_key(folder).public.fingerprint
    lines = ["All is well.", "This side's key, as the station should see it:", *fingerprint_lines(fingerprint)]
    return Result(lines, {"faults": [], **fingerprint_fields(fingerprint)})


def _folder_faults(folder: Folder) -> Iterator[str]:
    if not folder.root.is_dir():
        yield "There is no data folder; run `intake init`, or check the setting data."
        return
    if _mode(folder.root) != FOLDER_MODE:
        yield f"Others may enter the data folder; run `chmod 700 {folder.root}`."
    if not os.access(folder.root, os.W_OK | os.X_OK):
        yield "The data folder cannot be written to by this user."
    for path in sorted(folder.root.iterdir()):
        if path.is_file() and _mode(path) & ~FILE_MODE:
            yield f"Others may read {path.name}; run `chmod 600 {path}`."


def _key_faults(folder: Folder) -> Iterator[str]:
    if not folder.root.is_dir():
        return
    try:
        key = load_key(folder)
        if read_file(folder.public).decode("ascii") != key.public.encode():
            yield "intake.pub does not belong to intake.key; restore both from a backup."
    except FolderError as error:
        yield str(error)
    except ValueError:
        yield "intake.pub is damaged; restore it from a backup."


def _card_faults(folder: Folder) -> Iterator[str]:
    if not folder.root.is_dir():
        return
    yield from _faults_of_card(folder, "panel")
    # Only the phone line needs the safeguarding lead's.
    if folder.card_of("lead").exists():
        yield from _faults_of_card(folder, "lead")


def _faults_of_card(folder: Folder, purpose: Purpose) -> Iterator[str]:
    try:
        card = load_card(folder, purpose)
    except IntakeError as error:
        yield str(error)
        return
    day = today()
    left = card.days_left(day)
    if left < 0:
        yield f"The {purpose} card expired on {card.valid_to}; install a new one with `intake card FILE`."
    elif left < WARNING_DAYS:
        yield f"The {purpose} card expires on {card.valid_to}, in {left} days; ask the {purpose} for the next one."
    if day < card.valid_from:
        yield f"The {purpose} card is valid only from {card.valid_from}."


def _asset_faults() -> Iterator[str]:
    try:
        Assets()
    except AssetError as error:
        yield str(error)


def _inquiry_faults(settings: Settings) -> Iterator[str]:
    try:
        load_languages(load_inquiry(Path(settings.inquiry) if settings.inquiry else SHIPPED))
    except InquiryError as error:
        yield str(error)


def _database_faults(settings: Settings, folder: Folder) -> Iterator[str]:
    if not settings.database and not folder.database.exists():
        yield "There is no database yet; run `intake init`, or restore a backup."
        return
    store = open_store(settings)
    try:
        store.check_schema()
        yield from store.durability_faults()
        if store.is_waiting:
            yield (
                "This service was restored and answers nobody until it knows what was taken back after the backup: run "
                "`intake replay`, or take in a new generation from the station."
            )
            return
        store.probe()
        store.check_log()
    except StoreUnavailableError as error:
        yield _SENTENCES.get(error.word, "The database cannot be reached; check the setting database.")
    except IntakeError as error:
        yield str(error)
    finally:
        store.close()


def _line_faults(settings: Settings, folder: Folder) -> Iterator[str]:
    if not folder.root.is_dir():
        return
    if settings.line_data:
        yield from _folder_faults(line_folder(settings))
    if shares_a_server(settings):
        yield (
            "The letters and the phone line are on one PostgreSQL server, which notes the order of all its transactions: give "
            "the setting line_database a server of its own, or leave it out."
        )
    if not has_line_database(settings):
        yield "The phone line has no database yet; run `intake migrate`."
        return
    try:
        store = open_line_store(settings)
    except IntakeError as error:
        yield str(error)
        return
    try:
        store.check_schema()
        yield from store.durability_faults()
        yield from store.chain_faults()
    except IntakeError as error:
        yield str(error)
    finally:
        store.close()


_SENTENCES: Final = {"disk": "The disk is full: no letter can be stored."}


def _disk_faults(settings: Settings, folder: Folder) -> Iterator[str]:
    low = _RESERVES * settings.reserve_mebibytes * _MEBIBYTE
    if folder.root.is_dir() and (free := shutil.disk_usage(folder.root).free) < low:
        yield f"Only {free // _MEBIBYTE} MiB are free on the disk of the data folder."


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
