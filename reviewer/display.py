"""Text that others wrote, made safe for a terminal and still readable, without losing anything.

What could move the cursor, recolour the screen, turn the direction of writing, or hide from the eye is shown as
`⟦U+202E⟧`. A literal `⟦` is shown as `⟦U+27E6⟧`, so that every text can be told from every other, and so that no text
can look like one of this program's own headings, which are in `⟦ ⟧`.

Kept as they are: tabs and line ends, letters of every direction, combining marks, variation selectors after a
character, joiners inside words of scripts that need them, emoji sequences, and flags spelt with tags.
Unicode Standard Annex 9 (bidirectional text), Technical Standard 51 (emoji), Technical Report 36 (security).
"""

import re
import unicodedata
from typing import Final

OPENING: Final = "⟦"
_ESCAPED: Final = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")

_ZERO_WIDTH_SPACE, _NON_JOINER, _JOINER = 0x200B, 0x200C, 0x200D
_JOINERS: Final = (_ZERO_WIDTH_SPACE, _NON_JOINER, _JOINER)
# Signs that are written before and under the digits that follow; visible, though Unicode files them as formats.
_VISIBLE_FORMATS: Final = frozenset((*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD))
# Letters that show nothing at all.
_BLANK_LETTERS: Final = frozenset((0x115F, 0x1160, 0x3164, 0xFFA0))
_PICTOGRAPHS: Final = range(0x1F000, 0x1FB00)
_ARROWS_IN_EMOJI: Final = frozenset((0x2194, 0x2195, 0x27A1))
# UTS 51, ED-14a: a black flag, 3 to 6 tag letters or digits (a region and its part), the end tag.
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def safe_text(text: str) -> str:
    """Return `text` for a terminal, with its tabs and line ends kept. `unescape` takes it back."""
    flags = {at for flag in _FLAG.finditer(text) for at in range(*flag.span())}
    return "".join(
        character if at in flags or character in "\t\n" or _is_safe(text, at) else _escape(character)
        for at, character in enumerate(text)
    )


def safe_line(text: str) -> str:
    """Return `text` as one line: as `safe_text`, with tabs and line ends shown too."""
    return "".join(_escape(character) if character in "\t\n" else character for character in safe_text(text))


def safe_json(text: str) -> str:
    r"""Return JSON `text` with what `safe_text` would show written as `\uXXXX` instead: the same JSON value."""
    return _ESCAPED.sub(lambda match: _json_escape(int(match[1], 16)), safe_line(text))


def unescape(shown: str) -> str:
    """Return the text that `safe_text` or `safe_line` was given."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), shown)


def _escape(character: str) -> str:
    return f"⟦U+{ord(character):04X}⟧"


def _json_escape(code: int) -> str:
    if code == ord(OPENING):  # nothing to fear in JSON, where no heading of ours stands
        return OPENING
    units = chr(code).encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _is_safe(text: str, at: int) -> bool:
    """Say whether the character at `at` can be shown as it is, among its neighbours."""
    character = text[at]
    code, category = ord(character), unicodedata.category(character)
    if character == OPENING or code in _BLANK_LETTERS:
        return False
    if _is_variation_selector(code):
        return at > 0 and _carries_selector(text[at - 1])
    if code in _JOINERS:
        return 0 < at < len(text) - 1 and _may_join(text, at)
    if category == "Cf":
        return code in _VISIBLE_FORMATS
    # Unassigned code points of the emoji block are emoji newer than this Python's tables.
    return category not in {"Cc", "Co", "Cs", "Zl", "Zp", "Cn"} or (category == "Cn" and code in _PICTOGRAPHS)


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _carries_selector(before: str) -> bool:
    """Say whether a variation selector may follow: one, after something visible. A run of them can hide a message."""
    return not _is_variation_selector(ord(before)) and unicodedata.category(before)[0] in "LMNPS"


def _may_join(text: str, at: int) -> bool:
    """Say whether an invisible joiner stands where writing needs one: inside a word, or between emoji."""
    before, after = text[at - 1], text[at + 1]
    if _is_pictograph(after) and ord(text[at]) == _JOINER:
        return _is_pictograph(before) or ord(before) == 0xFE0F
    return _is_letter_or_mark(before) and _is_letter_or_mark(after)


def _is_pictograph(character: str) -> bool:
    code = ord(character)
    return code in _PICTOGRAPHS or code in _ARROWS_IN_EMOJI or unicodedata.category(character) == "So"


def _is_letter_or_mark(character: str) -> bool:
    """Say whether `character` is of a script that joins; ASCII never needs a joiner, so one there hides something."""
    code = ord(character)
    return code > 0x2FF and not _is_variation_selector(code) and unicodedata.category(character)[0] in "LM"
