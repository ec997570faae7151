"""The questions of an inquiry as fields of a form: what the GOV.UK macros need to show each of them, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from intake.inquiry import CHOICES_TOPIC, Inquiry, Question
from intake.language import Language

FORM_ID: Final = "f"


class FieldProblem(Protocol):
    """What is wrong with the field named `field`, in a sentence."""

    @property
    def text(self) -> str:
        """The sentence."""

    @property
    def field(self) -> str | None:
        """The question's id."""


@dataclass(frozen=True)
class FormFields:
    """The fields of every form that asks the inquiry's questions."""

    inquiry: Inquiry
    language: Language

    def context(
        self, typed: Mapping[str, Sequence[str]], problem: FieldProblem | None, *, plain: bool = False
    ) -> dict[str, Any]:
        """Return what the templates of the account need. `typed` fills the fields; `plain`: for text browsers."""
        return {
            "plain": plain,
            "no_answer": self._no_answer,
            "consents": list(self.inquiry.each_consent()),
            "choices_topic": CHOICES_TOPIC,
            "field": partial(self._field, typed, problem, plain),
            "typed": typed,
            "problem": problem,
        }

    def _no_answer(self, values: Sequence[str]) -> dict[str, Any]:
        """Return the option for text browsers that stands for none: lynx takes the first, where none is chosen, for chosen."""
        return {"value": "", "text": self.language.gettext("No answer"), "checked": not any(values)}

    def _field(
        self,
        typed: Mapping[str, Sequence[str]],
        problem: FieldProblem | None,
        plain: bool,
        topic: str,
        question: Question,
    ) -> dict[str, Any]:
        """Return the parameters of the GOV.UK macro that shows `question`."""
        gettext = self.language.gettext
        values = list(typed.get(question.id, ()))
        hint: dict[str, Any] = {"hint": {"text": gettext(question.hint)}} if question.hint else {}
        beside = [f"{question.id}-beside"] if question.beside else []
        left = [f"{question.id}-left"] if question.most else []
        if beside or left:
            hint["describedBy"] = " ".join([*beside, *left])
        error = {}
        if problem and problem.field == question.id:
            error = {"errorMessage": {"text": problem.text, "visuallyHiddenText": gettext("Error")}}
        common = {"idPrefix": question.id, "id": question.id, "name": question.id, **hint, **error}
        if question.kind == "text":
            return {
                **common,
                "label": {"text": gettext(question.text), "classes": "govuk-label--m"},
                "rows": question.rows,
                # The parser drops one newline at the start of a textarea, which may be one that was typed.
                "value": "\n" + values[0] if values else "",
                "spellcheck": False,
                "autocomplete": "off",
                "attributes": {"form": FORM_ID, "dir": "auto"},
            }
        return {
            **common,
            "fieldset": {"legend": {"text": gettext(question.text), "classes": "govuk-fieldset__legend--m"}},
            "items": ([self._no_answer(values)] if plain and question.kind != "many" else [])
            + [
                {
                    "value": option.value,
                    "text": gettext(option.label),
                    "checked": option.value in values,
                    "attributes": {"form": FORM_ID, "autocomplete": "off", "data-label": gettext(option.label)},
                }
                for option in (question if topic == CHOICES_TOPIC else self.inquiry.complete(question)).options
            ],
        }
