"""What is asked, as the files of an inquiry say it, and what is wrong with it beyond its shape."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from intake.inquiry.places import Fault, Place

ACCOUNT: Final = "account"
CONSENT_PREFIX: Final = "consent-"
CHOICES_TOPIC: Final = "choices"
# Names of the form's own steps, and names of its other elements: an id of the files may be neither, since a page needs
# each id once. Macros add the endings.
OWN_STEPS: Final = frozenset({CHOICES_TOPIC, "way-back", "check", "sent", "saved"})
OWN_ELEMENTS: Final = frozenset(
    {
        *("f", "seed", "words", "main-content", "journey", "navigation", "next", "back", "send", "message", "save"),
        *("go-on", "summary", "not-sent", "nothing-written", "room-left", "can-seal", "cannot-seal"),
        *("hold-text", "hold-unsigned"),
        *("service", "words_typed", "action", "digits", "language", "plain", "further", "keep", "step", "sure"),
    }
)
_OWN_FORMS: Final = re.compile(
    r"(step|consent|retype|words|sent|fingerprint|save|return|opened|exit|part|line|urgent|language)-.*|.*-(hint|error|beside|left|[0-9]+)"
)

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Text = Annotated[str, Meta(min_length=1)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a file: nothing unknown in it, nothing converted, nothing changed afterwards."""


class Option(Part, frozen=True):
    """One option of a closed question. `urgent`: who chooses it is shown where help is to be had now, before sending."""

    value: Name
    label: Text
    urgent: bool = False


class Prompt(Part, frozen=True):
    """Something to think of while writing, shown when it is opened."""

    title: Text
    text: Text


class Scope(Part, frozen=True):
    """One part of the inquiry's scope."""

    id: Name
    label: Text


class Question(Part, frozen=True):
    """One question: `text` is typed, `one` or `many` options are chosen.

    `rows` is the height of its field in lines, `most` how many characters it holds (0: as many as a letter). `beside` says,
    next to the field, what follows from an answer; `prompts` are opened one at a time. `scopes` are ids.
    """

    id: Name
    kind: Literal["text", "one", "many"]
    text: Text
    hint: str = ""
    beside: str = ""
    rows: Annotated[int, Meta(ge=2, le=40)] = 5
    most: Annotated[int, Meta(ge=0, le=10_000)] = 0
    options: tuple[Option, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    scopes: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        """Refuse options where text is typed, and their absence elsewhere."""
        if (self.kind == "text") != (not self.options):
            raise ValueError('a question of kind "text" has no options, and every other kind has some')
        if self.most and self.kind != "text":
            raise ValueError('only a question of kind "text" holds so many characters at most')

    @property
    def urgent_values(self) -> Sequence[str]:
        """The values of urgent options."""
        return [option.value for option in self.options if option.urgent]


class Topic(Part, frozen=True):
    """Questions that are shown together.

    `note` says what is asked before it is shown, with a choice to pass over it. With `after_check` the topic is offered only
    once everything else was looked over, and is skipped by not opening it.
    """

    id: Name
    title: Text
    questions: Annotated[tuple[Question, ...], Meta(min_length=1)]
    intro: str = ""
    note: str = ""
    after_check: bool = False


class QuestionFile(Part, frozen=True):
    """One file of questions. The first of an inquiry also says what every closed question offers, and the scopes."""

    id: Name
    version: Annotated[int, Meta(ge=1)]
    topics: Annotated[tuple[Topic, ...], Meta(min_length=1)]
    always: tuple[Option, ...] = ()
    scopes: tuple[Scope, ...] = ()


class Consent(Part, frozen=True):
    """One thing that a survivor decides about their account."""

    id: Name
    text: Text
    hint: str = ""


class Choices(Part, frozen=True):
    """All that a survivor decides, each with the same options."""

    title: Text
    options: Annotated[tuple[Option, ...], Meta(min_length=2)]
    consents: Annotated[tuple[Consent, ...], Meta(min_length=1)]
    intro: str = ""

    def as_questions(self) -> Iterator[Question]:
        """Yield the consents as questions, under the names that their fields have."""
        for consent in self.consents:
            name = CONSENT_PREFIX + consent.id
            yield Question(id=name, kind="one", text=consent.text, hint=consent.hint, options=self.options)


def check_choices(choices: Choices) -> None:
    """Raise Fault for a name that comes twice."""
    seen: set[str] = set()
    for at, consent in enumerate(choices.consents):
        _once("id", consent.id, seen, ("consents", at, "id"))
    _check_values(choices.options, (), ("options",))


class QuestionCheck:
    """Looks through the question files of one inquiry, in their order, for what their shape does not show."""

    def __init__(self, first: QuestionFile) -> None:
        self._always = first.always
        self._scopes = {scope.id for scope in first.scopes}
        self._topics: set[str] = set()
        self._questions: set[str] = set()
        self.has_account = False

    def look_through(self, file: QuestionFile) -> None:
        """Raise Fault for the first thing wrong in `file`."""
        for at, topic in enumerate(file.topics):
            place: Place = ("topics", at)
            _once("id", topic.id, self._topics, (*place, "id"), OWN_STEPS)
            for number, question in enumerate(topic.questions):
                self._look_at(question, (*place, "questions", number))
                self.has_account |= question.id == ACCOUNT and question.kind == "text" and not topic.after_check

    def _look_at(self, question: Question, place: Place) -> None:
        _once("id", question.id, self._questions, (*place, "id"), OWN_ELEMENTS, _OWN_FORMS)
        _check_values(question.options, self._always if question.kind != "text" else (), (*place, "options"))
        for scope in question.scopes:
            if scope not in self._scopes:
                raise Fault((*place, "scopes"), f"there is no scope {scope}")


def _check_values(options: Sequence[Option], always: Sequence[Option], place: Place) -> None:
    seen = {option.value for option in always}
    for at, option in enumerate(options):
        _once("value", option.value, seen, (*place, at))


def _once(
    what: str,
    name: str,
    seen: set[str],
    place: Place,
    own: frozenset[str] = frozenset(),
    own_form: re.Pattern[str] | None = None,
) -> None:
    """Add `name` to those that were `seen`; raise Fault for one that comes twice or that the form itself uses."""
    if name in seen:
        raise Fault(place, f"the {what} {name} is used twice")
    if name in own or (own_form and own_form.fullmatch(name)):
        raise Fault(place, f"the {what} {name} is one that the form itself uses; choose another")
    seen.add(name)
