"""Every English page can be read at eleven, and docs/reading-age.md says what is measured."""

import re
from pathlib import Path

import pytest

from tests.reading_age import AIM, figures, hardest, median, reading_age, sentences

DOCUMENT = Path(__file__).parents[1] / "docs" / "reading-age.md"
EASY = "You can stop here. You can come back. It is up to you."
HARD = (
    "Notwithstanding the aforementioned considerations, participants acknowledge institutional responsibilities "
    "concerning confidentiality, proportionality and accountability in subsequent deliberations."
)


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[float, int]]:
    return figures()


def test_every_page_is_easy_to_read(found: dict[str, tuple[float, int]]) -> None:
    assert len(found) > 30
    assert median(found) <= AIM
    assert {name: age for name, (age, _) in found.items() if age > AIM} == {}


def test_the_document_is_of_these_pages(found: dict[str, tuple[float, int]]) -> None:
    """A word that changed may stay until the next `make reading-age`; a page that is missing or became harder may not."""
    told = dict(re.findall(r"^\| (.+) \| (\d+\.\d) \| [\d,]+ \|$", DOCUMENT.read_text(), re.MULTILINE))
    assert told.keys() == found.keys()
    assert {name for name, (age, _) in found.items() if abs(age - float(told[name])) > 0.5} == set()


def test_a_hard_text_is_found() -> None:
    assert reading_age(EASY) < AIM < reading_age(HARD)
    page = f"<main><h1>Heading</h1><p>{EASY}</p><p>{HARD}</p></main>"
    assert [text for _, text in hardest(page, 1)] == [HARD]


def test_only_sentences_of_the_main_part_count() -> None:
    page = """<body><nav><p>Not this.</p></nav><main><h1>A heading</h1><nav>Nor this.</nav><p>One <a href="/">link</a>.</p>
      <p data-scripted="Said by script." hidden></p><button>Nor that.</button><template><p>Nor here.</p></template>
      <ul><li>Two?<p>Three!</p></li></ul><p>One <a href="/">link</a>.</p></main><footer><p>Nor the end.</p></footer></body>"""
    assert sentences(page) == ["One link.", "Said by script.", "Two?", "Three!"]
