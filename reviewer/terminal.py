"""What the person at the station sees and is asked. Everything is UTF-8, whatever the locale says.

Results go to standard output; questions and progress to standard error, so that `--json` stays clean.
"""

import getpass
import io
import json
import sys
import time
from typing import Any, Final, Self

from reviewer.errors import PromptError

DEMONSTRATION: Final = "DEMONSTRATION: one share opens everything here. Never use it for real testimony."
_LONGEST_LINE: Final = 4_096
_STEP: Final = 64


def use_utf8() -> None:
    """Make both outputs UTF-8 with LF line ends."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def say(text: str = "") -> None:
    """Print a line of the result."""
    sys.stdout.write(text + "\n")


def say_json(value: Any) -> None:
    """Print a result of our own (never a letter) as JSON."""
    say(json.dumps(value, indent=2))


def note(text: str) -> None:
    """Print a line beside the result, to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def mark_demonstration(demonstration: bool, json_follows: bool) -> None:
    """Say that this is a demonstration, when it is: first of all, or beside a result in JSON."""
    if demonstration:
        (note if json_follows else say)(DEMONSTRATION)


def ask(question: str) -> str:
    """Ask for a line that may be seen. Raises PromptError."""
    _require_terminal()
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline(_LONGEST_LINE)
    if not answer.endswith("\n"):
        raise PromptError("Nothing was answered; nothing was done.")
    return answer.rstrip("\n")


def ask_lines(question: str) -> str:
    """Ask for lines that may be seen, up to one that is a dot alone. Raises PromptError."""
    lines = [ask(f"{question}\nEnd with a line that has a dot alone.\n")]
    while lines[-1] != ".":
        lines.append(ask(""))
    return "\n".join(lines[:-1])


def ask_secret(question: str) -> str:
    """Ask for a passphrase, which is not shown. Raises PromptError."""
    _require_terminal()
    try:
        return getpass.getpass(question)
    except EOFError:
        raise PromptError("Nothing was answered; nothing was done.") from None


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise PromptError(
            "There is no terminal to ask at; run this in one, or give every answer as an option (--help)."
        )


class Progress:
    """Counts along on standard error, when that is a terminal, with the time of day when it ends. Use it as a context.

    `total` is 0 when nobody knows it.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._drawn = False
        self._began = time.monotonic()
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def step(self) -> None:
        """Count one."""
        self._done += 1
        if self._shown and (self._done % _STEP == 0 or self._done == self._total):
            self._drawn = True
            sys.stderr.write(f"\r{self._what}: {self._counted()}")
            sys.stderr.flush()

    def _counted(self) -> str:
        """Return how far it is, and when it will be done, as far as that can be told."""
        if not self._total:
            return str(self._done)
        left = (time.monotonic() - self._began) / self._done * (self._total - self._done)
        end = time.strftime("%H:%M", time.localtime(time.time() + left))
        return f"{self._done} of {self._total}, done at about {end}"

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away, if there is one."""
        if self._drawn:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self._drawn = False
