"""What every command works at: the station with its cards, its ledger and its vault, open for one command."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from crypto.card import PanelCard
from crypto.constants import Purpose
from reviewer.agent.client import Agent
from reviewer.custody.record import CustodyRecord
from reviewer.entries import LetterEntry
from reviewer.errors import CardMissingError, PurposeError
from reviewer.ledger import Ledger
from reviewer.migration import migrate
from reviewer.station import Station
from reviewer.terminal import mark_demonstration
from reviewer.vault import Vault

_ONLY: Final[Mapping[Purpose, str]] = {
    "panel": "This is the safeguarding lead's station: records of danger have no threads, answers or holds. See `reviewer list`.",
    "lead": "This is the panel's station: records of danger come to the safeguarding lead's, where they are acknowledged and destroyed.",
}


@dataclass(frozen=True)
class Desk:
    """An open station. `cards` are its panel's, oldest epoch first, at least one. `agent` holds keys, when it is unlocked."""

    station: Station
    cards: list[PanelCard]
    ledger: Ledger
    vault: Vault
    agent: Agent | None = None

    @property
    def newest(self) -> PanelCard:
        """The card of the latest epoch."""
        return self.cards[-1]

    @property
    def purpose(self) -> Purpose:
        """Whose station this is: the panel's, or the safeguarding lead's."""
        return self.newest.purpose

    def require(self, purpose: Purpose) -> None:
        """Raise PurposeError unless this is the station of the panel, or of the safeguarding lead."""
        if self.purpose != purpose:
            raise PurposeError(_ONLY[purpose])

    @property
    def demonstration(self) -> bool:
        """Whether this is a demonstration's station."""
        return self.newest.demonstration

    @property
    def custody(self) -> CustodyRecord:
        """The record of who did what with shares."""
        return CustodyRecord(self.station.custody)

    def chosen(self, epoch: int | None) -> PanelCard:
        """Return the card of an epoch that somebody named, or the newest for None. Raises CardMissingError."""
        if epoch is None:
            return self.newest
        if all(card.epoch != epoch for card in self.cards):
            raise CardMissingError(f"This station has no card of epoch {epoch}; see `reviewer status`.")
        return self.card(epoch)

    def card(self, epoch: int) -> PanelCard:
        """Return the card of an epoch that is known to be installed."""
        return next(card for card in self.cards if card.epoch == epoch)

    def card_of(self, entries: Sequence[LetterEntry]) -> PanelCard:
        """Return the card that opens these letters when they are all of one epoch, else the newest."""
        epochs = {entry.epoch for entry in entries}
        fitting = [card for card in self.cards if epochs == {card.epoch}]
        return fitting[0] if fitting else self.newest


@contextmanager
def open_desk(station: Station, json_follows: bool) -> Iterator[Desk]:
    """Open a station that has a card, and say so when it is a demonstration's. Raises FolderError, CardMissingError, CardError, LedgerError."""
    station.require()
    newest = station.newest_card()
    mark_demonstration(newest.demonstration, json_follows)
    ledger = Ledger(station.ledger)
    try:
        migrate(ledger.engine)
        with Agent.find(station) or nullcontext() as agent:
            yield Desk(station, station.all_cards(), ledger, Vault(station.letters), agent)
    finally:
        ledger.close()
