"""lynx and w3m, whole: from the start page to an account that is read back, added to and taken back, by keys in a terminal."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.inquiry import load_inquiry
from intake.inquiry.translation import load_languages
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.journeys.terminal import TextBrowser, misplaced, opened
from tests.leaks import leaks

TEXT = "I told a teacher about it in the spring. Nobody wrote it down."
FURTHER = "One more thing: the office kept a diary of visits."
# The first line of the pages for text browsers.
TO_OTHER = "The page for browsers that run scripts"
# What text browsers show although it is hidden, on pages that are not for them.
CONTRADICTIONS = (
    "Your browser runs",
    "did not start, or it stopped",
    "cannot open or seal anything here",
    "press Shift",
)
START = ("Leave now", "You can tell us what happened", "Ways to share", "Write here", "By phone", "On paper", "Support")
BEFORE = (
    "Before you begin",
    "You can stop at any time",
    "Is this a safe device and a safe place?",
    "Your browser is not running our script. Our server will seal what you write",
    "Go on to the form",
    "Support",
)
FORM = (
    "Tell us what happened",
    "This browser is not running our script, so your device cannot seal what you write.",
    "are in its memory for a moment",
    "By phone: call",
    "Exampletown EX1 2MP This is an example address",
    "You can skip anything on this page.",
    "Your account",
    "What would you like to tell us?",
    "There is no right way to tell it.",
    "When and where",
    "Without the seven words that the next part offers, your choices are final.",
    "A way back",
    "Do you want seven words?",
    "Send",
    "If no page comes after you press Send",
)
SENT = ("Sent, and sealed", "has arrived and is stored, sealed", "Your seven words", "Nobody can find your words again")
ENTRY = (
    "Come back with your seven words",
    "This browser is not running our script, so your device cannot open what you sent.",
    "Your seven words, or their numbers",
    "Type them in their order.",
    "Open",
    "If you have lost your words, nobody can find them for you",
)
OPENED = (
    "What your words open",
    "our server opened these for you",
    "Answers from the inquiry",
    "There is no answer yet.",
    "What you sent",
    "Your account",
    "What would you like to tell us?",
    TEXT,
    "Your choices now",
    "Add a further part",
    "Change your choices",
    "Replace your words",
    "Take back what you sent",
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    here = Installed(tmp_path / "data", {"HEARD_ANSWER_GRID_MILLISECONDS": "50"})
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here.url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short one: a terminal's socket has a name of at most a hundred characters."""
    with tempfile.TemporaryDirectory(prefix="heard-text-") as name:
        yield Path(name)


def reads_well(text: str, sentences: tuple[str, ...]) -> None:
    assert misplaced(text, sentences) == []
    assert [said for said in CONTRADICTIONS if said in text] == []


def written(browser: TextBrowser) -> list[str]:
    """Go from the start page to the words, and return them."""
    reads_well(browser.wait("You can tell us what happened"), START)
    reads_well(browser.follow("Write here", after="as much or as little", wanted="Before you begin"), BEFORE)
    browser.follow("Go on to the form", wanted="A simpler form, for browsers that show only text")
    form = browser.follow("A simpler form, for browsers that show only text", wanted=TO_OTHER)
    reads_well(form, FORM)
    browser.type(TEXT, after="What would you like to tell us?")
    browser.choose("Yes, give me seven words", after="Do you want seven words?")
    browser.choose("Yes, I want to be able to read it again", after="Should the words also open")
    sent = browser.follow("Send", after="Should the words also open", wanted="Sent, and sealed")
    reads_well(sent, SENT)
    return re.findall(r"\b[1-7]\. ([a-z]+) [0-9]{4}\b", sent)


def entered(browser: TextBrowser, words: list[str]) -> str:
    """Go from the start page to what the words open, and return its text."""
    browser.wait("You can tell us what happened")
    link = "A simpler page, for browsers that show only text"
    browser.follow("Come back with your seven words", wanted=link)
    reads_well(browser.follow(link, wanted=TO_OTHER), ENTRY)
    browser.type(" ".join(words), after="Your seven words, or their numbers")
    return browser.follow("Open", after="Type them in their order", wanted="What your words open")


@pytest.mark.timeout(280)
@pytest.mark.parametrize("name", ["lynx", "w3m"])
def test_the_whole_way(name: str, site: str, folder: Path) -> None:
    with opened(name, f"{site}/", folder / "first") as browser:
        words = written(browser)
        assert len(words) == 7
    with opened(name, f"{site}/", folder / "second") as browser:
        text = entered(browser, words)
        reads_well(text, OPENED)
        # Nothing was said for anybody: lynx takes the first of several for chosen.
        assert "You have made no choice. What is left empty counts as no." in text
        assert "Myself" not in text
        browser.type(FURTHER, after="What would you like to add?")
        added = browser.follow(
            "Seal and send", after="What would you like to add?", wanted="Your further part was sent, sealed."
        )
        assert misplaced(added, ("What you sent", TEXT, FURTHER, "Your choices now")) == []
        browser.choose("Everything", after="What do you want to take back?")
        sure = browser.follow("Next", after="What do you want to take back?", wanted="Are you sure?")
        reads_well(
            sure, ("Are you sure?", "You are taking back everything.", "Sealed remnants", "Take it back now", "Back")
        )
        gone = browser.follow("Take it back now", wanted="What you sent was taken back.")
        assert TEXT not in gone
    homes = [folder / visit / "home" for visit in ("first", "second")]
    assert leaks(homes, [TEXT, FURTHER, " ".join(words)]) == []


@pytest.mark.parametrize("name", ["lynx", "w3m"])
def test_another_language_keeps_what_was_typed(name: str, site: str, folder: Path) -> None:
    with opened(name, f"{site}/return/plain", folder / "home") as browser:
        browser.wait(TO_OTHER)
        browser.type("apple pear plum", after="Your seven words, or their numbers")
        _, welsh, *_ = load_languages(load_inquiry())
        text = browser.follow(welsh.own_name, wanted=welsh.gettext("Come back with your seven words"))
        assert "apple pear plum" in text
        assert welsh.gettext("Come back with your seven words") != "Come back with your seven words"


def test_a_page_that_does_not_read_well_is_found() -> None:
    assert misplaced("one. two. three.", ("one", "three")) == []
    assert misplaced("one. two. three.", ("two", "one", "four")) == ["one", "four"]
