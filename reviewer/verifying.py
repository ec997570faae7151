"""Verifying a bundle's copy: everything that can be wrong with it has a sentence of its own, and imports nothing.

The signature decides. Only when it does not hold are the lengths of the records walked through, to say which kind of
damage it is; nothing else of an unsigned file is looked at.
"""

import base64
import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.bundle import TO_STATION, BundleHeader, BundleSummary, purpose_of, verify_bundle
from crypto.card import PanelCard
from crypto.constants import Purpose
from crypto.errors import BundleFormatError, BundleSignatureError
from crypto.minisigning import VerifyKey
from reviewer.bundles import next_place
from reviewer.entries import BundleEntry
from reviewer.errors import (
    AlteredBundleError,
    BundleRefusedError,
    DivergedBundleError,
    EndedGenerationError,
    ExtendedBundleError,
    ForeignBundleError,
    MissingBundleError,
    MissingSignatureError,
    ReplayedBundleError,
    TruncatedBundleError,
)
from reviewer.files import copy_file, read_small, show

BUNDLE_SUFFIX: Final = ".heard"
SIGNATURE_SUFFIX: Final = ".heard.minisig"
_SIGNATURE_BYTES: Final = 16_384
# docs/sealing.md, "Bundles": a magic of 16 bytes; records of length u32, kind u8, sequence u64, body; kind 255 ends.
_MAGIC_BYTES: Final = 16
_RECORD: Final = struct.Struct(">IBQ")
_END_KIND: Final = 255
# minisign, "Signature format": the second line is base64 of algorithm (2), key id (8), signature.
_KEY_ID: Final = slice(2, 10)
_NOTHING: Final = "Nothing was imported."
_WHOSE: Final[Mapping[Purpose, str]] = {
    "panel": "of the panel's chain, and this is the safeguarding lead's station",
    "lead": "of the safeguarding lead's chain, and this is the panel's station",
}


@dataclass(frozen=True)
class Copied:
    """The copy of a bundle inside the station."""

    bundle: Path
    signature: Path

    def remove(self) -> None:
        """Remove the copy; the letters are in the vault."""
        self.bundle.unlink(missing_ok=True)
        self.signature.unlink(missing_ok=True)


def copy_in(source: Path, folder: Path) -> Copied:
    """Copy a bundle and its signature from the medium. Raises MissingSignatureError, FolderError."""
    bundle, signature = _two_files(source)
    copied = Copied(folder / f"bundle{BUNDLE_SUFFIX}", folder / f"bundle{SIGNATURE_SUFFIX}")
    copy_file(bundle, copied.bundle, replace=True)
    copy_file(signature, copied.signature, replace=True)
    return copied


def _two_files(source: Path) -> tuple[Path, Path]:
    signature = source.with_name(source.name + ".minisig")
    for path in (source, signature):
        if not path.is_file():
            raise MissingSignatureError(
                f"{show(path)} is missing. A bundle is two files, NAME.heard and NAME.heard.minisig; copy both. {_NOTHING}"
            )
    return source, signature


def verify_copy(copied: Copied, key: VerifyKey, cards: list[PanelCard]) -> BundleSummary:
    """Check signature, structure, chain, direction, inquiry and epoch of a copy. Raises BundleRefusedError subclasses."""
    signature = read_small(copied.signature, _SIGNATURE_BYTES)
    with copied.bundle.open("rb") as source:
        try:
            summary = verify_bundle(source, signature, key)
        except BundleSignatureError:
            raise _diagnose(source, signature, key) from None
        except BundleFormatError as error:
            # Signed by the intake side, and still no bundle: a fault of its program, not of the medium.
            raise AlteredBundleError(
                f"The intake side signed something that is no bundle. {error} {_NOTHING}"
            ) from None
    _check_origin(summary.header, cards)
    return summary


def _check_origin(header: BundleHeader, cards: list[PanelCard]) -> None:
    purpose = purpose_of(header.direction)
    if purpose != cards[-1].purpose:
        raise ForeignBundleError(f"This bundle is {_WHOSE[purpose]}; carry it there. {_NOTHING}")
    if header.direction != TO_STATION[purpose]:
        raise ForeignBundleError(f"This bundle goes the other way, from a station to the intake side. {_NOTHING}")
    if header.inquiry not in {card.inquiry for card in cards}:
        raise ForeignBundleError(f"This bundle is of another inquiry ({header.inquiry}). {_NOTHING}")
    if header.epoch not in {card.epoch for card in cards}:
        raise ForeignBundleError(
            f"This bundle is of epoch {header.epoch}, whose card this station does not have; install it with "
            f"`reviewer card FILE`. {_NOTHING}"
        )


def check_generation(summary: BundleSummary, present: int) -> None:
    """Raise BundleRefusedError subclasses unless a verified bundle is of the present generation."""
    generation = summary.header.generation
    if generation < present:
        raise EndedGenerationError(
            f"This bundle is of generation {generation}, which has ended; generation {present} goes on. The intake side takes "
            f"in the first bundle of that, and then writes its letters again. {_NOTHING}"
        )
    if generation > present:
        raise DivergedBundleError(
            f"This bundle is of generation {generation}, and this station knows only {present}: it was restored from an older "
            f"copy. Begin a new one with `reviewer resync --generation {generation + 1}`. {_NOTHING}"
        )


def check_order(summary: BundleSummary, known: BundleEntry | None, last: BundleEntry | None) -> bool:
    """Check the place of a verified bundle in the present generation.

    `known` is what the ledger has under its sequence, `last` the newest.

    Returns True when an interrupted import of the same bundle goes on. Raises BundleRefusedError subclasses.
    """
    header = summary.header
    if known is not None:
        if known.chain != summary.chain:
            raise DivergedBundleError(
                f"Another bundle {header.sequence} was imported before: the intake side has forgotten what it sent, "
                f"perhaps after a restore. Compare both sides, then begin a new generation with `reviewer resync`. {_NOTHING}"
            )
        if known.finished:
            raise ReplayedBundleError(f"Bundle {header.sequence} was imported before. {_NOTHING}")
        return True
    if last is not None and not last.finished:
        raise MissingBundleError(
            f"The import of bundle {last.sequence} was interrupted; import it again first. {_NOTHING}"
        )
    sequence, previous = next_place(last)
    if header.sequence > sequence:
        raise MissingBundleError(
            f"Bundle {sequence} has not been imported, and this is bundle {header.sequence}: one is missing, or they "
            f"are in the wrong order. Import bundle {sequence} first. {_NOTHING}"
        )
    if header.sequence < sequence or header.previous != previous:
        raise DivergedBundleError(
            f"This bundle does not follow the last one that was imported ({sequence - 1}): the two sides have parted, "
            f"perhaps after a restore. Compare both sides, then begin a new generation with `reviewer resync`. {_NOTHING}"
        )
    return False


def _diagnose(source: BinaryIO, signature: bytes, key: VerifyKey) -> BundleRefusedError:
    """Return the error that says best why a signature does not hold. For the wording only: nothing here is trusted."""
    signer = _key_id(signature.splitlines()[1] if signature.count(b"\n") else b"")
    if signer is None:
        return AlteredBundleError(f"The signature file is damaged; copy both files again. {_NOTHING}")
    if signer != _key_id(key.base64.encode("ascii")):
        return ForeignBundleError(
            f"This bundle was signed with another key than the one this station trusts. {_NOTHING}"
        )
    missing = _missing_bytes(source)
    if missing is None or missing == 0:
        return AlteredBundleError(f"This bundle or its signature was altered; copy both files again. {_NOTHING}")
    if missing > 0:
        return TruncatedBundleError(f"This bundle is cut short; copy it again. {_NOTHING}")
    return ExtendedBundleError(f"Something was added after the end of this bundle ({-missing} bytes). {_NOTHING}")


def _key_id(line: bytes) -> bytes | None:
    try:
        decoded = base64.b64decode(line, validate=True)
    except ValueError:
        return None
    return decoded[_KEY_ID] if len(decoded) >= _KEY_ID.stop else None


def _missing_bytes(source: BinaryIO) -> int | None:
    """Return how many bytes are missing from the end (at least), minus those too many, or None when it cannot be told."""
    size = source.seek(0, io.SEEK_END)
    position, expected = _MAGIC_BYTES, 0
    while True:
        source.seek(position)
        prefix = source.read(_RECORD.size)
        if len(prefix) < _RECORD.size:
            return position + _RECORD.size - size
        length, kind, sequence = map(int, _RECORD.unpack(prefix))
        if sequence != expected:
            return None
        position += _RECORD.size + length
        if position > size:
            return position - size
        if kind == _END_KIND:
            return position - size
        expected += 1
