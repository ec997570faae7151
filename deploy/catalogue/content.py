"""Finds the visible strings of an inquiry's files, for Babel: https://babel.pocoo.org/, "Writing Extraction Methods"."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from intake.inquiry.translation import visible


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
