"""The ceremony: makes a panel's root, splits it, writes one share file a custodian and the public card, and reads all back.

The root exists only inside `hold`. Nothing is written before every passphrase was chosen, nothing is overwritten, and
what was written is removed again when it cannot be read back.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from crypto.card import PanelCard, encode_card
from crypto.errors import CardError
from crypto.panel import PanelRoot
from reviewer.custody.passphrases import check_all
from reviewer.custody.quorum import check_belongs, compare
from reviewer.custody.share_file import MOST_BYTES, MOST_CUSTODIANS, ShareFile, ShareHeader, parse_share, seal_share
from reviewer.custody.splitting import agree, split
from reviewer.custody.stretching import RFC_9106_LOW_MEMORY, Stretching
from reviewer.errors import CeremonyError, CustodyError, FolderError
from reviewer.files import make_folder, read_small, require_absent, show, write_new
from reviewer.station import read_card

CARD_NAME: Final = "panel.card"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MOST_EPOCHS: Final = 9_999


@dataclass(frozen=True)
class Plan:
    """What a panel is to be: `threshold` of `custodians` open the `epoch` of an `inquiry`, valid from and to a day."""

    inquiry: str
    epoch: int
    threshold: int
    custodians: int
    valid_from: date
    valid_to: date
    demonstration: bool = False

    def check(self) -> None:
        """Raise CeremonyError, with the next step, for a plan that protects nothing or cannot be."""
        if not _NAME.fullmatch(self.inquiry):
            raise CeremonyError("An inquiry's id has only lower-case letters, digits and hyphens, at most 64 of them.")
        if not 1 <= self.epoch <= _MOST_EPOCHS:
            raise CeremonyError(f"An --epoch is a number from 1 to {_MOST_EPOCHS}.")
        if self.demonstration and (self.threshold, self.custodians) != (1, 1):
            raise CeremonyError("A demonstration has one custodian: --threshold 1 --custodians 1.")
        if self.threshold < 2 and not self.demonstration:
            raise CeremonyError(
                "One person alone must never open testimony: choose --threshold 2 or more. "
                "(For a throwaway trial add --demonstration.)"
            )
        if not self.threshold <= self.custodians <= MOST_CUSTODIANS:
            raise CeremonyError(f"Choose at least as many --custodians as --threshold, and at most {MOST_CUSTODIANS}.")
        if self.valid_to < self.valid_from:
            raise CeremonyError("The panel would end before it starts; check --valid-from and --valid-to.")


@dataclass(frozen=True)
class Held:
    """What a ceremony left behind: the card, and the files that were written (shares first, the card last)."""

    card: PanelCard
    shares: tuple[Path, ...]
    card_file: Path


@dataclass(frozen=True)
class _Files:
    shares: tuple[Path, ...]
    card: Path
    passphrases: Sequence[str] = field(repr=False)


def hold(
    plan: Plan,
    passphrases: Sequence[str],
    folder: Path,
    previous: PanelRoot | None = None,
    profile: Stretching = RFC_9106_LOW_MEMORY,
) -> Held:
    """Hold the ceremony and return what was written into `folder`.

    `passphrases` are in the custodians' order; `previous`, the root of the epoch before, signs the new card too.
    Raises CeremonyError, PassphraseError, FolderError, CustodyError; then nothing is left behind.
    """
    plan.check()
    check_all(passphrases)
    root = PanelRoot.random()
    card = _issue(plan, root, previous)
    headers = [_header(plan, card, number, profile) for number in range(1, plan.custodians + 1)]
    make_folder(folder)
    files = _Files(tuple(folder / header.file_name for header in headers), folder / CARD_NAME, passphrases)
    require_absent(*files.shares, files.card)
    try:
        _write(files, headers, split(root.root, plan.threshold, plan.custodians), card)
        _read_back(files, card, root)
    except BaseException:  # also when stopped from the keyboard: half a ceremony must not look like a whole one
        for path in (*files.shares, files.card):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    return Held(card, files.shares, files.card)


def _issue(plan: Plan, root: PanelRoot, previous: PanelRoot | None) -> PanelCard:
    return root.issue_card(
        inquiry=plan.inquiry,
        epoch=plan.epoch,
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        threshold=plan.threshold,
        custodians=plan.custodians,
        demonstration=plan.demonstration,
        previous=previous,
    )


def _header(plan: Plan, card: PanelCard, number: int, profile: Stretching) -> ShareHeader:
    return ShareHeader(
        inquiry=plan.inquiry,
        epoch=plan.epoch,
        card=card.fingerprint.hex(),
        number=number,
        threshold=plan.threshold,
        custodians=plan.custodians,
        demonstration=plan.demonstration,
        stretching=profile,
    )


def _write(files: _Files, headers: Sequence[ShareHeader], words: Sequence[str], card: PanelCard) -> None:
    for path, header, own, passphrase in zip(files.shares, headers, words, files.passphrases, strict=True):
        write_new(path, seal_share(own, passphrase, header).encode())
    write_new(files.card, encode_card(card))


def _read_back(files: _Files, card: PanelCard, root: PanelRoot) -> None:
    """Open every share from its file and check that every set of enough shares gives the root of the card."""
    try:
        words = [
            _reopen(path, card, passphrase) for path, passphrase in zip(files.shares, files.passphrases, strict=True)
        ]
        found = PanelRoot.from_bytes(agree(words, card.threshold))
        compare(found, card)
        compare(found, read_card(files.card))
    except (CardError, CustodyError, FolderError) as error:
        raise CeremonyError(
            f"What was written to {show(files.card.parent)} could not be read back and was removed; "
            "check the medium and hold the ceremony again."
        ) from error
    if found.root != root.root:
        raise CeremonyError("The shares give another key than the one that was made; hold the ceremony again.")


def _reopen(path: Path, card: PanelCard, passphrase: str) -> str:
    share: ShareFile = parse_share(read_small(path, MOST_BYTES))
    check_belongs(share, card)
    return share.open_for_tests(passphrase)
