"""Text browsers as somebody uses them: a terminal as tall as the page, keys that are pressed, and what is on the screen."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COLUMNS: Final = 100
# The form is shown whole, so that nothing has to be scrolled to.
ROWS: Final = 1200
MOST_SECONDS: Final = 40
_NEXT_LOOK_SECONDS: Final = 0.01
# lynx and w3m draw "(withdraw) Next" and "( ) Yes": the cursor stands that far before what is read.
_BEFORE: Final = 14
_FIELD: Final = re.compile(r"_{20}|\[ {10}")


@dataclass(frozen=True)
class TextBrowser:
    """lynx or w3m in a terminal of tmux. `folder` has its home, and what somebody types into an editor, which w3m starts."""

    name: str
    folder: Path

    @property
    def home(self) -> Path:
        """Where the browser would leave something."""
        return self.folder / "home"

    def open(self, url: str) -> None:
        """Start with a page."""
        self.home.mkdir()
        editor = self.folder / "editor"
        editor.write_text(f'#!/bin/sh\nexec cat {shlex.quote(str(self._typed))} > "$1"\n')
        editor.chmod(0o700)
        command = {"lynx": ["lynx", "-nopause", url], "w3m": ["w3m", "-o", f"editor={editor} %s", url]}[self.name]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self._tmux("new-session", "-d", *size, shlex.join([program(command[0]), *command[1:]]))

    def quit(self) -> None:
        """Leave as its users do: w3m keeps what it showed in files of its home until then."""
        self._keys("Q")
        self._until("it to end", lambda: not self._is_there)

    def close(self) -> None:
        """End the browser and its terminal, whatever state they are in."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")

    @property
    def _is_there(self) -> bool:
        try:
            self._tmux("has-session")
        except subprocess.CalledProcessError:
            return False
        return True

    # What is seen

    @property
    def rows(self) -> list[str]:
        """Return the screen's rows, from the top."""
        return self._tmux("capture-pane", "-p").splitlines()

    def read(self) -> str:
        """Return the whole page as one line, as somebody who hears it would have it."""
        if self.name == "lynx":
            return _line(self.rows)
        # w3m shows no more than 200 rows of a page at once, whatever the terminal is: it writes the page to a file.
        page = self.folder / "page"
        page.unlink(missing_ok=True)
        self._keys("S")
        self._ask("Save buffer to:", str(page))
        self._until("the page to be written", lambda: page.exists() and page.stat().st_size > 0)
        return _line(page.read_text().splitlines())

    def wait(self, sentence: str) -> str:
        """Wait until a page says a sentence near its top, and return its text. Raises AssertionError."""
        self._until(f'the page to say "{sentence}"', lambda: sentence in _line(self.rows))
        return self.read()

    # What is done

    def follow(self, label: str, *, after: str = "", wanted: str) -> str:
        """Go to a link or a button, press Enter, and return the text of the page that says near its top what is `wanted`."""
        self._reach(_labelled(label), after)
        self._keys("Enter")
        return self.wait(wanted)

    def choose(self, label: str, *, after: str) -> None:
        """Choose one of several, below what says `after`."""
        self._reach(_labelled(label), after)
        self._keys("Enter")
        drawn = re.compile(r"[(\[][*xX][)\]]\s*" + re.escape(label))
        self._until(f'"{label}" to be chosen', lambda: drawn.search(self._row) is not None)

    def type(self, text: str, *, after: str) -> None:
        """Type into the first field below what says `after`."""
        self._reach(_FIELD, after)
        if self.name == "w3m":
            self._typed.write_text(text)
            self._keys("Enter")
        else:
            self._keys("-l", text)
        self._until(f'"{text[:15]}" to be in the field', lambda: text[:15] in _line(self.rows))

    # How

    @property
    def _typed(self) -> Path:
        return self.folder / "typed"

    def _reach(self, drawn: re.Pattern[str], after: str) -> None:
        """Press Tab until the cursor stands on what is drawn so, below what says `after`."""
        above = -1
        if self.name == "w3m":
            self._keys("g")
            if after:
                self._keys("/")
                self._ask("Forward:", re.escape(after))
        elif after:
            above = next((at for at, row in enumerate(self.rows) if after in row), ROWS)
        for _ in range(ROWS):
            before = self._cursor
            if before[0] > above and self._stands_on(drawn):
                return
            self._keys("Tab")
            self._until(f"Tab to go on to {drawn.pattern}", lambda: self._cursor != before)  # noqa: B023 - waited for here
        raise AssertionError(f'{self.name}: Tab never came to {drawn.pattern} below "{after}"')

    def _stands_on(self, drawn: re.Pattern[str]) -> bool:
        _, column = self._cursor
        return any(found.start() - _BEFORE <= column <= found.end() for found in drawn.finditer(self._row))

    @property
    def _row(self) -> str:
        """Return the row that the cursor stands in."""
        return self.rows[self._cursor[0]]

    @property
    def _cursor(self) -> tuple[int, int]:
        """Return the cursor's row and column."""
        row, column = self._tmux("display-message", "-p", "#{cursor_y} #{cursor_x}").split()
        return int(row), int(column)

    def _ask(self, question: str, answer: str) -> None:
        """Answer what the browser asks in its last line, where the cursor stands meanwhile; the line itself may stay."""
        self._until(f"{question} to be asked", lambda: question in self._row)
        self._keys("-l", answer)
        self._keys("Enter")
        self._until(f"{question} to be answered", lambda: question not in self._row)

    def _keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + MOST_SECONDS
        while not holds():
            if time.monotonic() >= end:
                shown = "\n".join(row for row in self.rows if row.strip())
                raise AssertionError(f"{self.name}: waited {MOST_SECONDS} s for {what}:\n{shown}")
            time.sleep(_NEXT_LOOK_SECONDS)

    def _tmux(self, *arguments: str) -> str:
        # Nothing of the terminal of whoever runs the tests, not even its size.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.folder),
        }
        command = [program("tmux"), "-S", str(self.folder / "tmux"), "-f", "/dev/null", *arguments]
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout


def program(name: str) -> str:
    """Return the path of a program. Raises FileNotFoundError, which says what to do."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; run: sh deploy/setup/tools.sh")
    return found


@contextlib.contextmanager
def opened(name: str, url: str, folder: Path) -> Iterator[TextBrowser]:
    """Start a text browser that has never been anywhere with a page, and end it."""
    folder.mkdir()
    browser = TextBrowser(name, folder)
    try:
        browser.open(url)
        yield browser
        browser.quit()
    finally:
        browser.close()


def _labelled(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w>]){re.escape(label)}(?!\w)")


def _line(rows: Iterable[str]) -> str:
    return " ".join(" ".join(rows).split())


def misplaced(text: str, sentences: Sequence[str]) -> list[str]:
    """Return the sentences that a page does not say in that order."""
    at, missing = 0, []
    for sentence in sentences:
        found = text.find(sentence, at)
        if found < 0:
            missing.append(sentence)
        else:
            at = found + len(sentence)
    return missing
