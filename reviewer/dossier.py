"""One person's whole thread: its letters, those of the words before, what was answered, and the choices that count now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from crypto.constants import LETTER_KINDS
from crypto.errors import LetterSignatureError
from crypto.letter import ACCOUNT, UNFINISHED
from crypto.signing import verify_letter
from reviewer.choices import Effective, Standing, Voice, effective_choices
from reviewer.entries import LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.errors import ReadingError, VaultError
from reviewer.ledger import Ledger
from reviewer.reading import Reading

CARRIES_KEYS, SIGNED, NOT_OPENED = "carries the keys of the thread", "signed by the words", "not opened"
NO_WORDS, UNVERIFIED = "has no return words", "NOT signed by the words"
BROKE_OFF = "the call broke off; no choice in it counts"
_UNFINISHED = LETTER_KINDS[UNFINISHED]
_DECIDE = frozenset({LETTER_KINDS[ACCOUNT], LETTER_KINDS["choices"]})


@dataclass(frozen=True)
class Sheet:
    """One letter of a thread. `words` counts the return words, the oldest as 0; `reading` is None where it was not opened."""

    entry: LetterEntry
    words: int
    verification: str
    reading: Reading | None = field(default=None, repr=False)

    @property
    def voice(self) -> Voice:
        """The letter as far as choices go."""
        is_known = self.reading is not None and self.verification != UNVERIFIED
        return _voice(self.entry, self.words, is_known=is_known, reading=self.reading)

    @property
    def is_unfinished(self) -> bool:
        """Whether it is a part of a call that broke off."""
        return self.entry.kind == _UNFINISHED


@dataclass(frozen=True)
class Outline:
    """A thread as the ledger has it. `thread` is where it goes on now, None while no account of it counts or it has no words.

    `effective` says whether its choices can count, and which letter they are in, as far as that can be told without opening anything.
    """

    thread: ThreadEntry | None
    sheets: Sequence[Sheet]
    notices: Sequence[NoticeEntry]
    effective: Effective

    @property
    def state(self) -> str:
        """What the thread is now, in a word."""
        if self.thread is not None:
            return self.thread.state
        if all(sheet.is_unfinished for sheet in self.sheets):
            return "unfinished call"
        return "waiting" if any(sheet.entry.status == Status.WAITING for sheet in self.sheets) else "no return words"


@dataclass(frozen=True)
class Dossier(Outline):
    """A thread whose letters were opened and verified again, with the choices in them."""

    @property
    def deciding(self) -> list[Sheet]:
        """The letters that said what is chosen, in their order: the last one is the one that counts."""
        return [
            sheet
            for sheet in self.sheets
            if sheet.entry.status == Status.IMPORTED
            and sheet.entry.kind in _DECIDE
            and sheet.voice.consents is not None
        ]


def open_dossier(ledger: Ledger, read: Callable[[LetterEntry], Reading], entry: LetterEntry) -> Dossier:
    """Return the thread that a letter belongs to, with the parts of the calls that it came from.

    What counts in it is read, which may raise ReadingError or VaultError, and verified again. Raises LedgerError.
    """
    keys, found = _found(ledger, entry)
    sheets = _in_order(_sheet(letter, words, read) for letter, words in found)
    voices = [sheet.voice for sheet in sheets if not sheet.is_unfinished]
    return Dossier(*_around(ledger, keys, sheets), effective_choices(voices, is_whole=_is_whole(ledger, keys)))


def outline(ledger: Ledger, entry: LetterEntry) -> Outline:
    """Return the same thread without opening anything: no letter is read, and no choice is in it. Raises LedgerError."""
    keys, found = _found(ledger, entry)
    sheets = _in_order(Sheet(letter, words, NOT_OPENED) for letter, words in found)
    return Outline(*_around(ledger, keys, sheets), _unopened(ledger, keys, found))


def counts_now(ledger: Ledger, entry: LetterEntry) -> bool:
    """Say, without opening anything, whether the choices in a letter are those that count now."""
    effective = _unopened(ledger, *_found(ledger, entry))
    return effective.standing is Standing.CLEAR and effective.decided_by == entry.digest


def _unopened(ledger: Ledger, keys: Sequence[str], found: Sequence[tuple[LetterEntry, int]]) -> Effective:
    """Return whether choices can count and which letter they are in, taking each that counts for one that opens and verifies."""
    voices = [
        _voice(letter, words, is_known=True, reading=None) for letter, words in found if letter.kind != _UNFINISHED
    ]
    return effective_choices(voices, is_whole=_is_whole(ledger, keys))


def _is_whole(ledger: Ledger, keys: Sequence[str]) -> bool:
    return not keys or ledger.counts().missing == 0


def _in_order(sheets: Iterable[Sheet]) -> list[Sheet]:
    return sorted(sheets, key=lambda sheet: (sheet.voice.place, _part(sheet), sheet.voice.brought, sheet.entry.digest))


def _around(
    ledger: Ledger, keys: Sequence[str], sheets: Sequence[Sheet]
) -> tuple[ThreadEntry | None, Sequence[Sheet], Sequence[NoticeEntry]]:
    """Return where the thread goes on, its letters, and what was answered."""
    return ledger.thread(keys[-1]) if keys else None, sheets, ledger.notices(keys) if keys else []


def _keys(ledger: Ledger, entry: LetterEntry) -> list[str]:
    """Return the verify keys of a thread, those of the oldest words first; none for a letter that belongs to no thread."""
    if entry.verify_key is None:
        return []
    thread = ledger.thread(entry.verify_key)
    return [entry.verify_key] if thread is None else ledger.keys_before(thread.verify_key)[::-1]


def _found(ledger: Ledger, entry: LetterEntry) -> tuple[list[str], list[tuple[LetterEntry, int]]]:
    """Return the verify keys of the thread that a letter belongs to, and every letter of it, with the words it is under."""
    calls = ledger.letters_of_calls([entry.call] if entry.call else [])
    # An unfinished part leads to the thread of the account that ended its call.
    ends = [letter for letter in calls if letter.kind != _UNFINISHED and letter.verify_key]
    keys = _keys(ledger, ends[0] if ends and entry.verify_key is None else entry)
    letters = ledger.letters_of_threads(keys) if keys else calls or [entry]
    found = {letter.digest: (letter, keys.index(letter.verify_key)) for letter in letters if letter.verify_key in keys}
    named = {letter.call for letter in letters if letter.call}
    parts = [letter for letter in ledger.letters_of_calls(named) if letter.digest not in found]
    found |= {part.digest: (part, 0) for part in parts if part.kind == _UNFINISHED or not keys}
    return keys, list(found.values()) or [(entry, 0)]


def _part(sheet: Sheet) -> int:
    """Return where a letter stands among the parts of its call."""
    return sheet.entry.part or 0


def _sheet(entry: LetterEntry, words: int, read: Callable[[LetterEntry], Reading]) -> Sheet:
    """Open a letter that counts; the others are only named."""
    if entry.status != Status.IMPORTED:
        return Sheet(entry, words, NOT_OPENED)
    try:
        reading = read(entry)
    except (ReadingError, VaultError):
        return Sheet(entry, words, NOT_OPENED)
    letter = reading.opened.letter
    if letter.kind == UNFINISHED:
        return Sheet(entry, words, BROKE_OFF, reading)
    if letter.kind == ACCOUNT:
        return Sheet(entry, words, CARRIES_KEYS if letter.thread else NO_WORDS, reading)
    try:
        verify_letter(letter, entry.verify_key or "")
    except LetterSignatureError:
        return Sheet(entry, words, UNVERIFIED, reading)
    return Sheet(entry, words, SIGNED, reading)


def _voice(entry: LetterEntry, words: int, *, is_known: bool, reading: Reading | None) -> Voice:
    consents = reading.opened.letter.consents if reading is not None else ()
    return Voice(
        digest=entry.digest,
        kind=entry.kind,
        words=words,
        sequence=entry.sequence,
        brought=(entry.generation, entry.bundle),
        status=entry.status,
        reason=entry.reason,
        consents=consents if is_known else None,
    )
