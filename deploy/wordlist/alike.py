"""When two words are too alike to be read out, remembered or typed: the rules, used by the generator and by the test.

Pronunciations are those of the CMU Pronouncing Dictionary (ARPAbet; a vowel carries its stress as a digit, 0 = unstressed).
Each rule gives a word a set of keys, and two words that share a key of one rule are too alike.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

Phones = tuple[str, ...]

_VOWELS: Final = frozenset(
    {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW", "@"}
)  # fmt: skip
# One for the other is what a telephone (300 to 3,400 Hz) or a tired ear does.
_CONFUSABLE: Final = (
    {"P", "B"}, {"T", "D"}, {"K", "G"}, {"F", "V"}, {"S", "Z"}, {"TH", "DH"}, {"SH", "ZH"}, {"CH", "JH"},
    {"P", "T", "K"}, {"B", "D", "G"}, {"B", "V", "DH"}, {"F", "S", "TH"}, {"M", "N", "NG"}, {"SH", "CH"}, {"Z", "DH"},
)  # fmt: skip
_NO_GLIDE_AFTER: Final = frozenset({"T", "D", "N", "S", "L"})
_ENDINGS: Final = ("s", "es", "ed", "ing", "er", "est")
_SHORTEST_BASE: Final = 3


class Clash(NamedTuple):
    """Which rule two words break, and the word that was there first."""

    rule: str
    other: str


class Accepted:
    """The words taken so far, by their keys."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}

    def clash(self, word: str, pronunciations: list[Phones]) -> Clash | None:
        """Return the first rule that `word` breaks with a word taken before, or None."""
        for rule, keys in rules(word, pronunciations).items():
            for key in sorted(keys):
                other = self._by_key.get(f"{rule} {key}")
                if other is not None:
                    return Clash(rule, other)
        return None

    def add(self, word: str, pronunciations: list[Phones]) -> None:
        """Take `word`."""
        for rule, keys in rules(word, pronunciations).items():
            self._by_key.update(dict.fromkeys((f"{rule} {key}" for key in keys), word))


def rules(word: str, pronunciations: list[Phones]) -> dict[str, set[str]]:
    """Return the keys of `word` by rule: sound, telephone, inflection, spelling."""
    return {
        "sound": {key for phones in pronunciations for key in sounds(phones)},
        "telephone": {key for phones in pronunciations for key in telephone_sounds(phones)},
        "inflection": bases(word, _ENDINGS),
        "spelling": near_spellings(word),
    }


def sounds(phones: Phones) -> set[str]:
    """Return how a pronunciation sounds to American and to British or Irish ears.

    Both: stress is dropped, every unstressed vowel is the same, "wh" is "w", a final unstressed -ing is -in, "due" is "do".
    American: cot = caught, pin = pen, marry = merry, a "t" between a vowel and an unstressed vowel is a "d". British: no
    "r" unless a vowel follows, "th" is "f" or "v".
    """
    plain = tuple(_plain(phones))
    return {"us " + " ".join(_american(plain)), "gb " + " ".join(_british(plain))}


def _neighbours(phones: Phones) -> Iterator[tuple[str, str, str]]:
    return zip(("", *phones), phones, (*phones[1:], ""), strict=False)


def _plain(phones: Phones) -> Iterator[str]:
    for before, phone, after in _neighbours(phones):
        if (phone == "HH" and after == "W") or (phone == "Y" and after.startswith("UW") and before in _NO_GLIDE_AFTER):
            continue
        if phone == "ER0":
            yield from ("@", "R")
        elif phone.endswith("0"):
            yield "@"
        elif phone == "NG" and not after and before.endswith("0"):
            yield "N"
        else:
            yield phone.rstrip("12")


def _american(phones: Phones) -> Iterator[str]:
    for before, phone, after in _neighbours(phones):
        if phone == "AO" and after != "R":
            yield "AA"
        elif phone == "EH" and after in {"N", "M"}:
            yield "IH"
        elif phone == "AE" and after == "R":
            yield "EH"
        elif phone == "T" and (before in _VOWELS or before == "R") and after == "@":
            yield "D"
        else:
            yield phone


def _british(phones: Phones) -> Iterator[str]:
    for _, phone, after in _neighbours(phones):
        if phone != "R" or after in _VOWELS:
            yield {"TH": "F", "DH": "V"}.get(phone, phone)


def telephone_sounds(phones: Phones) -> set[str]:
    """Return keys that two pronunciations share when one consonant differs and a telephone confuses the two."""
    plain = tuple(_plain(phones))
    return {" ".join(plain)} | {
        " ".join((*plain[:place], f"*{number}", *plain[place + 1 :]))
        for place, phone in enumerate(plain)
        for number, alike in enumerate(_CONFUSABLE)
        if phone in alike
    }


def bases(word: str, endings: tuple[str, ...]) -> set[str]:
    """Return the words that `word` may be an inflection of, and itself: "carried" -> "carried", "carri", "carry", ..."""
    found = {word}
    for ending in endings:
        base = word.removesuffix(ending)
        if base != word:
            found |= {base, base + "e"}
            if base[-2:-1] == base[-1:]:
                found.add(base[:-1])
            if base.endswith("i"):
                found.add(base[:-1] + "y")
    return {base for base in found if len(base) >= _SHORTEST_BASE}


def near_spellings(word: str) -> set[str]:
    """Return keys that two spellings share when one letter is added, left out, changed, or swapped with its neighbour."""
    places = range(len(word))
    changed = {f"{word[:place]}*{word[place + 1 :]}" for place in places}
    added = {f"{word[:place]}*{word[place:]}" for place in range(len(word) + 1)}
    swapped = {
        f"{min(word, word[:place] + word[place + 1] + word[place] + word[place + 2 :])}~{place}"
        for place in places[:-1]
    }
    return changed | added | swapped
