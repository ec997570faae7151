"""What the case store asks of whoever holds the panel's key: to open a sealed file, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crypto.opening import open_sealed
from reviewer.opening import Unlocked


class Unsealer(Protocol):
    """Whoever holds the panel's key while its custodians are here."""

    def unseal(self, sealed: bytes) -> bytes:
        """Return what is inside a sealed file. Raises NoMatchError when it is sealed to another key, AgeError when it is damaged."""


@dataclass(frozen=True)
class OpenedPanel:
    """The epochs that are unlocked, in this process or in the agent."""

    panel: Sequence[Unlocked] = field(repr=False)

    def unseal(self, sealed: bytes) -> bytes:
        """Return what is inside, with whichever epoch fits. Raises as `Unsealer.unseal`."""
        return open_sealed(sealed, [unlocked.keys.identity for unlocked in self.panel])
