"""What the agent does with the keys: it opens headers and signs what this station signs. It gives no key away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crypto.constants import LABEL_NOTICE
from crypto.errors import HeaderError
from crypto.panel import PanelRoot
from reviewer.agent.protocol import (
    Answer,
    AskState,
    FileKey,
    Lock,
    Locked,
    Message,
    Refusal,
    Sign,
    Signature,
    SignBundle,
    State,
    UnlockedEpoch,
    Unwrap,
)
from reviewer.agent.watch import Watch

# Answers and holds. A card is signed by custodians who bring their shares: an agent makes no new panel.
_LABELS: Final = (f"{LABEL_NOTICE}\n".encode("ascii"),)
_BUNDLE: Final = "heard bundle, "


@dataclass(frozen=True)
class Holder:
    """Holds the roots, by epoch, with the numbers of the custodians who unlocked them."""

    roots: Mapping[int, PanelRoot]
    custodians: Mapping[int, tuple[int, ...]]
    watch: Watch
    memory_locked: bool

    def answer(self, request: Message) -> Answer:
        """Return the answer to one request."""
        match request:
            case AskState():
                return self._state()
            case Lock():
                return Locked()
            case Unwrap() | Sign() | SignBundle():
                root = self.roots.get(request.epoch)
                if root is None:
                    return Refusal("epoch")
                self.watch.use()
                return _use(root, request)
            case _:
                return Refusal("request")

    def _state(self) -> State:
        epochs = tuple(UnlockedEpoch(epoch, self.custodians[epoch]) for epoch in self.roots)
        return State(epochs, max(0, int(self.watch.seconds_left())), self.memory_locked)


def _use(root: PanelRoot, request: Unwrap | Sign | SignBundle) -> Answer:
    match request:
        case Unwrap():
            try:
                return FileKey(root.identity.unwrap(request.stanzas))
            except HeaderError:
                return Refusal("header")
        case Sign():
            return Signature(root.sign(request.message)) if request.message.startswith(_LABELS) else Refusal("label")
        case SignBundle():
            if not request.comment.startswith(_BUNDLE):
                return Refusal("label")
            return Signature(root.minisign_key.sign_prehashed(request.digest, request.comment))
