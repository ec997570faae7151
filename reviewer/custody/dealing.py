"""Dealing: a root is split, and each custodian's share becomes a file under a passphrase or a sheet of paper, read back before it counts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from crypto.card import PanelCard
from crypto.errors import CardError
from crypto.panel import PanelRoot
from reviewer.custody.passphrases import check_all
from reviewer.custody.quorum import check_belongs, compare
from reviewer.custody.share_file import MOST_BYTES, ShareHeader, parse_share, seal_share
from reviewer.custody.share_words import ShareWords, parse_words
from reviewer.custody.splitting import agree, split
from reviewer.custody.stretching import RFC_9106_LOW_MEMORY, Stretching
from reviewer.errors import CeremonyError, CustodyError, FolderError
from reviewer.files import make_folder, read_small, require_absent, show, write_new


class Dealing(Protocol):
    """One way to hand shares out."""

    def check(self) -> None:
        """Raise an error when shares cannot be handed out so, before anything is made."""

    def name(self, card: PanelCard, number: int) -> str:
        """Return the beginning of the name of a custodian's file."""

    def write(self, folder: Path, card: PanelCard, share: ShareWords) -> Path:
        """Write one custodian's file and return its path. Raises FolderError."""

    def reopen(self, path: Path, card: PanelCard, share: ShareWords) -> str:
        """Return the words that were written. Raises CustodyError, FolderError."""


@dataclass(frozen=True)
class Sealed:
    """Share files, each under a passphrase; in the custodians' order."""

    passphrases: Sequence[str] = field(repr=False)
    profile: Stretching = RFC_9106_LOW_MEMORY

    def check(self) -> None:
        """Raise PassphraseError for one that is too weak."""
        check_all(self.passphrases)

    def name(self, card: PanelCard, number: int) -> str:
        """Return the name of a share file."""
        return _header(card, number, self.profile).file_name

    def write(self, folder: Path, card: PanelCard, share: ShareWords) -> Path:
        """Write a share file."""
        path = folder / self.name(card, share.number)
        header = _header(card, share.number, self.profile)
        write_new(path, seal_share(share.words, self.passphrases[share.number - 1], header).encode())
        return path

    def reopen(self, path: Path, card: PanelCard, share: ShareWords) -> str:
        """Open a share file as its custodian will."""
        found = parse_share(read_small(path, MOST_BYTES))
        check_belongs(found, card)
        return found.open_for_tests(self.passphrases[share.number - 1])


@dataclass(frozen=True)
class Printed:
    """Sheets of paper. `holders` are who keeps them, in the custodians' order; none, to be written by hand."""

    holders: Sequence[str] = ()

    def check(self) -> None:
        """Nothing can be wrong with names."""

    def name(self, card: PanelCard, number: int) -> str:
        """Return the name of a sheet, without its suffix."""
        return f"sheet-{number}-of-{card.custodians}"

    def write(self, folder: Path, card: PanelCard, share: ShareWords) -> Path:
        """Write a sheet."""
        from reviewer.paper.sheets import print_sheet  # brings what only printing needs

        holder = self.holders[share.number - 1] if self.holders else ""
        paper = print_sheet(card, share, holder)
        path = folder / (self.name(card, share.number) + paper.suffix)
        write_new(path, paper.content)
        return path

    def reopen(self, path: Path, card: PanelCard, share: ShareWords) -> str:
        """Return the words as they were printed: paper is read back by its custodian, with `reviewer rehearse`."""
        del card
        if not path.stat().st_size:
            raise CustodyError("A sheet is empty.")
        return share.words


@dataclass(frozen=True)
class Dealt:
    """The number of a set, and its files in the custodians' order."""

    set_number: int
    files: tuple[Path, ...]


def deal(root: PanelRoot, card: PanelCard, folder: Path, dealing: Dealing) -> Dealt:
    """Split `root` anew into the shares of `card` and write them into `folder`.

    Nothing is overwritten; what cannot be read back, or does not open in every set of enough shares, is removed again.
    Raises CeremonyError, PassphraseError, FolderError, CustodyError.
    """
    dealing.check()
    shares = [parse_words(words) for words in split(root.root, card.threshold, card.custodians)]
    make_folder(folder)
    for share in shares:
        require_absent(*folder.glob(f"{dealing.name(card, share.number)}*"))
    written: list[Path] = []
    try:
        # Not by extend: what is written before one fails has to be known.
        for share in shares:
            written.append(dealing.write(folder, card, share))  # noqa: PERF401 - see above
        _read_back(written, shares, root, card, dealing)
    except BaseException:  # also when stopped from the keyboard: half a set must not look like a whole one
        remove(written)
        raise
    return Dealt(shares[0].set_number, tuple(written))


def remove(files: Sequence[Path]) -> None:
    """Remove what was written, as far as the medium lets it go."""
    for path in files:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _read_back(
    files: Sequence[Path], shares: Sequence[ShareWords], root: PanelRoot, card: PanelCard, dealing: Dealing
) -> None:
    """Open every share from its file and check that every set of enough shares gives the root of the card."""
    try:
        words = [dealing.reopen(path, card, share) for path, share in zip(files, shares, strict=True)]
        found = PanelRoot.from_bytes(agree(words, card.threshold))
        compare(found, card)
    except (CardError, CustodyError, FolderError, ValueError) as error:
        raise CeremonyError(
            f"What was written to {show(files[0].parent)} could not be read back and was removed; "
            "check the medium and hold the ceremony again."
        ) from error
    if found.root != root.root:
        raise CeremonyError("The shares give another key than the one that was made; hold the ceremony again.")


def _header(card: PanelCard, number: int, profile: Stretching) -> ShareHeader:
    return ShareHeader(
        inquiry=card.inquiry,
        epoch=card.epoch,
        card=card.fingerprint.hex(),
        number=number,
        threshold=card.threshold,
        custodians=card.custodians,
        demonstration=card.demonstration,
        stretching=profile,
    )
