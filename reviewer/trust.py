"""Which intake side this station believes: its public minisign key, after a person compared its words.

The words must come another way than the file did: read out over the telephone, or printed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto import words_entry
from crypto.constants import WORD_NUMBER_OFFSET
from crypto.minisigning import VerifyKey
from crypto.words import fingerprint_words
from reviewer.errors import TrustError
from reviewer.files import read_small, show, write_new
from reviewer.station import Station

_KEY_BYTES: Final = 16_384


@dataclass(frozen=True)
class Candidate:
    """A key that somebody asks this station to trust."""

    key: VerifyKey

    @classmethod
    def read(cls, path: Path) -> "Candidate":
        """Read a public key file. Raises TrustError for anything else, KeyFileError, FolderError."""
        try:
            return cls(VerifyKey.parse(read_small(path, _KEY_BYTES).decode("ascii")))
        except UnicodeDecodeError:
            raise TrustError(f"{show(path)} is not a minisign public key; copy intake.pub again.") from None

    @property
    def words(self) -> tuple[str, ...]:
        """The fingerprint as six words."""
        return fingerprint_words(self.key.fingerprint)[0]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The fingerprint as six numbers."""
        return fingerprint_words(self.key.fingerprint)[1]

    def confirm(self, typed: str) -> None:
        """Raise TrustError unless `typed` (words or numbers, spelt forgivingly) is this key's fingerprint."""
        index_by_word = words_entry.index_by_word()
        items = words_entry.split(typed)
        numbers = [str(index_by_word[item] + WORD_NUMBER_OFFSET) if item in index_by_word else item for item in items]
        if tuple(numbers) != self.numbers:
            raise TrustError(
                "Those are not this key's words, so it is not trusted. Check the typing; if they still differ from what "
                "the intake side reads out, the file was swapped on its way."
            )


def trusted_key(station: Station) -> VerifyKey | None:
    """Return the key that is trusted, or None. Raises KeyFileError, FolderError."""
    if not station.trusted.exists():
        return None
    return Candidate.read(station.trusted).key


def require_trusted_key(station: Station) -> VerifyKey:
    """Return the key that is trusted. Raises TrustError when there is none."""
    key = trusted_key(station)
    if key is None:
        raise TrustError("This station trusts no intake side yet; run `reviewer trust FILE` with its intake.pub.")
    return key


def check_replacement(station: Station, candidate: Candidate, replace: bool) -> None:
    """Raise TrustError when another key is trusted and `replace` was not asked for."""
    known = trusted_key(station)
    if known is not None and known != candidate.key and not replace:
        raise TrustError(
            "This station trusts another key already. A new key is rare: ask the intake side why, then add --replace."
        )


def keep(station: Station, candidate: Candidate) -> None:
    """Trust a key that was confirmed. Raises FolderError."""
    write_new(station.trusted, candidate.key.encode().encode("ascii"), replace=True)
