"""Reading: one letter from the vault, opened in memory, as text for a person.

Headings are in `⟦ ⟧`, which no letter can print (see `reviewer.display`), so nothing in a letter can pass for one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from crypto.letter import UNFINISHED, Answer, Letter
from reviewer.display import safe_line, safe_text
from reviewer.entries import LetterEntry, Status
from reviewer.errors import ReadingError
from reviewer.ledger import LEAST_PREFIX, Ledger
from reviewer.opening import Opened, SetAsideError, Unlocked, check_inside, open_for_panel
from reviewer.vault import Vault

SHORT_ID: Final = 12
_PREFIX: Final = re.compile(f"[0-9a-f]{{{LEAST_PREFIX},64}}")


@dataclass(frozen=True)
class Reading:
    """A letter that was opened to be read, and what the ledger says about it."""

    entry: LetterEntry
    opened: Opened = field(repr=False)

    @property
    def content(self) -> bytes:
        """The letter's JSON exactly as it was sealed, without padding."""
        return self.opened.content

    def lines(self) -> Iterator[str]:
        """Yield the letter as lines for a terminal; an answer's text is one item, unwrapped."""
        yield from self.heading()
        yield from text_lines(self.opened.letter)
        yield self.ending()

    def heading(self) -> Iterator[str]:
        """Yield what stands before the text, last of all what it is about, so that nobody meets it unprepared."""
        letter = self.opened.letter
        yield f"⟦letter {self.entry.digest[:SHORT_ID]}⟧ {week_of(self.entry)}, bundle {self.entry.bundle}"
        if self.entry.reason:
            yield f"⟦set aside⟧ {self.entry.reason}. Do not rely on what the letter says about itself."
        yield from _about(letter)
        yield f"⟦before you read⟧ {content_note(letter)}"

    def ending(self) -> str:
        """Return the line after the text."""
        return f"⟦end of letter {self.entry.digest[:SHORT_ID]}⟧"


def text_lines(letter: Letter) -> Iterator[str]:
    """Yield what was written and chosen in a letter."""
    for part in parts_of(letter):
        yield from part.lines()


@dataclass(frozen=True)
class Part:
    """One answer or consent of a letter; `topic` is None when it is that of the part before."""

    heading: str
    answer: Answer = field(repr=False)
    topic: str | None

    @property
    def words(self) -> int:
        """How many words were typed in it."""
        return len((self.answer.text or "").split())

    def lines(self) -> Iterator[str]:
        """Yield the part as lines for a terminal."""
        answer = self.answer
        yield ""
        if self.topic is not None:
            yield f"⟦topic⟧ {safe_line(self.topic)}"
        yield f"⟦{self.heading}⟧ {safe_line(answer.question)}"
        if answer.text is not None:
            yield safe_text(answer.text)
        for choice in answer.chosen:
            yield f"⟦chosen⟧ {safe_line(choice.label)} ({safe_line(choice.value)})"


def parts_of(letter: Letter) -> list[Part]:
    """Return the parts of a letter, answers before consents, in their order."""
    return [
        part
        for heading, answers in (("question", letter.answers), ("choice", letter.consents))
        for part in _parts(heading, answers)
    ]


def content_note(letter: Letter) -> str:
    """Return what a letter is about and how long it is, in one line, without anything that was typed."""
    topics = ", ".join(dict.fromkeys(safe_line(answer.topic) for answer in letter.answers)) or "none"
    words = sum(part.words for part in parts_of(letter))
    return f"{len(letter.answers)} answer(s), {words} word(s) typed. Topics: {topics}."


def find(ledger: Ledger, name: str) -> LetterEntry:
    """Return the letter whose digest starts with `name` (at least 6 hex digits). Raises ReadingError."""
    if not _PREFIX.fullmatch(name.lower()):
        raise ReadingError(f"A letter's ID is at least {LEAST_PREFIX} of the digits that `reviewer list` shows.")
    found = ledger.letters_named(name.lower())
    if not found:
        raise ReadingError("No letter has that ID; see `reviewer list`.")
    if len(found) > 1:
        raise ReadingError("More than one letter's ID starts so; type more of it.")
    return found[0]


def read(entry: LetterEntry, vault: Vault, panel: Sequence[Unlocked]) -> Reading:
    """Open one letter. Raises VaultError, ReadingError."""
    if entry.status in {Status.WITHDRAWN, Status.DESTROYED}:
        raise ReadingError(
            f"Letter {entry.digest[:SHORT_ID]} was taken back by the person who wrote it: nobody reads it any more."
        )
    try:
        opened = open_for_panel(vault.fetch(entry.digest), panel)
        if entry.epoch is not None:
            check_inside(opened)
    except SetAsideError as error:
        epoch = "" if entry.epoch is None else f" It opens with shares of epoch {entry.epoch}."
        raise ReadingError(f"Letter {entry.digest[:SHORT_ID]} cannot be read: {error.reason}.{epoch}") from None
    return Reading(entry, opened)


def week_of(entry: LetterEntry) -> str:
    """Return the ISO week of arrival, "2026-W48", or that it is unknown."""
    year, week = divmod(entry.week, 100)
    return f"week {year:04}-W{week:02}" if entry.week else "week unknown"


def _about(letter: Letter) -> Iterator[str]:
    questions = letter.questions
    yield f"Inquiry: {safe_line(letter.inquiry)}, epoch {letter.epoch}"
    yield f"Channel: {safe_line(letter.channel)}"
    yield f"Language: {safe_line(letter.language)}"
    yield f"Questions: {safe_line(questions.id)}, version {questions.version}"
    yield f"Kind: {letter.kind}"
    if letter.call is not None:
        yield _call(letter)
    if letter.kind != UNFINISHED:
        yield _thread(letter)


def call_of(entry: LetterEntry) -> str:
    """Return which part of which call a letter is, in a few words, or nothing."""
    return f"part {entry.part} of call {entry.call[:SHORT_ID]}" if entry.call else ""


def _call(letter: Letter) -> str:
    """Say what a part of a call is. Its name is random, and only the letters of one call have it."""
    if letter.call is None:
        return ""
    call = f"call {letter.call.id[:SHORT_ID]}"
    if letter.kind != UNFINISHED:
        # What was sent before may have been erased, by the caller's wish or because it stands in the account as well.
        return f"This account ends {call}. What else there is of the call is in `reviewer thread`."
    named = f"part {letter.call.part} of {call}"
    if letter.call.taken_back:
        return f"The caller took back everything that was sent of the call: {named}."
    return (
        f"A call that broke off: {named}, sent because the caller had agreed to it. No choice in it counts; see `reviewer "
        "thread` for what else there is of the call."
    )


def _thread(letter: Letter) -> str:
    if letter.thread is None:
        return "No return words were taken: this person cannot be answered, and cannot add anything."
    reads_back = "can read this letter back" if letter.thread.reads_back else "chose not to be able to read it back"
    return f"Letter {letter.sequence + 1} of a thread. Return words were taken: the person can come back, and {reads_back}."


def _parts(heading: str, answers: Sequence[Answer]) -> Iterator[Part]:
    topic = None
    for answer in answers:
        yield Part(heading, answer, answer.topic if answer.topic != topic else None)
        topic = answer.topic
