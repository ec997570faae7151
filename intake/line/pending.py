"""What a session waits for between two requests: kept in its row, sealed under line.key, never in the browser."""

from dataclasses import dataclass
from typing import Self

import msgspec

from intake.line.key import LineKey
from intake.line.rows import Session


@dataclass(frozen=True, repr=False)
class Pending:
    """`password` is the hash of one that was chosen, `seed` a TOTP seed that no code has shown yet, `factor` says that there is one.

    `challenge` is what a passkey is to sign, once.
    """

    password: str = ""
    seed: str = ""
    factor: bool = False
    challenge: bytes = b""

    @classmethod
    def read(cls, key: LineKey, session: Session) -> Self:
        """Return what a session waits for; nothing where it holds none."""
        opened = key.open(session.pending, session.worker) if session.pending else None
        if opened is None:
            return cls()
        try:
            return msgspec.json.decode(opened, type=cls)
        except msgspec.MsgspecError:
            return cls()

    def sealed(self, key: LineKey, session: Session) -> bytes:
        """Return it as it is kept."""
        return key.seal(msgspec.json.encode(self), session.worker)
