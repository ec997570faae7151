"""Writes tests/vectors/return_words.json: what Python and the browser must both do. Frozen with version 1.

    python -m deploy.wordlist.vectors

The file is committed. Nothing in it is random: entropies come from SHA-256 of a counter. Expected results are computed
here, and tests/crypto/test_words.py checks them against calculations of its own where that is possible.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

from crypto.constants import RANDOM_BITS
from crypto.errors import UnknownWordError, WordsError
from crypto.thread import derive_thread
from crypto.wordlist import WORDS
from crypto.words import ReturnWords, fingerprint_words
from crypto.words_entry import LONGEST_ENTRY, distance, sound_key

TARGET: Final = Path(__file__).parents[2] / "tests" / "vectors" / "return_words.json"
_WORDS_CASES: Final = 24
_THREAD_CASES: Final = 5

Case = dict[str, object]


def entropies() -> list[int]:
    """Return the entropies of the vectors: both ends of the range, single bits, then hashes of a counter."""
    edges = [0, 1, 255, 256, 1 << 81, (1 << RANDOM_BITS) - 1]
    hashed = [_hashed(f"heard vector {number}") >> (256 - RANDOM_BITS) for number in range(_WORDS_CASES - len(edges))]
    return edges + hashed


def words_cases() -> list[Case]:
    """Return entropy -> words, numbers, digits."""
    cases: list[Case] = []
    for entropy in entropies():
        words = ReturnWords.from_entropy(entropy)
        cases.append(
            {"entropy": f"{entropy:022x}", "digits": words.digits, "words": words.words, "numbers": words.numbers}
        )
    return cases


def thread_cases() -> list[Case]:
    """Return digits -> the four keys of a thread."""
    cases: list[Case] = []
    for entropy in [*entropies()[:2], *entropies()[-(_THREAD_CASES - 2) :]]:
        words = ReturnWords.from_entropy(entropy)
        keys = derive_thread(words)
        cases.append(
            {
                "digits": words.digits,
                "locator": keys.locator.hex(),
                "access": keys.access.hex(),
                "identity": keys.identity_seed.hex(),
                "signing": keys.signing_seed.hex(),
            }
        )
    return cases


def entry_cases() -> list[Case]:
    """Return what people may type -> digits."""
    return [{"name": name, "typed": typed, "digits": sample().digits} for name, typed in renderings(sample()).items()]


def sample() -> ReturnWords:
    """Return the words that the entry and error cases are built from."""
    return ReturnWords.from_entropy(entropies()[-1])


def renderings(words: ReturnWords) -> dict[str, str]:
    """Return ways to type `words`, by name. Each must be read back as the same words."""
    spelled, numbers, digits = words.words, words.numbers, words.digits
    mixed = [word if place % 2 else number for place, (word, number) in enumerate(zip(spelled, numbers, strict=True))]
    accented = spelled[0][0] + "\u0301" + spelled[0][1:]
    return {
        "words with spaces": " ".join(spelled),
        "capitals": " ".join(spelled).upper(),
        "first letters large": " ".join(word.title() for word in spelled),
        "commas": ", ".join(spelled),
        "commas without spaces": ",".join(spelled),
        "semicolons and full stop": "; ".join(spelled) + ".",
        "hyphens": "-".join(spelled),
        "non-breaking hyphens and dashes": "\u2011".join(spelled[:3]) + " \u2013 " + "\u2014".join(spelled[3:]),
        "lines": "\n".join(spelled) + "\n",
        "Windows lines, tabs, no-break spaces": "\r\n".join(spelled[:3]) + "\t" + "\u00a0".join(spelled[3:]),
        "numbered lines": "\n".join(f"{place}. {word}" for place, word in enumerate(spelled, 1)),
        "numbered in brackets": " ".join(f"({place}) {word}" for place, word in enumerate(spelled, 1)),
        "numbered without a space": " ".join(f"{place}.{word}" for place, word in enumerate(spelled, 1)),
        "circled numbers": " ".join(f"{chr(0x2460 + place)} {word}" for place, word in enumerate(spelled)),
        "quoted": " ".join(f"\u201c{word}\u201d" for word in spelled),
        "full width": " ".join("".join(chr(ord(letter) + 0xFEE0) for letter in word) for word in spelled),
        "accent": " ".join([accented, *spelled[1:]]),
        "soft hyphens and joiners": " ".join(f"{word[:2]}\u00ad{word[2:]}\u200d" for word in spelled),
        "byte order mark and direction marks": "\ufeff\u202a" + " ".join(spelled) + "\u202c",
        "zero width spaces": "\u200b".join(spelled),
        "numbers with spaces": " ".join(numbers),
        "numbers with hyphens": "-".join(numbers),
        "numbered numbers": "\n".join(f"{place}) {number}" for place, number in enumerate(numbers, 1)),
        "digits run together": digits,
        "digits in sevens": " ".join(digits[place : place + 7] for place in range(0, 28, 7)),
        "digits one by one": " ".join(digits),
        "two numbers run together": " ".join([numbers[0] + numbers[1], *numbers[2:]]),
        "Arabic-Indic digits": " ".join(_other_digits(number, 0x0660) for number in numbers),
        "Devanagari digits": _other_digits(digits, 0x0966),
        "full width digits": _other_digits(digits, 0xFF10),
        "words and numbers": " ".join(mixed),
        "words and numbers run together": "".join(mixed),
        "numbered words and numbers": "\n".join(f"{place}. {item}" for place, item in enumerate(mixed, 1)),
    }


def _other_digits(digits: str, zero: int) -> str:
    return "".join(chr(zero + int(digit)) for digit in digits)


def error_cases() -> list[Case]:
    """Return what people may type -> which error, the place of the wrong word, what is suggested."""
    return [{"name": name, "typed": typed, **_outcome(typed)} for name, typed in _wrong_entries().items()]


def _wrong_entries() -> dict[str, str]:
    good, numbers = list(sample().words), list(sample().numbers)
    longest = max(good, key=len)
    place = good.index(longest)
    cases = {
        "nothing": "",
        "only spaces": " \n ",
        "six words": " ".join(good[:6]),
        "eight words": " ".join([*good, good[0]]),
        "27 digits": "".join(numbers)[:27],
        "29 digits": "".join(numbers) + "1",
        "too long to be words": " ".join(good) + " " * LONGEST_ENTRY,
        "unknown word comes after the count": "zzzz zzzz",
        "a letter left out": " ".join([*good[:place], longest[:2] + longest[3:], *good[place + 1 :]]),
        "a letter changed": " ".join([*good[:place], longest[:2] + "q" + longest[3:], *good[place + 1 :]]),
        "two letters swapped": " ".join([*good[:place], longest[0] + longest[2] + longest[1] + longest[3:], *good[place + 1 :]]),
        "number below the list": " ".join([*numbers[:4], "0999", *numbers[5:]]),
        "number above the list": " ".join([*numbers[:4], "8424", *numbers[5:]]),
        "three digits": " ".join([*numbers[:4], "123", *numbers[5:]]),
        "five digits among words": " ".join([*good[:6], "12345"]),
        "first of two unknown words": " ".join(["qqqq", *good[1:6], "zzzz"]),
        "not in Latin letters": " ".join([*good[:6], "\u0441\u043b\u043e\u0432\u043e"]),
        "one letter": " ".join([*good[:6], "x"]),
        "words swapped": " ".join([good[1], good[0], *good[2:]]),
        "another word": " ".join([*good[:6], WORDS[(WORDS.index(good[6]) + 1) % len(WORDS)]]),
        "numbers swapped": " ".join([*numbers[:5], numbers[6], numbers[5]]),
        "more than 90 bits": " ".join([WORDS[-1]] * 7),
    }  # fmt: skip
    misspelled = (
        "markit",
        "hapiness",
        "fisics",
        "nite",
        "recieve",
        "seperate",
        "definate",
        "calender",
        "fotograf",
        "rythm",
    )
    return cases | {f"misspelled {wrong}": " ".join([*good[:3], wrong, *good[4:]]) for wrong in misspelled}


def _outcome(typed: str) -> Case:
    try:
        ReturnWords.parse(typed)
    except UnknownWordError as error:
        return {"error": "UnknownWordError", "position": error.position, "suggestions": error.suggestions}
    except WordsError as error:
        return {"error": type(error).__name__, "position": None, "suggestions": []}
    raise AssertionError("an error case was read as return words")


def fingerprint_cases() -> list[Case]:
    """Return 32-byte digests -> six words and six numbers."""
    digests = [
        bytes(32),
        b"\xff" * 32,
        *(hashlib.sha256(f"heard card {number}".encode()).digest() for number in range(6)),
    ]
    cases: list[Case] = []
    for digest in digests:
        words, numbers = fingerprint_words(digest)
        cases.append({"digest": digest.hex(), "words": words, "numbers": numbers})
    return cases


def distance_cases() -> list[Case]:
    """Return pairs of words -> `distance`, and a sound key of each: the two halves of suggestions."""
    pairs = [
        ("", "", 2), ("a", "", 2), ("market", "market", 2), ("market", "makret", 2), ("market", "markt", 2),
        ("market", "markkets", 2), ("market", "tekram", 2), ("ca", "abc", 2), ("flower", "flour", 2),
        ("fone", "phone", 2), ("knight", "nite", 2), ("physics", "fisiks", 2), ("abcdef", "bcdefa", 1),
    ]  # fmt: skip
    return [
        {
            "one": one, "other": other, "limit": limit, "distance": distance(one, other, limit),
            "keys": [sound_key(one), sound_key(other)],
        }
        for one, other, limit in pairs
    ]  # fmt: skip


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def document() -> dict[str, object]:
    """Return the whole file."""
    return {
        "list": {"length": len(WORDS), "sha256": hashlib.sha256("\n".join(WORDS).encode("ascii")).hexdigest()},
        "words": words_cases(),
        "threads": thread_cases(),
        "entry": entry_cases(),
        "errors": error_cases(),
        "fingerprints": fingerprint_cases(),
        "alike": distance_cases(),
    }


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(document(), ensure_ascii=True, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
