"""A person who has a keyboard and nothing else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.access.checks import LOOKING

FOCUS: Final = Path(__file__).parent / "focus.js"
# The whole form, as it is without scripts, has more than two hundred.
MOST_STOPS: Final = 500


@dataclass
class Keyboard:
    """Presses keys on a page, and says where the focus is."""

    page: Page

    def focus(self) -> dict[str, Any] | None:
        """Return the `key` and the `faults` of what has the focus."""
        self._bring()
        found: dict[str, Any] | None = self.page.evaluate("heard.focus()")
        return found

    def round(self, key: str = "Tab") -> tuple[list[str], list[str]]:
        """Press Tab from the top of the page until the focus leaves it; return every stop in order, and every fault."""
        self._bring()
        self.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
        stops: list[str] = []
        faults: list[str] = []
        # Where the round begins is where the focus was last; a round has left the page once then, and goes on.
        left = 0
        for _ in range(MOST_STOPS):
            self.page.keyboard.press(key)
            found = self.focus()
            if found is None:
                left += 1
                continue
            if left > 1 or (len(stops) > 1 and found["key"] == stops[0]):
                return stops, faults
            if not stops or stops[-1] != found["key"]:
                stops.append(found["key"])
            faults += found["faults"]
        return stops, [*faults, f"{key} never leaves the page"]

    def stops(self) -> set[str]:
        """Return what should be a stop."""
        self._bring()
        return set(self.page.evaluate("heard.stops()"))

    def go_to(self, selector: str, key: str = "Tab") -> "Keyboard":
        """Press Tab until what `selector` names has the focus."""
        for _ in range(MOST_STOPS):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return self
            self.page.keyboard.press(key)
        raise AssertionError(f"{selector} was never reached with {key}")

    def press(self, *keys: str) -> "Keyboard":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Keyboard":
        self.page.keyboard.type(text)
        return self

    def _bring(self) -> None:
        if not self.page.evaluate("Boolean(globalThis.heard?.focus)"):
            self.page.evaluate(LOOKING.read_text("utf-8"))
            self.page.evaluate(FOCUS.read_text("utf-8"))
