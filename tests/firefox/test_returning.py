"""Coming back in Firefox with nothing but the words: read, add, read again; also where nothing is compiled."""

import re

import pytest

from crypto.opening import Identity
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests.firefox.conftest import Site
from tests.firefox.driver import SAFER, Journey, walk
from tests.firefox.steps import (
    TEXT,
    add,
    come_back,
    enter,
    share,
)

ADDED = "A neighbour asked me later. That helped."
# Without a compiler the keys take half a minute on a machine that does nothing else.
SLOW_SECONDS = 240


@pytest.fixture(scope="module")
def words(site: Site) -> str:
    """The words of somebody who told with scripts, in a Firefox that is closed since."""
    seen = walk(share(site.url)).seen["words"]
    assert len(seen) == 7
    return " ".join(seen)


def identity_of(words: str) -> Identity:
    return Identity.from_seed(derive_thread(ReturnWords.parse(words)).identity_seed)


def visits(journey: Journey) -> int:
    return sum(re.fullmatch(r"POST http://\S+/thread", request) is not None for request in journey.requests)


def test_reading_back_and_adding_with_scripts(site: Site, words: str) -> None:
    journey = walk([*come_back(site.url, words), *add(ADDED)])
    assert TEXT in journey.seen["letters"][0]
    assert journey.console == []
    assert not any(word in request for word in words.split() for request in journey.requests)
    assert [letter.kind for letter in site.letters(identity_of(words))] == ["account", "addition"]
    again = walk(come_back(site.url, words))
    assert [text in shown for text, shown in zip((TEXT, ADDED), again.seen["letters"], strict=True)] == [True, True]
    assert visits(again) == 8


def test_the_page_answers_while_keys_are_made_slowly(site: Site, words: str) -> None:
    """A progress notice, and a button that works at once: Close, pressed half-way."""
    steps = [
        *enter(site.url, words),
        ("wait", "#return-progress"),
        ("wait", "#return-close"),
        ("text", "step", "#return-step"),
        ("answers", "milliseconds", "#return-close", "#return-closed"),
        ("gone", "#return-progress"),
    ]
    journey = walk(steps, preferences=SAFER, seconds=60)
    assert journey.seen["step"]
    assert journey.seen["milliseconds"] < 2_000
    assert visits(journey) == 0


@pytest.mark.timeout(2 * SLOW_SECONDS)
def test_reading_back_where_nothing_is_compiled(site: Site, words: str) -> None:
    journey = walk(come_back(site.url, words), preferences=SAFER, seconds=SLOW_SECONDS)
    assert TEXT in journey.seen["letters"][0]
