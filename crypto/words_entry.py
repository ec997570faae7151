"""Forgiving entry of return words: what was typed becomes items, and an unknown item gets suggestions.

The browser does the same step for step, so every rule here is simple enough to be written twice. Both are held together
by tests/vectors/return_words.json.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from crypto.constants import WORD_COUNT
from crypto.wordlist import WORDS

# Far more than seven words with any punctuation; a longer text is not return words and is not looked at.
LONGEST_ENTRY: Final = 2_000
_DIGITS_PER_NUMBER: Final = 4
_ALL_DIGITS: Final = WORD_COUNT * _DIGITS_PER_NUMBER

# The code point of zero in the scripts whose ten digits NFKD leaves alone (Unicode 14, category Nd, first plane).
DIGIT_ZEROS: Final = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
)  # fmt: skip
_DIGITS: Final = {zero + value: str(value) for zero in DIGIT_ZEROS for value in range(10)}

# Invisible characters that copying puts inside words: soft hyphen, joiners, direction marks, word joiner, BOM.
INVISIBLE: Final = (
    0x00AD,
    0x200C,
    0x200D,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    0x2060,
    *range(0x2066, 0x206A),
    0xFEFF,
)
# Accents, which telephones add to a word such as cafe.
_ACCENTS: Final = range(0x0300, 0x0370)
_TRANSLATION: Final = _DIGITS | dict.fromkeys((*INVISIBLE, *_ACCENTS))

_MOST_SUGGESTIONS: Final = 3
_SHORT_WORD: Final = 4
_SOUND_STEPS: Final = (
    ("^kn|^gn", "n"), ("^wr", "r"), ("^ps", "s"), ("mb$", "m"), ("ph", "f"), ("gh", ""), ("wh", "w"), ("ck", "k"),
    ("c([eiy])", "s$1"), ("[cq]", "k"), ("x", "ks"), ("z", "s"), ("g([eiy])", "j$1"), ("[aeiouwy]+", "a"),
    ("(.)\\1+", "$1"), ("(.)a$", "$1"),
)  # fmt: skip


def split(typed: str) -> list[str]:
    """Return the items of what a person typed: lower-case words and groups of digits, in order.

    1. More than LONGEST_ENTRY characters (code points): no items.
    2. Unicode NFKD; characters of INVISIBLE and accents (U+0300 to U+036F) vanish; digits of the scripts in DIGIT_ZEROS
       become ASCII; lower case.
    3. A token is an unbroken run of ASCII digits, or of letters and marks (Unicode categories L and M). All else parts.
    4. Where no token has letters and there are 28 digits in all, they are read four by four however they were spaced.
    5. Otherwise groups of one or two digits are left out: they number a list ("1. apple 2. river"). A group whose length
       is a multiple of four is read four by four. Every other token is one item.
    """
    if len(typed) > LONGEST_ENTRY:
        return []
    text = unicodedata.normalize("NFKD", typed).translate(_TRANSLATION).lower()
    tokens = list(_tokens(text))
    joined = "".join(tokens)
    if len(joined) == _ALL_DIGITS and all(map(_is_number, tokens)):
        return _fours(joined)
    items: list[str] = []
    for token in tokens:
        if not _is_number(token):
            items.append(token)
        elif len(token) > 2:
            items.extend(_fours(token) if len(token) % _DIGITS_PER_NUMBER == 0 else [token])
    return items


def _tokens(text: str) -> Iterator[str]:
    token, last = "", ""
    for character in text:
        kind = _kind(character)
        if kind != last and token:
            yield token
            token = ""
        token += character if kind else ""
        last = kind
    if token:
        yield token


def _kind(character: str) -> str:
    if "0" <= character <= "9":
        return "digit"
    return "letter" if unicodedata.category(character)[0] in "LM" else ""


def _is_number(token: str) -> bool:
    return "0" <= token[0] <= "9"


def _fours(digits: str) -> list[str]:
    return [digits[i : i + _DIGITS_PER_NUMBER] for i in range(0, len(digits), _DIGITS_PER_NUMBER)]


@cache
def index_by_word() -> dict[str, int]:
    """Return the index in the list of every word."""
    return {word: index for index, word in enumerate(WORDS)}


def suggest(item: str) -> tuple[str, ...]:
    """Return up to three words of the list that a person may have meant by `item`, nearest first.

    Nothing is suggested unless `item` is 2 to 20 letters a to z. A word of the list is a candidate if its distance
    (`distance`) from `item` is at most 2, or 1 where `item` has four letters or fewer, or if the two have the same
    `sound_key` of at least three letters. Candidates are ranked by twice the distance (at most 2), less one if the
    sound keys are the same; ties keep the order of the list.
    """
    if not re.fullmatch("[a-z]{2,20}", item):
        return ()
    limit = 1 if len(item) <= _SHORT_WORD else 2
    key = sound_key(item)
    ranked = []
    for index, (word, word_key) in enumerate(_keyed_words()):
        alike = len(key) > 2 and word_key == key
        steps = distance(item, word, limit)
        if alike or steps <= limit:
            ranked.append((2 * min(steps, 2) - alike, index))
    return tuple(WORDS[index] for _, index in sorted(ranked)[:_MOST_SUGGESTIONS])


@cache
def _keyed_words() -> tuple[tuple[str, str], ...]:
    return tuple((word, sound_key(word)) for word in WORDS)


def sound_key(word: str) -> str:
    """Return how a lower-case word roughly sounds by its spelling: the steps of _SOUND_STEPS, each replacing every match.

    The patterns mean the same in JavaScript (`$1` is the first group). "flower" and "flour" share the key "flar".
    """
    for pattern, replacement in _SOUND_STEPS:
        word = re.sub(pattern, replacement.replace("$1", r"\1"), word)
    return word


def distance(one: str, other: str, limit: int) -> int:
    """Return how many letters were left out, added, changed or swapped with their neighbour between two words.

    Optimal string alignment (restricted Damerau-Levenshtein); anything over `limit` is returned as `limit` + 1.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, letter_there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != letter_there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter_there:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
