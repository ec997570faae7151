"""Putting what a draft or earlier choices hold back into the fields of a form."""

from collections.abc import Iterable, Mapping, Sequence

from crypto.letter import Answer
from intake.inquiry import ACCOUNT, CONSENT_PREFIX, Inquiry, Question


def fields_of(inquiry: Inquiry, answers: Sequence[Answer], consents: Sequence[Answer]) -> Mapping[str, Sequence[str]]:
    """Return the form's fields (name to values) that say the same as `answers` and `consents`.

    What the form no longer asks is put at the end of the account, with its question, so that nothing is lost.
    """
    questions = {question.id: question for _, question in inquiry.each_question()}
    choices = {consent.id.removeprefix(CONSENT_PREFIX): consent for consent in inquiry.each_consent()}
    fields = {answer.id: _values(answer) for answer in answers if _fits(answer, questions.get(answer.id))}
    rest = [answer for answer in answers if answer.id not in fields]
    if rest:
        fields[ACCOUNT] = ["\n\n".join([*fields.get(ACCOUNT, ()), *map(_written, rest)])]
    fields |= {CONSENT_PREFIX + one.id: _values(one) for one in consents if _fits(one, choices.get(one.id))}
    return fields


def typed_in(answers: Iterable[Answer]) -> str:
    """Return all that was typed in a draft as one text."""
    return "\n\n".join(answer.text for answer in answers if answer.text)


def is_sent(name: str, done: str) -> bool:
    """Say whether the field `name` need not be filled again after `done`: what it held is kept elsewhere now."""
    if done in {"send", "withdraw"}:
        return True
    if done in {"choices", "same-choices"}:
        return name.startswith(CONSENT_PREFIX)
    return done in {"add", "draft", "discard"} and not name.startswith(CONSENT_PREFIX)


def _fits(answer: Answer, question: Question | None) -> bool:
    """Say whether the form still asks this, and still offers what was chosen."""
    if question is None or (question.kind == "text") != (answer.text is not None):
        return False
    if question.kind == "one" and len(answer.chosen) > 1:
        return False
    offered = {option.value for option in question.options}
    return all(choice.value in offered for choice in answer.chosen)


def _values(answer: Answer) -> list[str]:
    return [choice.value for choice in answer.chosen] if answer.text is None else [answer.text]


def _written(answer: Answer) -> str:
    said = ", ".join(choice.label for choice in answer.chosen) if answer.text is None else answer.text
    return f"{answer.question}\n{said}"
