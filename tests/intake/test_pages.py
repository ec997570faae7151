"""The pages as HTML: nothing inline, nothing unescaped, nothing untranslated, and what was typed comes back exactly."""

import gettext
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import escape

import templates
from crypto.card import encode_card
from crypto.notice import Notice, sign_notice
from crypto.words import ReturnWords
from deploy.catalogue.__main__ import faults
from intake.assets import Assets
from intake.inquiry import OWN_ELEMENTS, OWN_STEPS, load_inquiry
from intake.language import ENGLISH, Language, LanguageError
from intake.pages import INFORMATION, Pages, Periods, Problem, hold_text
from tests.crypto import samples

PAGES = Pages(load_inquiry(), Assets(), languages=[ENGLISH])
CARD = samples.card()
DAY = date(2026, 11, 23)
SEED = "ab" * 32
PROBLEM = Problem("There is a problem", "Write something.", "account")


def every_page(pages: Pages, problem: Problem) -> dict[str, str]:
    return {
        "start": pages.start(),
        "share": pages.share(CARD, DAY, SEED),
        "share again": pages.share(CARD, DAY, SEED, {"account": ["X"], "words": ["yes"]}, problem),
        "share without scripts off": pages.share(CARD, DAY, SEED, unscripted=False),
        "share expired": pages.share(CARD, CARD.valid_to + timedelta(days=1), SEED),
        "share without a card": pages.share(None, DAY, SEED),
        "share under a hold": pages.share(CARD, DAY, SEED, hold="HOLD"),
        "start under a hold": pages.start("HOLD"),
        "return": pages.return_page([CARD], DAY, "", seed=SEED),
        "return again": pages.return_page(
            [CARD], DAY, "HOLD", Problem(problem.heading, problem.text, "words_typed"), {"words_typed": ["X"]}
        ),
        "return without scripts off": pages.return_page([CARD], DAY, "", unscripted=False),
        "share for text browsers": pages.share(CARD, DAY, SEED, plain=True),
        "share, urgent": pages.share(CARD, DAY, SEED, {"child-at-risk": ["yes"]}, is_urgent=True),
        **{path: pages.information(path, CARD) for path in INFORMATION},
        "sent": pages.sent(ReturnWords.from_entropy(5), again=True),
        "sent without words": pages.sent(None, again=False),
        "problem": pages.problem(404, problem),
    }


EVERY_PAGE = every_page(PAGES, PROBLEM)


def inline(html: str) -> list[str]:
    """Return every inline script, style and handler: the content policy refuses each."""
    return re.findall(r"<style|<script(?![^>]*\ssrc=)[^>]*>|<script[^>]*>[^<]+|\sstyle=|\son[a-z]+=|javascript:", html)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(name: str) -> None:
    assert inline(EVERY_PAGE[name]) == []
    addresses = re.findall(r'(?:href|src|action|data-worker)="([^"]*)"', EVERY_PAGE[name])
    # An empty icon, so that no browser asks for one.
    assert [address for address in addresses if not re.match(r"(/(?!/)|#|data:,$)", address)] == []


@pytest.mark.parametrize(
    "planted", ["<style>a{}</style>", "<script>1</script>", '<script src="/x">1', '<p style="a">', '<p onclick="a">']
)
def test_the_search_for_inline_parts_finds_them(planted: str) -> None:
    assert inline(EVERY_PAGE["start"] + planted)


def test_scripts_and_styles_carry_their_integrity() -> None:
    for tag in re.findall(r"<(?:script|link rel=.stylesheet)[^>]*>", EVERY_PAGE["share"]):
        assert re.search(r'integrity="sha256-[A-Za-z0-9+/]{43}="', tag)


def test_an_expired_or_missing_card_says_so_and_takes_nothing() -> None:
    for name in ("share expired", "share without a card"):
        html = EVERY_PAGE[name]
        assert "cannot take an account today" in html
        assert "0800 917 1000" in html
        assert "<textarea" not in html
        assert "/static/form." not in html


HOLD = sign_notice(
    Notice(
        *("hold", "heard-demonstration", 1, "", "", 1, (), 0, "en", "Ordered by a court.", 0),
        *("2026-11-01", "2027-01-31"),
    ),
    samples.ROOT.sign,
)


def test_a_hold_is_told_before_anybody_writes_and_with_its_dates() -> None:
    told = hold_text([HOLD])
    for html in (
        PAGES.start(told),
        PAGES.share(CARD, DAY, SEED, hold=told),
        PAGES.return_page([CARD], DAY, told),
    ):
        assert "A legal hold is in force" in html
        assert "Ordered by a court. (2026-11-01 – 2027-01-31)" in html
        assert html.index("A legal hold") < html.index("<textarea" if "<textarea" in html else "Write here")
    assert "sealed copies wait until the hold ends" in PAGES.return_page([CARD], DAY, told)
    assert hold_text([]) == ""
    assert "legal hold is in force" not in EVERY_PAGE["start"] + EVERY_PAGE["share"] + EVERY_PAGE["return"]


def test_pages_name_the_days_that_are_set() -> None:
    pages = Pages(load_inquiry(), Assets(), periods=Periods(12, 34, letter_days=56, answer_days=78, receipt_days=90))
    html = pages.return_page([CARD], DAY, "")
    assert "more than 12 days ago" in html
    assert "for up to 34 days" in html
    for sentence in ("until 56 days after the inquiry", "for 78 days after it came", "with the same words for 90 days"):
        assert sentence in html
        assert sentence not in EVERY_PAGE["return"]
    kept = Pages(load_inquiry(), Assets(), periods=Periods(receipt_days=0)).return_page([CARD], DAY, "")
    assert "The receipt can be read" not in kept
    assert "It is kept for 12 days." in pages.share(CARD, DAY, SEED)


def test_the_return_page_gives_scripts_all_cards_and_posts_only_words_without_them() -> None:
    later = samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT)
    html = PAGES.return_page([CARD, later], DAY, "", seed=SEED)
    cards = unescape(re.search(r'data-cards="([^"]*)"', html).group(1))  # type: ignore[union-attr]  # it is there
    assert cards.encode() == encode_card(CARD) + encode_card(later)
    # What stands in <template> is in no form where scripts do not run.
    posted = re.sub(r"(?s)<template.*?</template>", "", html)
    assert set(re.findall(r'name="([^"]*)"[^>]*form="f"|form="f" name="([^"]*)"', posted)) == {
        ("words_typed", ""),
        ("", "seed"),
        ("", "action"),
    }
    assert SEED in html
    assert "words_typed" not in PAGES.share(CARD, DAY, SEED)


def test_words_that_were_typed_stay_and_the_message_stands_with_them() -> None:
    html = EVERY_PAGE["return again"]
    assert re.search(r'<textarea[^>]*id="words_typed"[^>]*>X</textarea>', html)
    assert 'href="#words_typed"' in html
    assert re.search(r'id="return-error">Write something.</p>', html)


def test_an_expired_card_does_not_close_the_return_page() -> None:
    html = PAGES.return_page([CARD], CARD.valid_to + timedelta(days=1), "")
    assert 'id="words_typed"' in html
    assert "/static/return." in html


def test_switched_off_it_offers_the_phone_and_paper_and_has_no_form() -> None:
    html = EVERY_PAGE["share without scripts off"]
    assert "<form" not in html
    assert SEED not in html
    assert "this form cannot be used" in html
    assert "<form" in EVERY_PAGE["share"]


def test_every_field_points_at_the_form_that_only_exists_without_scripts() -> None:
    html = EVERY_PAGE["share"]
    assert re.search(r'<noscript><form id="f" method="post" action="/share" accept-charset="utf-8"></form>', html)
    fields = re.findall(r"<(?:textarea|input|button)[^>]*>", html)
    posted = [field for field in fields if 'name="' in field]
    assert len(posted) > 20
    assert all('form="f"' in field for field in posted)


def ids_of(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', html)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_id_is_there_once(name: str) -> None:
    found = ids_of(EVERY_PAGE[name])
    assert len(found) == len(set(found))


def test_the_names_that_an_inquiry_may_not_use_are_those_of_the_form() -> None:
    """Ids that templates spell out are reserved one by one, or by their form."""
    reserved = re.compile(
        r"(step|consent|retype|words|sent|save|fingerprint|return|opened|exit|part|line|urgent|language)-.*|read_back"
    )
    used = {
        name
        for path in templates.FOLDER.rglob("*.html")
        # The station's pages name nothing after an inquiry's questions.
        if path.parent.name != "station"
        for name in re.findall(r'"?\bid"?[=:] ?"([^"{]+)"', path.read_text())
    }
    assert {name for name in used if not reserved.fullmatch(name)} <= OWN_ELEMENTS
    fields = {"seed", "words", "action", "digits", "language", "plain", "further", "keep", "step", "sure"}
    assert OWN_ELEMENTS - used <= fields
    steps = set(re.findall(r'data-step="([^"]+)"', EVERY_PAGE["share"]))
    assert steps - {topic.id for topic in load_inquiry().topics} == OWN_STEPS


def test_nothing_is_preselected() -> None:
    assert not re.search(r"<input[^>]*\schecked", EVERY_PAGE["share"])


class Typed(HTMLParser):
    """Collects the content of the text areas, as a browser's parser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "textarea":
            self._name = str(dict(attrs)["name"])
            self.values[self._name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # HTML standard, 13.1.2.5: one newline at the start is dropped.
            self.values[self._name] = self.values[self._name].removeprefix("\n")
            self._name = ""

    def handle_data(self, data: str) -> None:
        if self._name:
            self.values[self._name] += data


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=300))
def test_what_was_typed_comes_back(text: str) -> None:
    parser = Typed()
    parser.feed(PAGES.share(CARD, DAY, SEED, {"account": [text]}, PROBLEM))
    assert parser.values["account"] == text


@pytest.mark.parametrize("hostile", ["</textarea><script>1</script>", '"><img src=x onerror=1>', "{{ 7 * 7 }}"])
def test_what_was_typed_is_never_markup(hostile: str) -> None:
    html = PAGES.share(CARD, DAY, SEED, {"account": [hostile], "words": [hostile]}, PROBLEM)
    assert "<script>" not in html
    assert "<img" not in html
    assert escape(hostile) in html


def untranslated(template: str) -> list[str]:
    """Return the text of a template that is shown and goes through no gettext."""
    text = " ".join(value for _, kind, value in Environment(autoescape=True).lex(template) if kind == "data")
    shown = re.sub(r"<[^>]*>", " ", text)
    literals = re.findall(
        r'"\w*(?:[tT]ext|label)": *"([^"]+)"|\s(?:title|alt|placeholder|aria-label)="([^"{]+)"', template
    )
    return [*re.findall(r"[^\W\d_]{2,}[^<>{}]*", shown), *("".join(found) for found in literals)]


# The station speaks English alone (docs/gaps.md).
TRANSLATED = [path for path in sorted(templates.FOLDER.rglob("*.html")) if path.parent.name != "station"]


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_every_visible_string_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text()) == []


def test_the_search_for_untranslated_text_finds_it() -> None:
    assert untranslated("<p>{{ _('fine') }}</p>\n<p>Forgotten words</p>") == ["Forgotten words "]
    assert untranslated('{{ govukButton({"text": "Go on", "classes": "x"}) }}') == ["Go on"]
    assert untranslated('<input placeholder="Your name" class="x">') == ["Your name"]


class Shouting(gettext.NullTranslations):
    """A language in which everything that goes through gettext is in capitals, but for what is filled in later."""

    def gettext(self, message: str) -> str:
        return re.sub(r"%\(\w+\)s|{\w+}|\w+", lambda part: part[0] if part[0][0] in "%{" else part[0].upper(), message)


def quiet(html: str) -> list[str]:
    """Return the texts of a page in that language that did not go through gettext; return words are not to."""
    shown = re.sub(r'<span class="heard-words__word"[^>]*>\w+</span>', "", html)
    return [
        text.strip() for text in re.findall(r">([^<>]+)", shown) if re.search("[a-z]{2}", re.sub(r"{\w+}", "", text))
    ]


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_nothing_on_a_page_is_left_in_english(name: str) -> None:
    """Also not what a macro says by itself, unless it is told otherwise."""
    language = Language("xx", Shouting())
    shouted = every_page(Pages(load_inquiry(), Assets(), language, languages=[language]), Problem("A", "B", "account"))
    assert quiet(shouted[name]) == []


def test_the_search_for_english_finds_it() -> None:
    assert quiet('<p class="a">DONE {n}</p><p>Error: DONE</p>') == ["Error: DONE"]


def test_the_catalogues_are_what_the_sources_say() -> None:
    assert list(faults()) == []


def test_no_template_switches_escaping_off() -> None:
    for template in templates.FOLDER.rglob("*.html"):
        assert not re.search(r"\|\s*safe(?!_)\b|autoescape|[\"']html[\"']\s*:", template.read_text())


def test_a_language_without_a_catalogue_is_refused() -> None:
    assert ENGLISH.direction == "ltr"
    with pytest.raises(LanguageError):
        Language.load("tlh")


def words_of(html: str) -> Iterator[str]:
    yield from re.findall(r'heard-words__word">(\w+)<', html)


def test_the_last_page_shows_the_words_in_order() -> None:
    assert tuple(words_of(EVERY_PAGE["sent"])) == ReturnWords.from_entropy(5).words
    assert list(words_of(EVERY_PAGE["sent without words"])) == []
