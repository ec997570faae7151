"""The survivors' pages as HTML. Whatever a person typed is escaped by the template engine, always as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from crypto.card import PanelCard, encode_card
from crypto.notice import Notice
from crypto.words import ReturnWords, fingerprint_words
from intake.form_fields import FormFields
from intake.inquiry import Inquiry
from intake.inquiry.hours import now as now_aware
from intake.language import ENGLISH, Language
from intake.opening_times import OpeningTimes
from intake.settings import Settings
from intake.templating import environment_in
from intake.unscripted.view import View

# Pages that only tell something: path and template.
INFORMATION: Final[Mapping[str, str]] = {
    "/before": "before.html",
    "/readers": "readers.html",
    "/limits": "limits.html",
    "/sealing": "sealing.html",
    "/device": "device.html",
    "/support": "support.html",
    "/privacy": "privacy.html",
    "/accessibility": "accessibility.html",
    "/complaints": "complaints.html",
    "/leaflet": "leaflet.html",
    "/easy": "easy.html",
    "/easy/before": "easy_before.html",
    "/easy/choices": "easy_choices.html",
    "/easy/sealed": "easy_sealed.html",
}
# The form, and where words are entered, for text browsers.
PLAIN_PATH: Final = "/share/plain"
PLAIN_RETURN_PATH: Final = "/return/plain"
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
    """What pages promise, in days; 0 keeps letters, answers and receipts for as long as the service runs.

    How long a draft is kept, how long sealed remnants may last after a withdrawal, a letter after the inquiry confirmed it,
    an answer and the receipt of a destruction after they came.
    """

    draft_days: int = 30
    remnant_days: int = 90
    letter_days: int = 0
    answer_days: int = 0
    receipt_days: int = 365


def periods_of(settings: Settings) -> Periods:
    """Return what pages promise under these settings."""
    return Periods(
        settings.draft_days, settings.remnant_days, settings.letter_days, settings.answer_days, settings.receipt_days
    )


def hold_text(holds: Sequence[Notice]) -> str:
    """Return what the station's holds (verified, in force) say, with their dates; "" when there is none."""
    return " ".join(f"{hold.text} ({hold.valid_from} – {hold.valid_to})".strip() for hold in holds)


class _EmptyForm:
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
    """Renders every page of the survivors' site in one language.

    `languages` are all that the site has, the first under addresses without a prefix. `now` gives the time, for what is
    said about the phone line. `unscripted` says whether a browser without scripts may send text.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        assets: AssetNames,
        language: Language = ENGLISH,
        periods: Periods | None = None,
        *,
        languages: Sequence[Language] = (ENGLISH,),
        unscripted: bool = True,
        now: Callable[[], datetime] = now_aware,
    ) -> None:
        self._inquiry = inquiry
        self.language = language
        self._languages = languages
        self._fields = FormFields(inquiry, language)
        self._times = OpeningTimes(inquiry.hours, language)
        self._now = now
        self._environment = environment_in(language)
        self._empty_share, self._empty_return = _EmptyForm(), _EmptyForm()
        self._environment.globals |= {
            "inquiry": inquiry,
            "language": language,
            "others": [other for other in languages if other.code != language.code],
            "asset": assets.url,
            "integrity": assets.integrity,
            "periods": periods or Periods(),
            "unscripted": unscripted,
            "to": self.address,
            "phone": _isolated(inquiry.line.number, language),
            "line_now": self._line_now,
            "line_weekly": self._line_weekly,
        }

    def address(self, path: str, code: str = "") -> str:
        """Return the address of a page in this language, or in the one with that code."""
        code = code or self.language.code
        return path if code == self._languages[0].code else f"/{code}{path}"

    def start(self, hold: str = "") -> str:
        """Return the first page: what this is, and the ways to share. `hold` is what `hold_text` returned."""
        return self._render("start.html", path="/", hold=hold)

    def information(self, path: str, card: PanelCard, hold: str = "") -> str:
        """Return one of the pages that only tell something, by its path in `INFORMATION`. Raises KeyError."""
        return self._render(
            INFORMATION[path],
            path=path,
            hold=hold,
            card=card,
            fingerprint=fingerprint_words(card.fingerprint),
            consents=list(self._inquiry.each_consent()),
        )

    def share(
        self,
        card: PanelCard | None,
        today: date,
        seed: str,
        typed: Mapping[str, Sequence[str]] | None = None,
        problem: Problem | None = None,
        unscripted: bool = True,
        hold: str = "",
        *,
        plain: bool = False,
        is_urgent: bool = False,
    ) -> str:
        """Return the form, for browsers with and without scripts.

        `seed` (64 hex) makes sending twice harmless; `typed` fills the fields again after a `problem`. Without a card
        that is valid today the page says so and offers the other ways; so it does without scripts if not `unscripted`.
        `hold` is what `hold_text` returned. `plain`: for text browsers, which know no fields outside their form.
        `is_urgent`: an answer that was typed leads to help now, which is shown before anything is stored.
        """

        def render(seed: str) -> str:
            return self._render(
                "share.html",
                **self._fields.context(typed or {}, problem, plain=plain),
                path=PLAIN_PATH if plain else "/share",
                posts="/share",
                keeps=True,
                cards=_encode([card]) if card and card.is_valid_on(today) else "",
                demonstration=card is not None and card.demonstration,
                today=today.isoformat(),
                seed=seed,
                unscripted=unscripted,
                hold=hold,
                is_urgent=is_urgent,
            )

        if typed is None and problem is None:
            key = (card, today, unscripted, hold, plain, self._line_now())
            return seed.join(self._empty_share.pieces(key, render))
        return render(seed)

    def return_page(
        self,
        cards: Sequence[PanelCard],
        today: date,
        hold: str,
        problem: Problem | None = None,
        typed: Mapping[str, Sequence[str]] | None = None,
        unscripted: bool = True,
        seed: str = "",
        hold_files: str = "",
        *,
        plain: bool = False,
    ) -> str:
        """Return the page where words are entered, for browsers with and without scripts.

        `cards` are all of the inquiry's, oldest first; an expired one does not close this page. `typed` fills the field
        `words_typed` again after a `problem`, whose `field` is then that name. `hold` is what `hold_text` returned,
        `hold_files` the holds themselves, a line of JSON each, for the script to verify. `plain`: for text browsers.
        """

        def render(seed: str) -> str:
            return self._render(
                "return.html",
                path=PLAIN_RETURN_PATH if plain else "/return",
                posts="/return",
                keeps=True,
                **self._fields.context({}, None, plain=plain) | {"typed": typed or {}, "problem": problem},
                cards=_encode(cards),
                demonstration=any(card.demonstration for card in cards),
                today=today.isoformat(),
                seed=seed,
                unscripted=unscripted,
                hold=hold,
                hold_files=hold_files,
            )

        if typed is None and problem is None:
            key = (tuple(cards), today, unscripted, hold, hold_files, plain, self._line_now())
            return seed.join(self._empty_return.pieces(key, render))
        return render(seed)

    def sent(self, words: ReturnWords | None, again: bool) -> str:
        """Return the last page without scripts: the words once more, if there are any. `again`: it had been stored before."""
        return self._render("sent.html", path="/", words=words, again=again)

    def blank(self) -> str:
        """Return the empty page that the way out leads over where somebody's own words stand."""
        return self._render("blank.html", path="/")

    def problem(self, status: int, problem: Problem) -> str:
        """Return a page of its own for something that went wrong; `status` is the HTTP status that goes with it."""
        return self._render("problem.html", path="/", status=status, problem=problem)

    def opened(
        self,
        view: View | None,
        digits: str,
        seed: str,
        *,
        typed: Mapping[str, Sequence[str]],
        problem: Problem | None = None,
        done: str = "",
        step: str = "",
        words: ReturnWords | None = None,
        takes_accounts: bool = True,
        may_retry: bool = False,
        demonstration: bool = False,
        hold: str = "",
        plain: bool = False,
    ) -> str:
        """Return what words opened, for a browser without scripts, with a form for everything that can be done.

        The form carries the words as 28 `digits` and the page's `seed` (64 hex). `typed` fills the fields; `done` names
        what was done, `step` an action that waits for a second yes; `words` are the new ones. Without a `view` only
        what was `typed` is shown, to be copied, and sent once more if somebody `may_retry`. `hold` is what `hold_text` returned.
        `plain`: for text browsers.
        """
        first = {name: values[0] for name, values in typed.items() if values}
        texts = {"further", *(question.id for _, question in self._inquiry.each_question() if question.kind == "text")}
        return self._render(
            "opened.html",
            path="/return",
            posts="/return",
            keeps=True,
            **self._fields.context(typed, problem, plain=plain),
            view=view,
            digits=digits,
            seed=seed,
            done=done,
            step=step,
            words=words,
            takes_accounts=takes_accounts,
            may_retry=may_retry,
            demonstration=demonstration,
            hold=hold,
            further=first.get("further", ""),
            draft_known=first.get("draft_known", ""),
            keep=first.get("keep", ""),
            kept=[text for name, text in first.items() if name in texts] if view is None or not view.is_open else [],
        )

    def _line_now(self) -> str:
        return self._times.now(self._inquiry.hours.state(self._now()))

    def _line_weekly(self) -> str:
        return self._times.weekly(self._inquiry.hours.state(self._now()).today)

    def _render(self, name: str, **context: object) -> str:
        return self._environment.get_template(f"survivor/{name}").render(context)


def _isolated(number: str, language: Language) -> str:
    """Return a phone number that reads the same among letters that run from right to left (Unicode Annex 9, isolates)."""
    if language.direction == "ltr":
        return number
    return "\u2066" + number.replace(" ", "\u00a0") + "\u2069"


def _encode(cards: Sequence[PanelCard]) -> str:
    """Return the files of `cards`, one after another: each has three lines."""
    return b"".join(encode_card(card) for card in cards).decode("ascii")
