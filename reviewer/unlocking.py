"""Unlocking: by the agent that custodians have unlocked before, or by their shares for one command."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto.card import PanelCard
from crypto.panel import PanelRoot
from reviewer.agent.client import AgentKeys
from reviewer.custody.quorum import open_card
from reviewer.desk import Desk
from reviewer.gathering import Given, gather
from reviewer.opening import Unlocked


@dataclass(frozen=True)
class InHand(Unlocked):
    """An epoch whose root is in this process, because its custodians' shares are."""

    keys: PanelRoot = field(repr=False)


def use_panel(given: Given, desk: Desk, wanted: PanelCard | None = None) -> Sequence[Unlocked]:
    """Return every epoch that is unlocked, `wanted` (or else the newest) first when it is among them.

    Shares in the options come first, then the agent when it holds the epoch that is wanted, then questions. Of what the agent
    holds no custodian is here: what takes two people takes `unlock_panel`. Raises as that does, and AgentError.
    """
    wanted = wanted or desk.newest
    held = [] if given.shares else held_by_agent(desk)
    if any(one.card.epoch == wanted.epoch for one in held):
        return sorted(held, key=lambda one: one.card.epoch != wanted.epoch)
    return unlock_panel(given, desk.cards, wanted)


def held_by_agent(desk: Desk) -> list[Unlocked]:
    """Return the epochs that the station's agent holds; none when the station is locked. Raises AgentError."""
    if desk.agent is None:
        return []
    held = {one.epoch for one in desk.agent.state().epochs}
    return [Unlocked(card, AgentKeys(desk.agent, card.epoch)) for card in desk.cards if card.epoch in held]


def unlock_panel(given: Given, cards: Sequence[PanelCard], wanted: PanelCard) -> list[InHand]:
    """Return every epoch that the given shares open, in this process, `wanted` first when it is among them.

    Without shares in the options, as many as `wanted` needs are asked for. What the shares give is compared with the card before
    it is anything. Raises as `gather` does.
    """
    unlocked = [
        InHand(card, open_card(shares, card, cards), tuple(sorted(share.number for share in shares)))
        for card, shares in gather(given, cards, wanted)
    ]
    return sorted(unlocked, key=lambda one: one.card.epoch != wanted.epoch)
