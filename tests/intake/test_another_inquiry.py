"""A second, different inquiry: its folder is all that changes."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crypto.opening import open_letter
from intake.inquiry import load_inquiry
from intake.pages import INFORMATION
from tests.crypto import samples
from tests.intake.installed import Installed

FOLDER = Path(__file__).parents[1] / "another_inquiry"
SHIPPED_WORDS = ("0800 917 1000", "Inquiry into Institutional Responses", "Share your experience", "0300 000 0000")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installed, httpx.Client]]:
    here = Installed(tmp_path_factory.mktemp("another") / "data", {"HEARD_INQUIRY": str(FOLDER)})
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield here, http


@pytest.mark.parametrize("path", ["/", "/share", "/share/plain", "/return", *INFORMATION])
def test_nothing_of_the_shipped_one_is_left(site: tuple[Installed, httpx.Client], path: str) -> None:
    html = site[1].get(path).text
    assert "Inquiry into Example Libraries" in html
    assert [word for word in SHIPPED_WORDS if word in html] == []


def test_its_own_words_are_there(site: tuple[Installed, httpx.Client]) -> None:
    start = site[1].get("/").text
    assert "0300 000 9999" in start
    assert "Sunday, 9:30am to 11am." in start
    assert "This service is for people aged 16 or over." in start
    assert "Which floor was it on?" in site[1].get("/share").text
    assert site[1].get("/go").headers["location"] == "https://www.example.org/"


def test_a_letter_holds_its_questions_and_names_its_files(site: tuple[Installed, httpx.Client]) -> None:
    here, http = site
    seed = re.search(r'name="seed" value="([0-9a-f]{64})"', http.get("/share/plain").text)
    assert seed is not None
    form = {"seed": seed[1], "plain": "yes", "account": "A shelf was empty.", "shelf": "unsaid", "consent-print": "no"}
    assert http.post("/share", data=form).status_code == 200
    with contextlib.closing(sqlite3.connect(here.data / "letters.sqlite")) as database:
        ((sealed,),) = database.execute("SELECT sealed FROM envelopes")
    letter = open_letter(sealed, samples.ROOT.identity)
    assert (letter.answers[0].question, letter.answers[0].text) == ("What happened there?", "A shelf was empty.")
    assert letter.answers[1].chosen[0].label == "I would rather not say"
    assert letter.consents[0].question == "May we print it?"
    assert (letter.questions.id, letter.questions.version) == ("libraries", 7)
    assert letter.questions.sha256 == load_inquiry(FOLDER).sha256
