"""The panel's secrets of one epoch, or the safeguarding lead's. Only the offline side may import this module.

Everything derives from one 32-byte root, which is what the custodians' shares hold: HKDF-SHA256 with one label each
gives the age, Ed25519 and minisign seeds. docs/sealing.md, "Panel card".
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.card import PanelCard
from crypto.constants import LABEL_PANEL_AGE, LABEL_PANEL_MINISIGN, LABEL_PANEL_SIGNING, SEED_BYTES, Purpose
from crypto.derivation import derive_key
from crypto.minisigning import BundleSigner, SigningKey
from crypto.opening import Identity, Unwrapper


class PanelKeys(Protocol):
    """What the keys of one epoch do, whoever holds them: this process, or the station's agent."""

    @property
    def identity(self) -> Unwrapper:
        """What opens the letters of the epoch."""

    @property
    def minisign_key(self) -> BundleSigner:
        """What signs the bundles that go back to the intake side."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of `message`, which starts with a label of its own."""


@dataclass(frozen=True, repr=False)
class PanelRoot:
    """The 32-byte root of one epoch."""

    root: bytes

    @classmethod
    def random(cls) -> Self:
        """Make a new root."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def from_bytes(cls, root: bytes) -> Self:
        """Take a root of 32 bytes. Raises ValueError for another length."""
        if len(root) != SEED_BYTES:
            raise ValueError("a root has 32 bytes")
        return cls(root)

    @cached_property
    def identity(self) -> Identity:
        """What opens the letters of this epoch."""
        return Identity.from_seed(derive_key(self.root, LABEL_PANEL_AGE, SEED_BYTES))

    @cached_property
    def minisign_key(self) -> SigningKey:
        """What signs the bundles that go back to the intake side."""
        return SigningKey.from_seed(derive_key(self.root, LABEL_PANEL_MINISIGN, SEED_BYTES))

    @property
    def verify_key(self) -> bytes:
        """The Ed25519 public key (32 bytes) of cards and answers."""
        return self._signing_key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of `message`, which starts with a label of its own."""
        return self._signing_key.sign(message)

    def issue_card(
        self,
        *,
        inquiry: str,
        epoch: int,
        valid_from: date,
        valid_to: date,
        threshold: int,
        custodians: int,
        demonstration: bool = False,
        purpose: Purpose = "panel",
        previous: "PanelRoot | None" = None,
    ) -> PanelCard:
        """Return the signed public card of this root; `previous` signs it too when an epoch follows another."""
        card = PanelCard(
            inquiry=inquiry,
            epoch=epoch,
            recipient=str(self.identity.recipient),
            verify_key=self.verify_key.hex(),
            minisign_key=self.minisign_key.public.base64,
            valid_from=valid_from,
            valid_to=valid_to,
            threshold=threshold,
            custodians=custodians,
            demonstration=demonstration,
            purpose=purpose,
        )
        return replace(
            card,
            signature=self.sign(card.signed).hex(),
            previous_signature=previous.sign(card.signed).hex() if previous else "",
        )

    @cached_property
    def _signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive_key(self.root, LABEL_PANEL_SIGNING, SEED_BYTES))
