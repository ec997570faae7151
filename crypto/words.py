"""Return words: 82 random bits and 8 check bits as seven words, or exactly equivalent seven groups of four digits.

docs/sealing.md, "Return words". The list is in `crypto.wordlist`; how it was chosen is in
docs/decisions/0002-return-words-list.md. The browser implements the same, and both read tests/vectors/return_words.json.

    N (90 bits) = entropy (82 bits) << 8 | check
    check       = SHA-256("heard/v1/return-words/check" + entropy as 11 bytes, big-endian)[0]
    words       = the seven base-7,424 digits of N, most significant first, each an index of the list
    number      = index + 1000, so always four digits, 1000 to 8423
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from crypto import words_entry
from crypto.constants import (
    CHECK_BITS,
    DIGEST_BYTES,
    FINGERPRINT_BITS,
    FINGERPRINT_WORDS,
    LABEL_WORDS_CHECK,
    RANDOM_BITS,
    WORD_COUNT,
    WORD_LIST_LENGTH,
    WORD_NUMBER_OFFSET,
)
from crypto.errors import CheckBitsError, UnknownWordError, WordCountError
from crypto.wordlist import WORDS

_ENTROPY_BYTES: Final = 11
_DIGITS_PER_NUMBER: Final = 4


@dataclass(frozen=True, repr=False)
class ReturnWords:
    """What lets a survivor come back to what they wrote. Its repr shows nothing.

    `digits` is the canonical form: 28 ASCII digits, the seven numbers without spaces. An instance is always valid:
    building one from anything else raises a WordsError.
    """

    digits: str

    def __post_init__(self) -> None:
        """Refuse digits that were never given out. Raises WordCountError, UnknownWordError or CheckBitsError."""
        if not re.fullmatch(f"[0-9]{{{WORD_COUNT * _DIGITS_PER_NUMBER}}}", self.digits):
            raise _wrong_count()
        _entropy_of([_index_of(item, position) for position, item in enumerate(self.numbers)])

    def __repr__(self) -> str:
        """Return the same text for all, so that no log or traceback can show return words."""
        return "ReturnWords(hidden)"

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the seven groups of four digits, to be read out or written down instead of the words."""
        return tuple(self.digits[i : i + _DIGITS_PER_NUMBER] for i in range(0, len(self.digits), _DIGITS_PER_NUMBER))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the seven words."""
        return tuple(WORDS[int(number) - WORD_NUMBER_OFFSET] for number in self.numbers)

    @classmethod
    def random(cls, token_bytes: Callable[[int], bytes] = secrets.token_bytes) -> Self:
        """Return fresh words from 82 random bits: the first 82 of 11 bytes of `token_bytes`."""
        return cls.from_entropy(int.from_bytes(token_bytes(_ENTROPY_BYTES)) >> (_ENTROPY_BYTES * 8 - RANDOM_BITS))

    @classmethod
    def from_entropy(cls, entropy: int) -> Self:
        """Return the words of `entropy`, 0 <= entropy < 2**82. Raises ValueError outside that range."""
        if not 0 <= entropy < 1 << RANDOM_BITS:
            raise ValueError("entropy has 82 bits")
        indices = _base_digits(entropy << CHECK_BITS | _check_byte(entropy), WORD_COUNT)
        return cls("".join(_number(index) for index in indices))

    @classmethod
    def parse(cls, typed: str) -> Self:
        """Return the words that a person typed, read forgivingly: see `crypto.words_entry.split`.

        Raises WordCountError unless there are seven words or numbers, else UnknownWordError for the first that is not
        on the list, else CheckBitsError where all are on the list but one is wrong or two are swapped.
        """
        items = words_entry.split(typed)
        if len(items) != WORD_COUNT:
            raise _wrong_count()
        return cls("".join(_number(_index_of(item, position)) for position, item in enumerate(items)))


def fingerprint_words(digest: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return six words and six numbers for the first 77 bits of a 32-byte digest, to compare with a printed leaflet.

    They are the six base-7,424 digits of those bits, most significant first. Raises ValueError for another length.
    """
    if len(digest) != DIGEST_BYTES:
        raise ValueError("a digest has 32 bytes")
    indices = _base_digits(int.from_bytes(digest) >> (DIGEST_BYTES * 8 - FINGERPRINT_BITS), FINGERPRINT_WORDS)
    return tuple(WORDS[index] for index in indices), tuple(_number(index) for index in indices)


def _check_byte(entropy: int) -> int:
    return hashlib.sha256(LABEL_WORDS_CHECK.encode("ascii") + entropy.to_bytes(_ENTROPY_BYTES)).digest()[0]


def _base_digits(value: int, count: int) -> list[int]:
    digits = []
    for _ in range(count):
        value, digit = divmod(value, WORD_LIST_LENGTH)
        digits.append(digit)
    return digits[::-1]


def _number(index: int) -> str:
    return str(index + WORD_NUMBER_OFFSET)


def _index_of(item: str, position: int) -> int:
    """Return the index of a lower-case word or a group of digits. Raises UnknownWordError."""
    if item.isascii() and item.isdigit():
        index = int(item) - WORD_NUMBER_OFFSET if len(item) == _DIGITS_PER_NUMBER else -1
        if not 0 <= index < WORD_LIST_LENGTH:
            raise UnknownWordError(position, ())
        return index
    found = words_entry.index_by_word().get(item)
    if found is None:
        raise UnknownWordError(position, words_entry.suggest(item))
    return found


def _entropy_of(indices: Sequence[int]) -> int:
    """Return the 82 bits of seven indices. Raises CheckBitsError where the check bits do not fit them."""
    value = 0
    for index in indices:
        value = value * WORD_LIST_LENGTH + index
    entropy, check = value >> CHECK_BITS, value & ((1 << CHECK_BITS) - 1)
    if entropy >> RANDOM_BITS or check != _check_byte(entropy):
        raise CheckBitsError("These words do not belong together: one may be a different word, or two may be swapped.")
    return entropy


def _wrong_count() -> WordCountError:
    return WordCountError("Seven words, or seven groups of four digits, are needed.")
