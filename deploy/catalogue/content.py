"""Finds the visible strings of an inquiry's file, for Babel: https://babel.pocoo.org/, "Writing Extraction Methods"."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

# What names, counts or selects, and is never shown.
HIDDEN: Final = frozenset({"id", "value", "kind", "version", "rows", "number"})


def extract(
    fileobj: BinaryIO,
    keywords: Sequence[str],  # noqa: ARG001 - Babel's names, which it uses
    comment_tags: Sequence[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield (line, function, message, comments) for each visible string of the TOML in `fileobj`."""
    text = fileobj.read().decode("utf-8")
    lines = text.splitlines()
    for message in visible(tomllib.loads(text)):
        line = next((n for n, content in enumerate(lines, 1) if message in content), 1)
        yield line, "", message, []


def visible(value: object, key: str = "") -> Iterator[str]:
    """Yield every string at or below `value` that a person sees."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from visible(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from visible(part, key)
    elif isinstance(value, str) and key not in HIDDEN:
        yield value
