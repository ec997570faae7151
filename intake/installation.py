"""What one installation has: its store, its own signing key, and the panel cards it was given."""

from itertools import pairwise
from pathlib import Path
from typing import Final

from crypto.card import PanelCard, encode_card, parse_card, verify_succession
from crypto.constants import Purpose
from crypto.errors import CardError, KeyFileError, SecretInCardError
from crypto.minisigning import SigningKey
from intake.closings import ClosingsLog
from intake.engine import create_engine, database_url
from intake.errors import FolderError, PanelCardError
from intake.folder import Folder, read_file, write_file
from intake.rows import RetentionDays
from intake.settings import Settings
from intake.store import Store

_MEBIBYTE: Final = 1_048_576
_NO_CARD: Final[dict[Purpose, str]] = {
    "panel": "There is no panel card yet; install the station's panel.card with `intake card FILE`.",
    "lead": "There is no card of the safeguarding lead yet; install their station's lead.card with `intake card FILE`.",
}


def open_store(settings: Settings) -> Store:
    """Return the store that the settings name. Nothing is connected yet."""
    folder = Folder(settings.data)
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    file = engine.url.database
    place = Path(file).parent if engine.dialect.name == "sqlite" and file else None
    log = ClosingsLog(Path(settings.closings) if settings.closings else folder.closings, settings.database_seconds)
    return Store(engine, place if place and place.is_dir() else None, settings.reserve_mebibytes * _MEBIBYTE, log)


def retention_of(settings: Settings) -> RetentionDays:
    """Return for how many days what is kept."""
    return RetentionDays(
        settings.draft_days,
        settings.letter_days,
        settings.answer_days,
        settings.receipt_days,
        settings.danger_days,
    )


def load_key(folder: Folder) -> SigningKey:
    """Return this side's own key. Raises FolderError when it is missing or damaged."""
    folder.require()
    if not folder.key.exists():
        raise FolderError("There is no intake.key in the data folder; run `intake init`, or restore a backup.")
    try:
        return SigningKey.parse(read_file(folder.key).decode("ascii"))
    except (KeyFileError, ValueError):
        raise FolderError("intake.key is damaged; restore it from a backup.") from None


def load_card(folder: Folder, purpose: Purpose = "panel") -> PanelCard:
    """Return the card in use. Raises PanelCardError when it is missing, damaged, another's, or holds a secret."""
    folder.require()
    path = folder.card_of(purpose)
    if not path.exists():
        raise PanelCardError(_NO_CARD[purpose])
    return read_card(path, purpose)


def read_card(path: Path, purpose: Purpose | None = "panel") -> PanelCard:
    """Return the card in a file; `purpose` None takes either. Raises PanelCardError."""
    try:
        return parse_card(read_file(path), purpose)
    except (SecretInCardError, CardError) as error:
        raise PanelCardError(f"{path.name}: {error}") from None


def card_of_epoch(folder: Folder, epoch: int, purpose: Purpose = "panel") -> PanelCard | None:
    """Return the card of an epoch that is or was in use here."""
    if folder.card_of(purpose).exists() and (card := load_card(folder, purpose)).epoch == epoch:
        return card
    former = folder.former_card(epoch, purpose)
    return read_card(former, purpose) if former.exists() else None


def all_cards(folder: Folder) -> tuple[PanelCard, ...]:
    """Return every card that is or was in use here, oldest epoch first; each follows the one before it.

    Raises PanelCardError.
    """
    current = load_card(folder)
    former = [read_card(path) for path in sorted(folder.root.glob("panel-card-*.card"))]
    cards = (*(card for card in former if card.epoch < current.epoch), current)
    for before, after in pairwise(cards):
        check_succession(after, before)
    return cards


def install_card(folder: Folder, card: PanelCard) -> bool:
    """Put `card` in use; the one before stays beside it. Returns False when it was in use already.

    Raises PanelCardError unless it follows the card in use, if there is one.
    """
    folder.require()
    path = folder.card_of(card.purpose)
    if path.exists():
        current = load_card(folder, card.purpose)
        if current.fingerprint == card.fingerprint:
            return False
        check_succession(card, current)
        write_file(folder.former_card(current.epoch, card.purpose), encode_card(current))
    _check_beside(folder, card)
    write_file(path, encode_card(card))
    return True


def _check_beside(folder: Folder, card: PanelCard) -> None:
    """Raise PanelCardError unless a card may stand beside the one of the other purpose, if that is here."""
    other: Purpose = "panel" if card.purpose == "lead" else "lead"
    if not folder.card_of(other).exists():
        return
    beside = load_card(folder, other)
    if beside.inquiry != card.inquiry:
        raise PanelCardError(f"This service takes accounts for {beside.inquiry}, and the card is for {card.inquiry}.")
    if beside.recipient == card.recipient:
        raise PanelCardError("The panel and the safeguarding lead have one key: hold a ceremony of its own for each.")
    if beside.demonstration != card.demonstration:
        raise PanelCardError("A demonstration's card and a real one never serve together.")


def check_succession(card: PanelCard, current: PanelCard) -> None:
    """Raise PanelCardError unless `card` was signed by the panel of `current` as a later epoch's."""
    try:
        verify_succession(card, current)
    except CardError as error:
        raise PanelCardError(str(error)) from None
