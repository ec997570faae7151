"""The one style sheet of the reading room, built from browser/styles/room.scss and served from memory."""

import base64
import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

from reviewer.errors import RoomError

SHIPPED: Final = Path(__file__).parent / "static" / "room.css"


class Styles:
    """The style sheet: its content, address and integrity attribute. Raises RoomError when it is not there."""

    def __init__(self, path: Path = SHIPPED) -> None:
        try:
            self.content = path.read_bytes()
        except OSError:
            raise RoomError("The room's style sheet is missing; install this program again.") from None

    @cached_property
    def _digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    @property
    def url(self) -> str:
        """Return where it is served: under a name that changes with it."""
        return f"/static/{self._digest.hex()[:16]}.css"

    @property
    def integrity(self) -> str:
        """Return the integrity attribute."""
        return "sha256-" + base64.b64encode(self._digest).decode("ascii")
