"""What a form said, as a letter holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crypto.letter import Answer, Choice
from intake.errors import AnswerTooLongError, FormError
from intake.inquiry.folder import Inquiry
from intake.inquiry.questions import CHOICES_TOPIC, CONSENT_PREFIX, Question
from intake.language import Language


@dataclass(frozen=True)
class Submission:
    """What a form said, as a letter holds it. Nothing shows in its repr."""

    answers: tuple[Answer, ...] = field(repr=False)
    consents: tuple[Answer, ...] = field(repr=False)

    def is_urgent(self, inquiry: Inquiry) -> bool:
        """Say whether an answer was given that leads to help now."""
        urgent = {question.id: question.urgent_values for _, question in inquiry.each_question()}
        return any(choice.value in urgent.get(answer.id, ()) for answer in self.answers for choice in answer.chosen)


def read_form(inquiry: Inquiry, fields: Mapping[str, Sequence[str]], language: Language) -> Submission:
    """Return what the form's `fields` (name to values) answer, in the words that were shown.

    What was left empty is left out. Raises AnswerTooLongError; FormError when an option is not one that the form offers, or a field that
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
        over = len(values[0]) - question.most
        if question.most and over > 0:
            raise AnswerTooLongError(question.id, over)
        return Answer(name, topic, shown, values[0], ())
    labels = {option.value: language.gettext(option.label) for option in question.options}
    if any(value not in labels for value in values):
        raise FormError("One of the answers is not one that this form offers.")
    chosen = tuple(Choice(value, label) for value, label in labels.items() if value in values)
    return Answer(name, topic, shown, None, chosen)
