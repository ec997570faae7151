"""Custodians' passphrases: how strong they must be, and how they are asked for or read from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from reviewer.custody.stretching import normalise
from reviewer.errors import PassphraseError, SettingsError
from reviewer.files import OTHERS, read_small, show
from reviewer.terminal import ask_secret, note

# NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where a password stands alone; no rule on their kinds.
LEAST_CHARACTERS: Final = 15
LEAST_DIFFERENT: Final = 8
_MOST_BYTES: Final = 1_024
_TRIES: Final = 5
_ADVICE: Final = "Four or five unrelated words, picked with dice, are easy to keep and hard to guess."


def check_strength(passphrase: str) -> None:
    """Raise PassphraseError, with advice, for a passphrase that could be guessed offline."""
    text = normalise(passphrase)
    if len(text) < LEAST_CHARACTERS:
        raise PassphraseError(f"A passphrase needs at least {LEAST_CHARACTERS} characters. {_ADVICE}")
    if len(set(text)) < LEAST_DIFFERENT:
        raise PassphraseError(f"A passphrase needs at least {LEAST_DIFFERENT} different characters. {_ADVICE}")


def check_all(passphrases: Sequence[str]) -> None:
    """Raise PassphraseError unless every passphrase is strong enough.

    Two that are the same are not refused: saying so would tell one custodian the passphrase of another.
    """
    for passphrase in passphrases:
        check_strength(passphrase)


def ask_new(custodians: int) -> list[str]:
    """Ask each custodian twice for a new passphrase. Raises PassphraseError after five tries, PromptError."""
    chosen: list[str] = []
    for number in range(1, custodians + 1):
        note(f"Custodian {number} of {custodians}: choose a passphrase that nobody else sees. {_ADVICE}")
        chosen.append(_ask_one())
    return chosen


def ask_one_new(name: str) -> str:
    """Ask one person twice for a new passphrase. Raises as `ask_new`."""
    note(f"{name}: choose a passphrase that nobody else sees. {_ADVICE}")
    return _ask_one()


def _ask_one() -> str:
    for _ in range(_TRIES):
        passphrase = ask_secret("Passphrase: ")
        try:
            check_strength(passphrase)
        except PassphraseError as error:
            note(str(error))
            continue
        if normalise(ask_secret("The same again: ")) == normalise(passphrase):
            return passphrase
        note("The two were not the same; try again.")
    raise PassphraseError("No passphrase was chosen; nothing was written.")


def read_passphrases(files: Sequence[Path], wanted: int) -> list[str]:
    """Read one passphrase a file, `wanted` of them. Raises SettingsError, PassphraseError, FolderError."""
    if len(files) != wanted:
        raise SettingsError(
            f"Give --passphrase-file {wanted} times, in the order of the shares; it was given {len(files)} times."
        )
    return [_read_one(path) for path in files]


def _read_one(path: Path) -> str:
    content = read_small(path, _MOST_BYTES)
    if path.stat().st_mode & OTHERS:
        # Told, not refused: on the file systems of most sticks a file has no mode of its own.
        note(f"Others may be able to read {show(path)}; run `chmod 600` on it.")
    try:
        return content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise PassphraseError(f"{show(path)} is not text in UTF-8.") from None
