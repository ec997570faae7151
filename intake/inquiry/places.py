"""Where in a TOML file something stands, so that a fault can be named with its line."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from intake.errors import IntakeError

# A step into a document: the name of a key, or the number of an item.
Place = tuple[str | int, ...]
_HEADER: Final = re.compile(r"\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"\s*(?:\"([^\"]*)\"|([A-Za-z0-9_-]+))\s*=\s*(.*)$")
_ITEM: Final = re.compile(r"\s*[{\"'\[]")
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")


class InquiryError(IntakeError):
    """A file of the inquiry is missing, is not TOML, or holds something that pages cannot be made of."""


class Fault(Exception):  # noqa: N818 - it is caught where it is named with its file and line; nobody sees it
    """Something is wrong at a place of a document. It never leaves this package."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


def place_of(path: str) -> Place:
    """Return the place that msgspec writes as `$.topics[2].kind`."""
    return tuple(int(number) if number else name for name, number in _STEP.findall(path))


def line_of(source: str, place: Place) -> int:
    """Return the line (from 1) of what stands at `place` in the TOML in `source`, or of the nearest thing around it."""
    lines: dict[Place, int] = {(): 1}
    for found, line in _places(source):
        lines.setdefault(found, line)
    return next(lines[place[:length]] for length in range(len(place), -1, -1) if place[:length] in lines)


def _places(source: str) -> Iterator[tuple[Place, int]]:
    """Yield each table, key and item on a line of its own, with its line. Text in three quotes is passed over."""
    table: Place = ()
    counts: dict[Place, int] = {}
    within: Place | None = None
    quoted = False
    for number, line in enumerate(source.splitlines(), 1):
        begins_quoted = quoted
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
        if begins_quoted:
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if within is not None and not (key and (*table, key[1] or key[2]) == within):
            if line.lstrip().startswith("]"):
                within = None
            elif _ITEM.match(line):
                counts[within] = counts.get(within, -1) + 1
                yield (*within, counts[within]), number
            continue
        if header:
            table = _table(header[2].split("."), counts, is_item=bool(header[1]))
            yield table, number
        elif key:
            place = (*table, key[1] or key[2])
            yield place, number
            opened = key[3].split("#")[0].rstrip()
            within = place if opened.startswith("[") and opened.count("[") > opened.count("]") else None


def _table(names: Sequence[str], counts: dict[Place, int], *, is_item: bool) -> Place:
    """Return the place of a table by its header; `counts` knows how many items each array of tables has so far."""
    place: Place = ()
    for depth, name in enumerate(names, 1):
        place = (*place, name.strip())
        if is_item and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place
