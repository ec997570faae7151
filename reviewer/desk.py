"""What every command works at: the station with its cards, its ledger and its vault, open for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.card import PanelCard
from reviewer.ledger import Ledger
from reviewer.migration import migrate
from reviewer.station import Station
from reviewer.terminal import mark_demonstration
from reviewer.vault import Vault


@dataclass(frozen=True)
class Desk:
    """An open station. `cards` are its panel's, oldest epoch first, at least one."""

    station: Station
    cards: list[PanelCard]
    ledger: Ledger
    vault: Vault

    @property
    def newest(self) -> PanelCard:
        """The card of the latest epoch."""
        return self.cards[-1]

    @property
    def demonstration(self) -> bool:
        """Whether this is a demonstration's station."""
        return self.newest.demonstration

    def card(self, epoch: int) -> PanelCard:
        """Return the card of an epoch that is known to be installed."""
        return next(card for card in self.cards if card.epoch == epoch)


@contextmanager
def open_desk(station: Station, json_follows: bool) -> Iterator[Desk]:
    """Open a station that has a card, and say so when it is a demonstration's. Raises FolderError, CardMissingError, CardError, LedgerError."""
    station.require()
    newest = station.newest_card()
    mark_demonstration(newest.demonstration, json_follows)
    ledger = Ledger(station.ledger)
    try:
        migrate(ledger.engine)
        yield Desk(station, station.all_cards(), ledger, Vault(station.letters))
    finally:
        ledger.close()
