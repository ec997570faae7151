"""How the room's pages look to this reader. It is in the room's memory alone, and ends with it."""

from dataclasses import dataclass
from typing import Final

PLAIN, ORDINARY = "plain", "ordinary"
FIELD: Final = "view"


@dataclass
class View:
    """`plain`: larger text, wider lines, and a part of a letter with nothing around it."""

    plain: bool = False

    @property
    def other(self) -> str:
        """What the button on each page changes to."""
        return ORDINARY if self.plain else PLAIN

    def choose(self, name: str) -> None:
        """Change to a view by its name; any other name changes nothing."""
        if name in {PLAIN, ORDINARY}:
            self.plain = name == PLAIN
