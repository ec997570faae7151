"""What a thread turned out to hold, for a page to show. Nothing that failed a check is in it as what it claims to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from crypto.letter import Answer

Status = Literal["ok", "warning", "unreadable", "erased"]
Arrived = Literal["all", "some", "none"]


@dataclass(frozen=True, repr=False)
class Part:
    """One letter that somebody sent, or their draft.

    `digest` has 64 hex. With a `status` other than "ok" there is no content; a warning's `reason` is one of "form",
    "inquiry", "thread", "signature", "order". `locator` is of its thread, `card` the fingerprint (64 hex) of its card.
    """

    digest: str
    kind: str
    locator: str
    status: Status
    reason: str = ""
    sequence: int = 0
    card: str = ""
    answers: tuple[Answer, ...] = ()
    consents: tuple[Answer, ...] = ()


@dataclass(frozen=True, repr=False)
class Told:
    """One notice of the inquiry. With a warning there is no content, and a `reason`.

    Reasons are "unreadable", "form", "inquiry", "thread", "recipient", "card", "signature".
    """

    digest: str
    kind: str
    status: Status
    reason: str = ""
    locator: str = ""
    sequence: int = 0
    text: str = ""
    language: str = ""
    digests: tuple[str, ...] = ()
    days: int = 0
    through: int = 0


@dataclass(frozen=True, repr=False)
class View:
    """A whole thread.

    `state` is "open" or "withdrawn", `sequence` the next free place, `more` how many entries were too much for one page.
    `draft_days` is how long a draft is still kept. `before` are the locators of the words that these replaced.
    """

    state: str
    sequence: int
    parts: Sequence[Part]
    notices: Sequence[Told]
    arrived: Arrived
    draft: Part | None
    draft_days: int
    before: Sequence[str] = ()
    more: int = 0

    @cached_property
    def history(self) -> Sequence[tuple[Answer, ...]]:
        """The choices of the account and of every letter that changed them, oldest first."""
        return [part.consents for part in self.parts if part.status == "ok" and part.consents]

    @property
    def choices(self) -> tuple[Answer, ...]:
        """The choices that count now, as far as they can be shown."""
        return self.history[-1] if self.history and not self.are_choices_unseen else ()

    @cached_property
    def are_choices_unseen(self) -> bool:
        """Whether the letter whose choices count is erased here, or these words do not open it."""
        choosing = [part for part in self.parts if part.kind in {"account", "choices"}]
        return bool(choosing) and choosing[-1].status in {"erased", "unreadable"}

    @property
    def is_open(self) -> bool:
        """Whether anything can still be added or changed."""
        return self.state == "open"

    @property
    def has_sent(self) -> bool:
        """Whether anything was sent with these words, or with those before them."""
        return bool(self.parts) or self.more > 0

    @property
    def warnings(self) -> Sequence[Part | Told]:
        """Everything that is not what it claims to be."""
        everything: Sequence[Part | Told] = [*self.notices, *self.parts]
        return [one for one in everything if one.status == "warning"]

    @property
    def answers(self) -> Sequence[Told]:
        """The inquiry's answers; a receipt for arrival is told in a sentence of its own."""
        return [notice for notice in self.notices if notice.status == "ok" and notice.kind != "arrival"]
