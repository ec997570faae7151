"""Somebody who seized everything at the end of a day, and guesses which worker sent which letter.

They know every letter's digest, locator and place, every worker's name, id and sessions, and look for any order in which letters stand
beside any order in which workers do: in rows, by every column, by the engines' own marks (rowid, ctid, xmin), in the bytes of every
file (write-ahead logs, relation files, backups, logs), and in what changed between the pages of a log.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.exc import DBAPIError

from intake.engine import create_engine
from tests.leaks import files

# How rarely chance alone may look like knowledge, for one of some thousand ways to guess.
RARE: Final = 1e-9
# Of fewer letters nothing can be said with such certainty.
FEWEST: Final = 20
# By how many entries the beginning of an order may be earlier than the first call.
_LATEST: Final = 300
_WAL_HEADER, _FRAME_HEADER = 32, 24
_MARKS: Final = {"sqlite": ("rowid",), "postgresql": ("ctid", "xmin::text::bigint")}
# (what is known of something, whose or which it is)
Known = Mapping[object, str]


@dataclass(frozen=True)
class Letter:
    """What anyone can see of a stored letter. `place` is where its sealed bytes stand."""

    digest: bytes
    locator: bytes
    place: int


@dataclass(frozen=True)
class Orders:
    """Orders in which letters (hex digests) and workers (names) were found, by where."""

    letters: Mapping[str, Sequence[str]]
    workers: Mapping[str, Sequence[str]]


def seize(urls: Sequence[str], places: Sequence[Path], letters: Iterable[Letter], workers: Known) -> Orders:
    """Look everywhere: the databases at `urls`, every file below `places`. `workers` maps names, ids and digests to names."""
    which: dict[object, str] = {}
    for one in letters:
        which |= dict.fromkeys((one.digest, one.locator, one.place), one.digest.hex())
    of_letters: dict[str, Sequence[str]] = {}
    of_workers: dict[str, Sequence[str]] = {}
    found = [*_in_rows(urls, which, workers), *_in_files(places, which, workers)]
    for where, letter_order, worker_order in found:
        if len(set(letter_order)) >= FEWEST:
            of_letters[where] = _first_places(letter_order)
            of_letters[where + ", last"] = _first_places(letter_order[::-1])
        if len(set(worker_order)) > 1:
            of_workers[where] = worker_order
    return Orders(of_letters, of_workers)


def guesses(orders: Orders) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every way to guess, and whose it says that each letter is."""
    for (where, letters), (beside, workers) in product(_distinct(orders.letters), _distinct(orders.workers)):
        for name, sequence in (("", workers), (" backwards", workers[::-1])):
            stretched = {one: sequence[at * len(sequence) // len(letters)] for at, one in enumerate(letters)}
            yield f"{where} along {beside}{name}", stretched
            dealt = {one: sequence[at % len(sequence)] for at, one in enumerate(letters)}
            yield f"{where} dealt to {beside}{name}", dealt
            # What came before the day's calls, or after them, puts the beginnings apart.
            for late in range(min(_LATEST, len(sequence) - FEWEST + 1)):
                yield f"{where} from {late} of {beside}{name}", dict(zip(letters, sequence[late:], strict=False))
    for worker in sorted({name for order in orders.workers.values() for name in order}):
        yield f"all of {worker}", dict.fromkeys(next(iter(orders.letters.values())), worker)


def _distinct(found: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, Sequence[str]]]:
    return [(where, order) for order, where in {tuple(order): where for where, order in found.items()}.items()]


@cache
def most_by_chance(letters: int, workers: int) -> int:
    """Return how many right guesses chance alone exceeds only once in 1 / RARE."""
    chance = 1 / workers
    tail = 0.0
    for right in range(letters, -1, -1):
        tail += math.comb(letters, right) * chance**right * (1 - chance) ** (letters - right)
        if tail > RARE:
            return right
    return 0


def _first_places(order: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys(order))


def _in_rows(urls: Sequence[str], letters: Known, workers: Known) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for url in urls:
        engine = create_engine(url, 5)
        with engine.connect() as connection:
            metadata = MetaData()
            metadata.reflect(connection)
            for table in metadata.tables.values():
                for order in ("", *(f'"{column.name}"' for column in table.columns), *_MARKS[engine.dialect.name]):
                    rows = _rows(connection, table.name, order)
                    where = f"{table.name} by {order or 'nothing'}"
                    yield where, list(_named(rows, letters)), list(_named(rows, workers))
        engine.dispose()


def _rows(connection: Connection, table: str, order: str) -> Sequence[Sequence[Any]]:
    chosen = f"ORDER BY {order}" if order else ""
    try:
        with connection.begin_nested():
            return connection.execute(text(f'SELECT * FROM "{table}" {chosen}')).all()  # noqa: S608 - names of our own
    except DBAPIError:
        return []  # a table without a rowid


def _named(rows: Sequence[Sequence[Any]], known: Known) -> Iterator[str]:
    for row in rows:
        yield from {known[value] for value in row if isinstance(value, bytes | str | int) and value in known}


def _in_files(
    places: Sequence[Path], letters: Known, workers: Known
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for path in files(places):
        content = path.read_bytes().rstrip(b"\0")
        yield path.name, list(_met(content, letters)), list(_met(content, workers))
        if path.name.endswith("-wal"):
            pages = list(_frames(path.read_bytes()))
            in_order = b"".join(page for _, page in pages)
            yield f"frames of {path.name}", list(_met(in_order, letters)), list(_met(in_order, workers))
            yield f"changes in {path.name}", [], list(_changed(pages, workers))


def _met(content: bytes, known: Known) -> Iterator[str]:
    """Yield who or what is met from the beginning to the end, in bytes, text and hexadecimal."""
    met = []
    for value, name in known.items():
        for form in _forms(value):
            at = content.find(form)
            while at >= 0:
                met.append((at, name))
                at = content.find(form, at + 1)
    yield from (name for _, name in sorted(met))


def _forms(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
        yield value.hex().encode()
    elif isinstance(value, str):
        yield value.encode()


def _frames(log: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield page numbers and pages of SQLite's write-ahead log in the order of writing.

    After a checkpoint it begins again at its beginning, with a salt that is one more; what was there before stays behind that
    (sqlite.org/fileformat2.html, section 4).
    """
    if len(log) < _WAL_HEADER:
        return
    size, _, newest = struct.unpack_from(">III", log, 8)
    found = []
    for at in range(_WAL_HEADER, len(log) - size - _FRAME_HEADER + 1, size + _FRAME_HEADER):
        number, _, salt = struct.unpack_from(">III", log, at)
        found.append(((newest - salt) % 2**32, number, log[at + _FRAME_HEADER : at + _FRAME_HEADER + size]))
    yield from ((number, page) for _, number, page in sorted(found, key=itemgetter(0), reverse=True))


def _changed(pages: Iterable[tuple[int, bytes]], known: Known) -> Iterator[str]:
    """Yield whose row was changed by each page that is not the first of its number."""
    before: dict[int, bytes] = {}
    for number, page in pages:
        if (former := before.get(number)) and former != page:
            first = max(place for place in range(len(page)) if former[place] != page[place])
            nearest = max((page.rfind(form, 0, first), name) for value, name in known.items() for form in _forms(value))
            if nearest[0] >= 0:
                yield nearest[1]
        before[number] = page


def engine_of(url: str) -> Engine:
    """Open a database to plant something in."""
    return create_engine(url, 5)
