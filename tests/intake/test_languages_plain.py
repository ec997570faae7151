"""Another language without scripts: the same page, with all that was typed, and nothing is done by asking for it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape

import httpx
import pytest

from crypto.opening import open_letter
from crypto.words import ReturnWords
from intake.pages import INFORMATION
from tests.crypto import samples
from tests.intake.inquiries import MARKS, changed
from tests.intake.installed import Installed
from tests.intake.plain import Plain

TEXT = "\n\n  I told a teacher.\n</textarea>\"'&amp; \U0001f33f\n"
NAMES = {"en": "English", "cy": "Cymraeg", "ar": "العربية"}
DIRECTIONS = {"en": "ltr", "cy": "ltr", "ar": "rtl"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("site")
    inquiry = changed(folder / "inquiry", languages=("en", "cy", "ar"))
    here = Installed(folder / "data", {"HEARD_INQUIRY": str(inquiry), "HEARD_ANSWER_GRID_MILLISECONDS": "0"})
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here
    assert here.errors.read_text() == ""


@pytest.fixture
def plain(site: Installed) -> Iterator[Plain]:
    with httpx.Client(base_url=site.url, timeout=60) as http:
        yield Plain(http)
        assert not http.cookies


def is_in(plain: Plain, code: str) -> bool:
    """Say whether the page is in that language, and says nothing in another."""
    marks = {mark for other, mark in MARKS.items() if other != code}
    return (
        f'<html lang="{code}" dir="{DIRECTIONS[code]}"' in plain.html
        and (code == "en" or MARKS[code] in plain.html)
        and not any(mark in plain.html for mark in marks)
    )


def letters(site: Installed) -> int:
    with closing(sqlite3.connect(site.data / "letters.sqlite")) as database:
        (count,) = database.execute("SELECT count(*) FROM letters").fetchone()
    return int(count)


@pytest.mark.parametrize("path", ["/share", "/share/plain"])
def test_the_form_keeps_everything(site: Installed, plain: Plain, path: str) -> None:
    before = letters(site)
    plain.open(path).type("account", TEXT).choose("speaking", "me").choose("consent-research", "later")
    plain.choose("words", "yes").choose("read_back", "yes")
    seed = plain.value("seed")
    for code in ("ar", "cy", "en", "ar"):
        plain.press(NAMES[code])
        assert plain.status == 200
        assert is_in(plain, code)
        assert plain.value("account") == TEXT
        kept = [plain.value(name) for name in ("speaking", "consent-research", "words", "read_back", "seed")]
        assert kept == ["me", "later", "yes", "yes", seed]
        assert ("plain" in [field.name for field in plain._page.fields]) == (path == "/share/plain")
        assert letters(site) == before
    plain.press("Send")
    assert plain.status == 200
    with closing(sqlite3.connect(site.data / "letters.sqlite")) as database:
        sealed = database.execute("SELECT sealed FROM letters JOIN envelopes USING (place)").fetchall()[-1][0]
    letter = open_letter(sealed, samples.ROOT.identity)
    assert letter.language == "ar"
    assert letter.answers[-1].text == TEXT
    assert letter.answers[0].question.startswith(MARKS["ar"])
    # A page that shows words only once offers no other language.
    assert NAMES["cy"] not in plain.html


@pytest.fixture
def words(plain: Plain) -> str:
    plain.open("/share").type("account", TEXT).choose("words", "yes").choose("read_back", "yes").press("Send")
    return " ".join(re.findall(r'heard-words__word">([a-z]+)<', plain.html))


def test_words_that_are_being_entered_stay(plain: Plain) -> None:
    typed = "apple  Pear, “plum”"
    plain.open().type("words_typed", typed).press(NAMES["ar"])
    assert is_in(plain, "ar")
    assert plain.value("words_typed") == typed
    assert "govuk-error-summary__list" not in plain.html.split("return-entry")[0]
    plain.press("Open")
    assert is_in(plain, "ar")
    assert plain.status == 422
    plain.press(NAMES["en"])
    assert plain.value("words_typed") == typed


def test_what_words_opened_stays_open_with_all_that_was_typed(site: Installed, plain: Plain, words: str) -> None:
    plain.enter(words).type("further", TEXT).choose("consent-research", "yes").choose("keep", "statistics")
    before, seed = letters(site), plain.value("seed")
    for code in ("ar", "cy", "en", "cy"):
        plain.press(NAMES[code])
        assert plain.status == 200
        assert is_in(plain, code)
        assert "I told a teacher" in unescape(plain.html)
        kept = [plain.value(name) for name in ("further", "consent-research", "keep", "digits", "seed")]
        assert kept == [TEXT, "yes", "statistics", ReturnWords.parse(words).digits, seed]
        assert letters(site) == before
    plain.press("Seal and send")
    assert plain.value("further") == ""
    assert letters(site) == before + 1


@pytest.mark.parametrize(("button", "step"), [("Next", "withdraw"), ("Show me new words", "replace")])
def test_a_second_step_stays_one(site: Installed, plain: Plain, words: str, button: str, step: str) -> None:
    plain.enter(words).type("further", TEXT).choose("keep", "nothing").press(button)
    before, shown = letters(site), re.findall(r'heard-words__word">([a-z]+)<', plain.html)
    plain.press(NAMES["ar"])
    assert is_in(plain, "ar")
    assert plain.value("step") == step
    assert re.findall(r'heard-words__word">([a-z]+)<', plain.html) == shown
    assert letters(site) == before
    plain.press("Back")
    assert plain.value("further") == TEXT


def test_new_words_are_shown_again(plain: Plain, words: str) -> None:
    plain.enter(words).press("Show me new words").press("Replace my words")
    fresh = re.findall(r'heard-words__word">([a-z]+)<', plain.html)
    assert len(fresh) == 7
    plain.press(NAMES["ar"])
    assert is_in(plain, "ar")
    assert re.findall(r'heard-words__word">([a-z]+)<', plain.html) == fresh
    plain.choose("keep", "nothing").press("Next").press("Back")
    assert re.findall(r'heard-words__word">([a-z]+)<', plain.html) == []


def test_what_was_taken_back_is_told_in_each(plain: Plain, words: str) -> None:
    plain.enter(words).choose("keep", "nothing").press("Next").press("Take it back now").press(NAMES["ar"])
    assert is_in(plain, "ar")
    assert plain.status == 200
    assert plain.value("digits") == ReturnWords.parse(words).digits


def test_what_could_not_be_done_stays(site: Installed, plain: Plain, words: str) -> None:
    """The words were replaced meanwhile: the page that says so keeps what was typed, in each language."""
    plain.enter(words).type("further", TEXT)
    with httpx.Client(base_url=site.url, timeout=60) as http:
        Plain(http).enter(words).press("Show me new words").press("Replace my words")
    plain.press("Seal and send")
    assert plain.status == 422
    plain.press(NAMES["ar"])
    assert '<html lang="ar"' in plain.html
    assert "I told a teacher." in unescape(plain.html)
    assert plain.value("further") == TEXT


def test_pages_that_only_tell_have_links(site: Installed) -> None:
    with httpx.Client(base_url=site.url, timeout=60) as http:
        for path in ("/", *INFORMATION):
            html = http.get("/ar" + path).text
            for code, address in (("en", path), ("cy", "/cy" + path)):
                link = f'href="{address}" hreflang="{code}" lang="{code}" dir="{DIRECTIONS[code]}">{NAMES[code]}</a>'
                assert link in html, path
            inner = re.findall(r'href="(/[^"]*)"', html)
            assert all(one.startswith(("/ar/", "/static/", "/cy/")) or one == path for one in inner), path
        assert http.get("/ar/go").status_code == 303
