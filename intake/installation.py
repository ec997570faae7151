"""What one installation has: its store, its own signing key, and the panel cards it was given."""

from itertools import pairwise
from pathlib import Path
from typing import Final

from crypto.card import PanelCard, encode_card, parse_card, verify_succession
from crypto.errors import CardError, KeyFileError, SecretInCardError
from crypto.minisigning import SigningKey
from intake.engine import create_engine, database_url
from intake.errors import FolderError, PanelCardError
from intake.folder import Folder, read_file, write_file
from intake.settings import Settings
from intake.store import Store

_MEBIBYTE: Final = 1_048_576


def open_store(settings: Settings) -> Store:
    """Return the store that the settings name. Nothing is connected yet."""
    folder = Folder(settings.data)
    engine = create_engine(database_url(settings.database, folder.database), settings.database_seconds)
    file = engine.url.database
    place = Path(file).parent if engine.dialect.name == "sqlite" and file else None
    return Store(engine, place if place and place.is_dir() else None, settings.reserve_mebibytes * _MEBIBYTE)


def load_key(folder: Folder) -> SigningKey:
    """Return this side's own key. Raises FolderError when it is missing or damaged."""
    folder.require()
    if not folder.key.exists():
        raise FolderError("There is no intake.key in the data folder; run `intake init`, or restore a backup.")
    try:
        return SigningKey.parse(read_file(folder.key).decode("ascii"))
    except (KeyFileError, ValueError):
        raise FolderError("intake.key is damaged; restore it from a backup.") from None


def load_card(folder: Folder) -> PanelCard:
    """Return the panel card in use. Raises PanelCardError when it is missing, damaged, or holds a secret."""
    folder.require()
    if not folder.card.exists():
        raise PanelCardError("There is no panel card yet; install the station's panel.card with `intake card FILE`.")
    return read_card(folder.card)


def read_card(path: Path) -> PanelCard:
    """Return the panel card in a file. Raises PanelCardError."""
    try:
        return parse_card(read_file(path))
    except (SecretInCardError, CardError) as error:
        raise PanelCardError(f"{path.name}: {error}") from None


def card_of_epoch(folder: Folder, epoch: int) -> PanelCard | None:
    """Return the card of an epoch that is or was in use here."""
    if folder.card.exists() and (card := load_card(folder)).epoch == epoch:
        return card
    former = folder.former_card(epoch)
    return read_card(former) if former.exists() else None


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
    if folder.card.exists():
        current = load_card(folder)
        if current.fingerprint == card.fingerprint:
            return False
        check_succession(card, current)
        write_file(folder.former_card(current.epoch), encode_card(current))
    write_file(folder.card, encode_card(card))
    return True


def check_succession(card: PanelCard, current: PanelCard) -> None:
    """Raise PanelCardError unless `card` was signed by the panel of `current` as a later epoch's."""
    try:
        verify_succession(card, current)
    except CardError as error:
        raise PanelCardError(str(error)) from None
