"""Opening what is sealed to somebody's own words: the only module of this side that can, and only with what they typed.

It holds keys and text for one request. Nothing here raises for what was found inside: an error would carry it along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from crypto.change import Inheritance
from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from crypto.errors import LetterError, SealingError
from crypto.letter import parse_letter
from crypto.opening import Identity, open_sealed
from crypto.signing import verify_letter
from crypto.thread import ThreadKeys
from crypto.visit import IndexEntry

_NAMES: Final = {code: name for name, code in (LETTER_KINDS | NOTICE_KINDS).items()}
INHERITANCE: Final = "inheritance"


@dataclass(frozen=True, repr=False)
class Own:
    """One identity of a survivor, with the thread that it belongs to: of their words, or inherited from words before.

    `locator` has 32 hex, `verify_key` 64.
    """

    identity: Identity
    locator: str
    verify_key: str

    @classmethod
    def of(cls, keys: ThreadKeys) -> Self:
        """Return the identity of words."""
        return cls(Identity.from_seed(keys.identity_seed), keys.locator.hex(), keys.verify_key.hex())

    @cached_property
    def recipient(self) -> str:
        """The public half, `age1pq1…`."""
        return str(self.identity.recipient)


@dataclass(frozen=True, repr=False)
class Opened:
    """One entry of an index, opened.

    `content` is None where no identity opens it, or where its bytes are not here (`erased`: they are gone for good).
    `own` is the identity that opened it.
    """

    kind: str
    digest: str
    locator: str
    content: bytes | None
    own: Own | None
    erased: bool = False


class Opener:
    """Opens entries with the words' own identity, and with those that inheritances hold."""

    def __init__(self, keys: ThreadKeys) -> None:
        self.owns = [Own.of(keys)]

    @property
    def own(self) -> Own:
        """The identity of the words that were typed."""
        return self.owns[0]

    def inherit(self, inheritances: Sequence[tuple[IndexEntry, bytes]]) -> None:
        """Take over the identities of the words before: each sealed inheritance may hold what opens the next."""
        for _ in inheritances:
            known = self.owns[-1]
            held = [sealed for entry, sealed in inheritances if entry.locator.hex() == known.locator]
            before = _inherited(held[0], known) if held else None
            if before is None or before.locator in {own.locator for own in self.owns}:
                return
            self.owns.append(before)

    def open(self, entry: IndexEntry, sealed: bytes | None) -> Opened:
        """Return what `sealed` holds; None: its bytes were erased, or could not be fetched."""
        blank = Opened(
            name_of(entry.kind), entry.digest.hex(), entry.locator.hex(), None, None, erased=entry.parts == 0
        )
        if sealed is None:
            return blank
        likely = sorted(self.owns, key=lambda own: own.locator != blank.locator)
        for own in likely:
            content = _content(sealed, own)
            if content is not None:
                return Opened(blank.kind, blank.digest, blank.locator, content, own)
        return blank


def name_of(kind: int) -> str:
    """Return the name of a kind's code."""
    return _NAMES[kind]


def _content(sealed: bytes, own: Own) -> bytes | None:
    try:
        return open_sealed(sealed, [own.identity]).rstrip(b" ")
    except SealingError:
        return None


def _inherited(sealed: bytes, known: Own) -> Own | None:
    """Return the identity that an inheritance holds, if it is one and signed by the words that inherit."""
    content = _content(sealed, known)
    if content is None:
        return None
    try:
        letter = parse_letter(content)
        verify_letter(letter, known.verify_key)
    except LetterError:
        return None
    change = letter.change
    if not isinstance(change, Inheritance) or letter.locator != known.locator:
        return None
    return Own(Identity.from_seed(bytes.fromhex(change.identity)), change.locator, change.verify_key)
