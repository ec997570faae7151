"""Showing a letter in stages: what it is about first, then a part at a time, each after the reader said so."""

from reviewer.display import safe_line
from reviewer.reading import Part, Reading, parts_of
from reviewer.terminal import ask, say


def reveal(reading: Reading, *, staged: bool) -> bool:
    """Print a letter; `staged`: ask before each part. Return whether it was shown to the end. Raises PromptError."""
    for line in reading.heading():
        say(line)
    parts = parts_of(reading.opened.letter)
    for number, part in enumerate(parts, 1):
        if staged and not may_show(part, number, len(parts)):
            return False
        for line in part.lines():
            say(line)
    say(reading.ending())
    say()
    return True


def may_show(part: Part, number: int, total: int) -> bool:
    """Ask whether to show the next part: Enter does, `s` stops."""
    what = f"{safe_line(part.answer.topic)}, {part.words} word(s)" if part.answer.text is not None else "a choice"
    return ask(f"Part {number} of {total} ({what}). Enter shows it, s stops: ").strip().lower() != "s"
