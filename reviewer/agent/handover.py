"""Handing the keys to a new agent: what `reviewer unlock` writes into its standard input."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from reviewer.agent.place import AgentPlace


@dataclass(frozen=True)
class Handover:
    """Where the agent is to be found, for how many seconds without use, and the epochs: number, root (32 bytes), custodians."""

    place: AgentPlace
    seconds: float
    epochs: tuple[tuple[int, bytes, tuple[int, ...]], ...] = field(repr=False)

    def encode(self) -> bytes:
        """Return it as one JSON object."""
        epochs = [[epoch, root.hex(), custodians] for epoch, root, custodians in self.epochs]
        folder = os.fsencode(self.place.folder).hex()
        return json.dumps({"folder": folder, "seconds": self.seconds, "epochs": epochs}).encode("ascii")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `encode` wrote; it comes from our own command, so anything else is a fault and raises ValueError or KeyError."""
        document = json.loads(data)
        epochs = [(epoch, bytes.fromhex(root), tuple(custodians)) for epoch, root, custodians in document["epochs"]]
        folder = Path(os.fsdecode(bytes.fromhex(document["folder"])))
        return cls(AgentPlace(folder), document["seconds"], tuple(epochs))
