"""The survivors' pages as HTML. Whatever a person typed is escaped by the template engine, always as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Protocol

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

import templates
from crypto.card import PanelCard, encode_card
from crypto.notice import Notice
from crypto.words import ReturnWords
from intake.inquiry import CHOICES_TOPIC, Inquiry, Question
from intake.language import ENGLISH, Language

_MACROS: Final = "govuk_frontend_jinja"
FORM_ID: Final = "f"
# Stands where the seed will, while the rest of the form is kept; no seed looks like it.
_SEED_PLACE: Final = "seed" * 16


class AssetNames(Protocol):
    """Where scripts and styles are served."""

    def url(self, name: str) -> str:
        """Return the address of the file with that name."""

    def integrity(self, name: str) -> str:
        """Return its integrity attribute."""


@dataclass(frozen=True)
class Problem:
    """What went wrong, for a page: a heading, a sentence that says what to do, and the field it is about, if one."""

    heading: str
    text: str
    field: str | None = None


@dataclass(frozen=True)
class Periods:
    """What pages promise, in days: how long a draft is kept, and how long sealed remnants may last after a withdrawal."""

    draft_days: int = 30
    remnant_days: int = 90


def hold_text(holds: Sequence[Notice]) -> str:
    """Return what the station's holds (verified, in force) say, with their dates; "" when there is none."""
    return " ".join(f"{hold.text} ({hold.valid_from} – {hold.valid_to})".strip() for hold in holds)


class _Blank:
    """An empty form in the pieces that its seed joins: every visit asks for it, and only the seed changes."""

    def __init__(self) -> None:
        self._key: object = None
        self._pieces: Sequence[str] = ()

    def pieces(self, key: object, render: Callable[[str], str]) -> Sequence[str]:
        """Return the pieces of what `render` makes of a seed; it is asked again only when `key` changes."""
        if key != self._key:
            self._key, self._pieces = key, render(_SEED_PLACE).split(_SEED_PLACE)
        return self._pieces


class Pages:
    """Renders every page of the survivors' site in one language."""

    def __init__(
        self, inquiry: Inquiry, assets: AssetNames, language: Language = ENGLISH, periods: Periods | None = None
    ) -> None:
        self._inquiry = inquiry
        self.language = language
        self._environment = _environment(language)
        self._blank_share, self._blank_return = _Blank(), _Blank()
        self._environment.globals |= {
            "inquiry": inquiry,
            "language": language,
            "asset": assets.url,
            "integrity": assets.integrity,
            "periods": periods or Periods(),
        }

    def start(self, hold: str = "") -> str:
        """Return the first page: what this is, and the ways to share. `hold` is what `hold_text` returned."""
        return self._render("start.html", hold=hold)

    def share(
        self,
        card: PanelCard | None,
        today: date,
        seed: str,
        typed: Mapping[str, Sequence[str]] | None = None,
        problem: Problem | None = None,
        unscripted: bool = True,
        hold: str = "",
    ) -> str:
        """Return the form, for browsers with and without scripts.

        `seed` (64 hex) makes sending twice harmless; `typed` fills the fields again after a `problem`. Without a card
        that is valid today the page says so and offers the other ways; so it does without scripts if not `unscripted`.
        `hold` is what `hold_text` returned.
        """

        def render(seed: str) -> str:
            return self._share(card, today, seed, typed or {}, problem, unscripted, hold)

        if typed is None and problem is None:
            return seed.join(self._blank_share.pieces((card, today, unscripted, hold), render))
        return render(seed)

    def _share(
        self,
        card: PanelCard | None,
        today: date,
        seed: str,
        typed: Mapping[str, Sequence[str]],
        problem: Problem | None,
        unscripted: bool,
        hold: str,
    ) -> str:
        return self._render(
            "share.html",
            **self._form(typed, problem),
            cards=_encode([card]) if card and card.is_valid_on(today) else "",
            demonstration=card is not None and card.demonstration,
            today=today.isoformat(),
            seed=seed,
            unscripted=unscripted,
            hold=hold,
        )

    def return_page(
        self,
        cards: Sequence[PanelCard],
        today: date,
        hold: str,
        problem: Problem | None = None,
        typed: Mapping[str, Sequence[str]] | None = None,
        unscripted: bool = True,
        seed: str = "",
    ) -> str:
        """Return the page where words are entered, for browsers with and without scripts.

        `cards` are all of the inquiry's, oldest first; an expired one does not close this page. `typed` fills the field
        `words_typed` again after a `problem`, whose `field` is then that name. `hold` is what `hold_text` returned.
        """

        def render(seed: str) -> str:
            return self._render(
                "return.html",
                **self._form({}, None) | {"typed": typed or {}, "problem": problem},
                cards=_encode(cards),
                demonstration=any(card.demonstration for card in cards),
                today=today.isoformat(),
                seed=seed,
                unscripted=unscripted,
                hold=hold,
            )

        if typed is None and problem is None:
            return seed.join(self._blank_return.pieces((tuple(cards), today, unscripted, hold), render))
        return render(seed)

    def _form(self, typed: Mapping[str, Sequence[str]], problem: Problem | None) -> dict[str, object]:
        """Return what the templates of the account need."""
        return {
            "consents": list(self._inquiry.each_consent()),
            "choices_topic": CHOICES_TOPIC,
            "field": partial(self._field, typed, problem),
            "typed": typed,
            "problem": problem,
        }

    def sent(self, words: ReturnWords | None, again: bool) -> str:
        """Return the last page without scripts: the words once more, if there are any. `again`: it had been stored before."""
        return self._render("sent.html", words=words, again=again)

    def problem(self, status: int, problem: Problem) -> str:
        """Return a page of its own for something that went wrong; `status` is the HTTP status that goes with it."""
        return self._render("problem.html", status=status, problem=problem)

    def _render(self, name: str, **context: object) -> str:
        return self._environment.get_template(f"survivor/{name}").render(context)

    def _field(
        self, typed: Mapping[str, Sequence[str]], problem: Problem | None, topic: str, question: Question
    ) -> dict[str, Any]:
        """Return the parameters of the GOV.UK macro that shows `question`."""
        gettext = self.language.gettext
        values = list(typed.get(question.id, ()))
        hint = {"hint": {"text": gettext(question.hint)}} if question.hint else {}
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
            "items": [
                {
                    "value": option.value,
                    "text": gettext(option.label),
                    "checked": option.value in values,
                    "attributes": {"form": FORM_ID, "autocomplete": "off", "data-label": gettext(option.label)},
                }
                for option in (question if topic == CHOICES_TOPIC else self._inquiry.complete(question)).options
            ],
        }


def _encode(cards: Sequence[PanelCard]) -> str:
    """Return the files of `cards`, one after another: each has three lines."""
    return b"".join(encode_card(card) for card in cards).decode("ascii")


def _environment(language: Language) -> Environment:
    """Return the template engine. The macros read undefined keys, so `Undefined` stays lenient; tests are strict for us."""
    loaders = [FileSystemLoader(templates.FOLDER), PrefixLoader({_MACROS: PackageLoader(_MACROS)})]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install = environment.install_gettext_translations  # type: ignore[attr-defined]  # added by the extension
    install(language.catalogue, newstyle=True)
    return environment
