"""A custodian's sheet: whose it is, what it belongs to, the words of the share, the same as a code, and what to do with it."""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from crypto.card import PanelCard
from reviewer.custody.share_words import ShareWords
from reviewer.paper.printing import WHOSE, Paper, code_of, printed

_COLUMNS: Final = 3


def print_sheet(card: PanelCard, share: ShareWords, holder: str) -> Paper:
    """Return the sheet of one share; `holder` is who keeps it, or "" to be written by hand."""
    return printed(
        "sheet.html",
        card=card,
        whose=WHOSE[card.purpose],
        number=share.number,
        set_number=share.set_number,
        holder=holder,
        rows=list(_rows(share.words.split())),
        # Our own drawing of letters that were checked against the word list.
        code=Markup(code_of(share.words)),  # noqa: S704 - SVG that segno draws
    )


def _rows(words: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield the words with their places, to be read down the columns."""
    length = -(-len(words) // _COLUMNS)
    placed = list(enumerate(words, 1))
    for row in range(length):
        yield placed[row::length]
