"""The station folder: the only place this side keeps anything, with the names and modes of what is in it."""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from crypto.card import PanelCard, encode_card, parse_card, verify_succession
from crypto.constants import Purpose
from reviewer.errors import BusyError, CardConflictError, CardMissingError, FolderError
from reviewer.files import FILE_MODE, OTHERS, make_folder, read_small, show, write_new

VARIABLE: Final = "HEARD_STATION"
DEFAULT: Final = "station"
_CARD_BYTES: Final = 8_192
_CARD_NAME: Final = re.compile(r"[0-9]{4}\.card")


@dataclass(frozen=True)
class Station:
    """Where things are. `root` is the station folder, absolute."""

    root: Path

    @classmethod
    def choose(cls, option: str | None, environment: Mapping[str, str] = os.environ) -> Self:
        """Take the folder from `--station`, else from HEARD_STATION, else `./station`."""
        return cls(Path(option or environment.get(VARIABLE) or DEFAULT).absolute())

    @property
    def cards(self) -> Path:
        """Public cards of the panel, one an epoch."""
        return self.root / "cards"

    @property
    def trusted(self) -> Path:
        """The intake side's public key, after a person compared its words."""
        return self.root / "intake.pub"

    @property
    def ledger(self) -> Path:
        """The database of digests and bundles."""
        return self.root / "ledger.sqlite"

    @property
    def custody(self) -> Path:
        """The custody record."""
        return self.root / "custody.jsonl"

    @property
    def letters(self) -> Path:
        """Sealed letters, a file each."""
        return self.root / "letters"

    @property
    def cases(self) -> Path:
        """The case store: one encrypted file, and its key, sealed to the panel."""
        return self.root / "cases"

    @property
    def replies(self) -> Path:
        """The inquiry's own templates of replies, if it has some."""
        return self.root / "replies.toml"

    @property
    def incoming(self) -> Path:
        """The copy of a bundle while it is being imported."""
        return self.root / "incoming"

    @property
    def outgoing(self) -> Path:
        """Return bundles, so that one can be carried again."""
        return self.root / "outgoing"

    def create(self) -> None:
        """Make the folder with mode 0700. Raises FolderError when it exists and others can look into it."""
        make_folder(self.root)
        for folder in (self.cards, self.letters, self.incoming, self.outgoing):
            make_folder(folder)
        self.require()

    def require(self) -> None:
        """Raise FolderError unless this is a station that only its owner can look into."""
        if not self.cards.is_dir():
            raise FolderError(
                f"There is no station in {show(self.root)}; start one with `reviewer ceremony` or `reviewer card`, "
                "or say where it is with --station."
            )
        if self.root.stat().st_mode & OTHERS:
            raise FolderError(f"Others can look into {show(self.root)}; run `chmod 700` on it first.")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from changing the station meanwhile. Raises BusyError."""
        descriptor = os.open(self.root / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BusyError("Another command is changing this station; wait until it has finished.") from None
        finally:
            os.close(descriptor)

    def empty_incoming(self) -> None:
        """Remove the copy that an interrupted import left. Raises FolderError."""
        try:
            for path in self.incoming.iterdir():
                path.unlink(missing_ok=True)
        except OSError as error:
            raise FolderError(f"{show(self.incoming)} cannot be emptied: {error.strerror}.") from None

    def all_cards(self) -> list[PanelCard]:
        """Return the installed cards, oldest epoch first. Raises CardError for a damaged one, FolderError."""
        names = sorted(path for path in self.cards.iterdir() if _CARD_NAME.fullmatch(path.name))
        return [parse_card(read_small(path, _CARD_BYTES), None) for path in names]

    def newest_card(self) -> PanelCard:
        """Return the card of the latest epoch. Raises CardMissingError."""
        cards = self.all_cards()
        if not cards:
            raise CardMissingError("This station has no card; install one with `reviewer card FILE`.")
        return cards[-1]

    def check_place(self, inquiry: str, epoch: int, demonstration: bool, purpose: Purpose = "panel") -> None:
        """Raise CardConflictError unless a new card may stand beside the installed ones."""
        for installed in self.all_cards():
            if installed.purpose != purpose:
                raise CardConflictError("A panel and a safeguarding lead never share a station; use another folder.")
            if installed.inquiry != inquiry:
                raise CardConflictError(f"This station belongs to the inquiry {installed.inquiry}; use another folder.")
            if installed.demonstration != demonstration:
                raise CardConflictError("A demonstration and a real panel never share a station; use another folder.")
            if installed.epoch == epoch:
                raise CardConflictError(f"This station has a card for epoch {epoch} already; choose another --epoch.")

    def install_card(self, card: PanelCard) -> None:
        """Keep `card`, whose own signature was verified. Does nothing when it is installed already.

        A card that says it follows the newest one here must be signed by it. Raises CardSignatureError,
        CardConflictError, FolderError.
        """
        cards = self.all_cards()
        if any(installed.body == card.body for installed in cards):
            return
        self.check_place(card.inquiry, card.epoch, card.demonstration, card.purpose)
        if cards and card.previous_signature and card.epoch > cards[-1].epoch:
            verify_succession(card, cards[-1])
        write_new(self.cards / f"{card.epoch:04}.card", encode_card(card))


def read_card(path: Path) -> PanelCard:
    """Return the card in a file, the panel's or the safeguarding lead's. Raises CardError, SecretInCardError, CardSignatureError, FolderError."""
    return parse_card(read_small(path, _CARD_BYTES), None)
