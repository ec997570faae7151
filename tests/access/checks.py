"""What is looked for on a page, in whatever state it is: each check returns a line for everything that is wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.node import BROWSER

AXE: Final = BROWSER / "node_modules" / "axe-core" / "axe.min.js"
LOOKING: Final = Path(__file__).parent / "looking.js"
# WCAG 2.2 with everything of A, AA and AAA that a program can see, and what the authors of axe advise.
TAGS: Final = ("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Where a page's scripts are off, its timers are too; axe waits for nothing but its turn.
NO_TIMERS: Final = """() => {
  if (matchMedia("(scripting: none)").matches) window.setTimeout = (act, _, ...given) => { Promise.resolve().then(() => act(...given)); };
}"""
RUN: Final = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations", "incomplete"],
  });
  const lines = (word, rules) => rules.flatMap(({ id, help, nodes }) => nodes.map(({ target, any, all, none }) =>
    ({ id, target: target.join(" "), line: `${word} ${id}: ${help}: ${target.join(" ")}: ${[...any, ...all, ...none].map(({ message }) => message).join("; ")}` })));
  return { violations: lines("axe", found.violations), undecided: lines("axe cannot tell", found.incomplete) };
}"""


def axe(page: Page) -> list[str]:
    """Violations of any impact, and what axe could not decide."""
    _bring(page, "axe", AXE)
    page.evaluate(NO_TIMERS)
    # What scrolls under the bar would be taken for its background.
    page.evaluate("window.scrollTo(0, 0)")
    found: dict[str, list[dict[str, str]]] = page.evaluate(RUN, list(TAGS))
    # axe does not know that a dialog lies above everything else, nor the colours that a browser puts in the place of ours.
    has_others = page.locator("dialog[open]").count() > 0 or page.evaluate(
        "matchMedia('(forced-colors: active)').matches"
    )
    undecided = [one for one in found["undecided"] if not (has_others and one["id"].startswith("color-contrast"))]
    return [one["line"] for one in [*found["violations"], *undecided]]


def sideways(page: Page) -> list[str]:
    """What has to be scrolled sideways to be read."""
    return ask(page, "sideways")


def covered(page: Page) -> list[str]:
    """Text that is cut off, or lies over another."""
    return ask(page, "covered")


def spaced(page: Page) -> list[str]:
    """The same two, with the space between lines, words and letters that somebody may set."""
    return ask(page, "spaced")


def targets(page: Page) -> list[str]:
    """What is pressed and is smaller than 44 by 44 pixels."""
    return ask(page, "targets")


EVERY: Final = (axe, sideways, covered, spaced, targets)


def ask(page: Page, name: str) -> list[str]:
    """Return what the function of that name in looking.js says."""
    _bring(page, "heard", LOOKING)
    said: Sequence[Any] = page.evaluate(f"heard.{name}()")
    return [f"{name}: {line}" for line in said]


def _bring(page: Page, name: str, file: Path) -> None:
    if not page.evaluate(f"Boolean(globalThis.{name})"):
        page.evaluate(file.read_text("utf-8"))
