"""How hard the English pages are to read: `python -m tests.reading_age --to docs/reading-age.md` (`make reading-age`).

Each page is rendered, its navigation, buttons and footer left out, and measured by textstat.
"""

import argparse
import re
import statistics
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from tests.intake.test_pages import EVERY_PAGE as PAGES
from tests.intake.test_returning_pages import EVERY_PAGE as OPENED

AIM: Final = 11
# A child in the first grade is six years old on average; a grade more is a year more.
AGE_OF_GRADE_NONE: Final = 5
# Fewer words give a figure that one long one decides.
LEAST_WORDS: Final = 60
_LEFT_OUT: Final = frozenset(
    {"script", "style", "template", "button", "footer", "nav", "head", "option", "address", "dt"}
)
_BLOCKS: Final = frozenset(
    {
        "p",
        "li",
        "dd",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "label",
        "legend",
        "summary",
        "section",
        "fieldset",
        "ol",
        "ul",
        "dl",
        "span",
    }
)
_VOID: Final = frozenset({"meta", "link", "input", "br", "img", "hr", "wbr", "path", "circle", "rect", "line"})
_ENDS: Final = re.compile(r"[.?!:]['”’)]*$")


@dataclass
class _Reader(HTMLParser):
    """Gathers the sentences of a page's main part."""

    sentences: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a text stands in."""
        if tag in _BLOCKS:
            self._end()
        if tag not in _VOID:
            self._open.append(tag)
        said = dict(attrs).get("data-scripted")
        if said and self._counts:
            self._text = said
            self._end()

    def handle_endtag(self, tag: str) -> None:
        """Forget it."""
        if tag in _BLOCKS:
            self._end()
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Gather a text that is read."""
        if self._counts:
            self._text += data

    @property
    def _counts(self) -> bool:
        return "main" in self._open and not _LEFT_OUT & set(self._open)

    def _end(self) -> None:
        text = " ".join(self._text.split())
        # Headings and labels, which are no sentences, would make every page look easier than it is.
        if _ENDS.search(text):
            self.sentences.append(text)
        self._text = ""


def sentences(html: str) -> list[str]:
    """Return the sentences of a page's main part, each once."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.sentences))


def reading_age(text: str) -> float:
    """Return the age in years at which a text is understood: Flesch-Kincaid's grade and five."""
    return AGE_OF_GRADE_NONE + float(_textstat().flesch_kincaid_grade(text))


def figures() -> dict[str, tuple[float, int]]:
    """Return reading age and number of words of every English page that has enough of them."""
    pages: Mapping[str, str] = PAGES | {f"opened: {name}": html for name, html in OPENED.items()}
    texts = {name: " ".join(sentences(html)) for name, html in pages.items()}
    return {
        name: (reading_age(text), words) for name, text in texts.items() if (words := len(text.split())) >= LEAST_WORDS
    }


def median(found: Mapping[str, tuple[float, int]]) -> float:
    """Return the median of the pages' ages."""
    return statistics.median(age for age, _ in found.values())


def hardest(html: str, most: int = 10) -> list[tuple[float, str]]:
    """Return the sentences of a page that are hardest, with their ages."""
    return sorted(((reading_age(text), text) for text in sentences(html)), reverse=True)[:most]


def report(found: Mapping[str, tuple[float, int]]) -> Iterator[str]:
    """Yield the document, a line at a time."""
    yield "# Reading age\n"
    yield "How old somebody must be to understand a page, by the formula of Flesch and Kincaid (its grade and five years), as textstat counts it."
    yield "Written by `make reading-age`; `tests/test_reading_age.py` holds the median. Navigation, buttons, headings, labels and the footer are"
    yield f"left out, and pages of fewer than {LEAST_WORDS} words.\n"
    yield f"Median of {len(found)} pages: **{median(found):.1f}**. Aim: at most {AIM}.\n"
    yield "| page | age | words |"
    yield "|---|---|---|"
    for name, (age, words) in sorted(found.items()):
        yield f"| {name} | {age:.1f} | {words:,} |"


def _textstat() -> Any:
    with warnings.catch_warnings():
        # It reads its lists in a way that setuptools warns of.
        warnings.simplefilter("ignore")
        import textstat
    return textstat.textstat


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the document, and write it where `--to` says; `--hardest` names a page whose sentences are listed instead."""
    parser = argparse.ArgumentParser(prog="tests.reading_age", description=__doc__)
    parser.add_argument("--to", type=Path, help="also write the document to this file")
    parser.add_argument("--hardest", metavar="PAGE", help="list the hardest sentences of a page")
    options = parser.parse_args(arguments)
    if options.hardest:
        html = (PAGES | {f"opened: {name}": page for name, page in OPENED.items()})[options.hardest]
        print("\n".join(f"{age:5.1f}  {text}" for age, text in hardest(html)))
        return
    lines = list(report(figures()))
    print("\n".join(lines))
    if options.to:
        options.to.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
