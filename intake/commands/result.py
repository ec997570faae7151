"""What a command has to say, for people and for programs, and how it shows that it is still working."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crypto.words import fingerprint_words

_SECONDS_BETWEEN: Final = 0.2


@dataclass(frozen=True)
class Result:
    """`lines` are for people, `data` is what --json prints, `status` the exit status."""

    lines: Sequence[str]
    data: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0


def fingerprint_lines(digest: bytes) -> list[str]:
    """Return a fingerprint (32 bytes) as a line of six words and one of their numbers, to be read aloud."""
    return [f"  {' '.join(shown)}" for shown in fingerprint_words(digest)]


def fingerprint_fields(digest: bytes) -> dict[str, Any]:
    """Return the same for programs."""
    words, numbers = fingerprint_words(digest)
    return {"fingerprint": digest.hex(), "words": list(words), "numbers": list(numbers)}


class Progress:
    """Counts aloud on standard error, when that is a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._next = time.monotonic() + _SECONDS_BETWEEN
        self._shown = False
        self._visible = sys.stderr.isatty()

    def step(self) -> None:
        """Count one more."""
        self._count += 1
        if self._visible and time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN
            self._shown = True
            sys.stderr.write(f"\r{self._count:,} {self._what}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
