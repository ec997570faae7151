"""The inquiry as data: who it is, how it can be reached, what it asks. One TOML file, checked when the service starts."""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from crypto.letter import Answer, Choice, QuestionSet
from intake.errors import FormError, IntakeError
from intake.language import Language

SHIPPED: Final = Path(__file__).parent / "content" / "inquiry.toml"
ACCOUNT: Final = "account"
CONSENT_PREFIX: Final = "consent-"
CHOICES_TOPIC: Final = "choices"
# Names of the form's own steps, and names of its other elements: an id of the file may be neither, since a page needs
# each id once. Macros add the endings.
OWN_STEPS: Final = frozenset({CHOICES_TOPIC, "way-back", "check", "sent", "saved"})
OWN_ELEMENTS: Final = frozenset(
    {
        *(
            "f",
            "seed",
            "words",
            "main-content",
            "journey",
            "navigation",
            "next",
            "back",
            "send",
            "message",
            "save",
            "go-on",
        ),
        *("summary", "not-sent", "nothing-written", "room-left", "can-seal", "cannot-seal"),
        *("service", "words_typed"),
    }
)
_OWN_FORMS: Final = re.compile(
    r"(step|consent|retype|words|sent|fingerprint|save|return|opened)-.*|.*-(hint|error|[0-9]+)"
)

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Text = Annotated[str, Meta(min_length=1)]


class InquiryError(IntakeError):
    """The inquiry's file is missing, is not TOML, or holds something that a form cannot be made of."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: nothing unknown in it, nothing converted, nothing changed afterwards."""


class Option(_Part, frozen=True):
    """One option of a closed question."""

    value: Name
    label: Text


class Question(_Part, frozen=True):
    """One question: `text` is typed, `one` or `many` options are chosen. `rows` is the height of its field in lines."""

    id: Name
    kind: Literal["text", "one", "many"]
    text: Text
    hint: str = ""
    rows: Annotated[int, Meta(ge=2, le=40)] = 5
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        """Refuse options where text is typed, and their absence elsewhere."""
        if (self.kind == "text") != (not self.options):
            raise ValueError('a question of kind "text" has no options, and every other kind has some')


class Topic(_Part, frozen=True):
    """Questions that are shown together."""

    id: Name
    title: Text
    questions: Annotated[tuple[Question, ...], Meta(min_length=1)]
    intro: str = ""


class Consent(_Part, frozen=True):
    """One thing that a survivor decides about their account."""

    id: Name
    text: Text
    hint: str = ""


class Choices(_Part, frozen=True):
    """All that a survivor decides, each with the same options."""

    title: Text
    options: Annotated[tuple[Option, ...], Meta(min_length=2)]
    consents: Annotated[tuple[Consent, ...], Meta(min_length=1)]
    intro: str = ""


class Line(_Part, frozen=True):
    """The phone line."""

    number: Text
    hours: Text


class Post(_Part, frozen=True):
    """The postal address, and what to say about it."""

    address: Annotated[tuple[Text, ...], Meta(min_length=1)]
    note: str = ""


class Support(_Part, frozen=True):
    """What stands wherever someone may need help now."""

    text: Text


class _Questions(_Part, frozen=True):
    id: Name
    version: Annotated[int, Meta(ge=1)]


class Inquiry(_Part, frozen=True):
    """The whole file. `sha256` (64 hex) names its exact bytes."""

    id: Name
    name: Text
    service: Text
    questions: _Questions
    line: Line
    post: Post
    support: Support
    always: tuple[Option, ...]
    topics: Annotated[tuple[Topic, ...], Meta(min_length=1)]
    choices: Choices
    sha256: str

    def __post_init__(self) -> None:
        """Refuse names that are used twice, and a form that has no account."""
        questions = [question for _, question in self.each_question()]
        _once("id", (topic.id for topic in self.topics), OWN_STEPS)
        _once("id", (question.id for question in questions), OWN_ELEMENTS, _OWN_FORMS)
        _once("id", (consent.id for consent in self.choices.consents))
        for question in (*questions, *self.each_consent()):
            _once("value", (option.value for option in question.options))
        if not any(question.id == ACCOUNT and question.kind == "text" for question in questions):
            raise ValueError(f'one question of kind "text" must have the id {ACCOUNT}')

    @property
    def question_set(self) -> QuestionSet:
        """What a letter says about the questions that were shown."""
        return QuestionSet(self.questions.id, self.questions.version, self.sha256)

    def each_question(self) -> Iterator[tuple[str, Question]]:
        """Yield (topic id, question) in the order of the file; closed questions with what they always offer."""
        for topic in self.topics:
            for question in topic.questions:
                yield topic.id, self.complete(question)

    def each_consent(self) -> Iterator[Question]:
        """Yield the consents as questions, under the names that their fields have."""
        for consent in self.choices.consents:
            yield Question(
                id=CONSENT_PREFIX + consent.id,
                kind="one",
                text=consent.text,
                hint=consent.hint,
                options=self.choices.options,
            )

    def complete(self, question: Question) -> Question:
        """Return a closed question with the options that every closed question also offers."""
        if question.kind == "text":
            return question
        return msgspec.structs.replace(question, options=question.options + self.always)


def _once(
    what: str, names: Iterable[str], own: frozenset[str] = frozenset(), own_form: re.Pattern[str] | None = None
) -> None:
    """Raise ValueError for a name that comes twice, is one of the form's `own`, or has the form of such a one."""
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"the {what} {name} is used twice")
        if name in own or (own_form and own_form.fullmatch(name)):
            raise ValueError(f"the {what} {name} is one that the form itself uses; choose another")


@dataclass(frozen=True)
class Submission:
    """What a form said, as a letter holds it. Nothing shows in its repr."""

    answers: tuple[Answer, ...] = field(repr=False)
    consents: tuple[Answer, ...] = field(repr=False)


def load_inquiry(path: Path = SHIPPED) -> Inquiry:
    """Read and check an inquiry's file. Raises InquiryError with one sentence that says where the first fault is."""
    try:
        data = path.read_bytes()
        document = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise InquiryError(f"The inquiry's file cannot be read ({error.strerror}); see the setting inquiry.") from None
    except ValueError as error:
        raise InquiryError(f"The inquiry's file is not TOML: {error}.") from None
    try:
        return msgspec.convert({**document, "sha256": hashlib.sha256(data).hexdigest()}, Inquiry)
    except msgspec.ValidationError as error:
        raise InquiryError(f"The inquiry's file is wrong: {error}.") from None


def read_form(inquiry: Inquiry, fields: Mapping[str, Sequence[str]], language: Language) -> Submission:
    """Return what the form's `fields` (name to values) answer, in the words that were shown.

    What was left empty is left out. Raises FormError when an option is not one that the form offers, or a field that
    the form has once comes twice: nothing that somebody wrote is dropped in silence.
    """
    answers = [_answer(topic, question, fields, language) for topic, question in inquiry.each_question()]
    consents = [_answer(CHOICES_TOPIC, consent, fields, language) for consent in inquiry.each_consent()]
    return Submission(tuple(a for a in answers if a), tuple(c for c in consents if c))


def _answer(topic: str, question: Question, fields: Mapping[str, Sequence[str]], language: Language) -> Answer | None:
    values = [value for value in fields.get(question.id, ()) if value.strip()]
    if not values:
        return None
    name = question.id.removeprefix(CONSENT_PREFIX) if topic == CHOICES_TOPIC else question.id
    shown = language.gettext(question.text)
    if question.kind != "many" and len(values) > 1:
        raise FormError("One of the answers came twice.")
    if question.kind == "text":
        return Answer(name, topic, shown, values[0], ())
    labels = {option.value: language.gettext(option.label) for option in question.options}
    if any(value not in labels for value in values):
        raise FormError("One of the answers is not one that this form offers.")
    chosen = tuple(Choice(value, label) for value, label in labels.items() if value in values)
    return Answer(name, topic, shown, None, chosen)
