"""What a form of the return page asks for, and what came of it."""

from dataclasses import dataclass

from crypto.letter import Answer
from crypto.words import ReturnWords
from intake.unscripted.view import View


@dataclass(frozen=True, repr=False)
class Wish:
    """What a form asks for.

    `action` is open, add, choices, draft, send, discard, withdraw or replace. `further` is a further part that was typed;
    `answers` and `consents` are those of the whole form. `draft` is the digest (64 hex, or "") of the draft that the
    fields were filled with, `draft_seen` of the one that the page showed; `keep` what a withdrawal leaves, `is_sure` the second step of what cannot be undone.
    """

    action: str
    further: tuple[Answer, ...] = ()
    answers: tuple[Answer, ...] = ()
    consents: tuple[Answer, ...] = ()
    reads_back: bool = False
    draft: str = ""
    draft_seen: str = ""
    keep: str = ""
    is_sure: bool = False


@dataclass(frozen=True, repr=False)
class Outcome:
    """What came of it: the thread as it is now (None: the words open nothing), and one of `done`, `trouble`, `step`.

    `done` and `trouble` are words for a sentence, `step` is an action that waits for a second yes. `words` are the new
    ones, when words are being replaced.
    """

    view: View | None
    done: str = ""
    trouble: str = ""
    step: str = ""
    words: ReturnWords | None = None
