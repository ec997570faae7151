"""Written, read back, added to, answered, given other words and taken back, until nothing is left: once, by four kinds of browser."""

import signal
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crypto.constants import LETTER_KINDS
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests.house import House
from tests.journeys.conftest import FOUR
from tests.journeys.driver import Browser, Step, Visit, walk
from tests.journeys.faults import faults
from tests.journeys.pages import Pages, Plain, Scripted
from tests.leaks import files, leaks

TEXT = "I told a teacher about it in the spring. Nobody wrote it down."
FURTHER = "One more thing: the office kept a diary of visits."
DRAFT = "Later a nurse asked me, and it helped that she did."
LATER = "Under other words, I still remember the corridor."
REPLY = "Thank you. We have read every word of it."
WRITTEN = (TEXT, FURTHER, DRAFT, LATER)
# The ways of each run; the others are of the larger matrix.
TWO = (Browser("firefox", scripts=True), Browser("chrome", scripts=False))
FOR_THE_PANEL = {LETTER_KINDS[name] for name in ("account", "addition", "choices")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = House(tmp_path_factory.mktemp("house"), {"HEARD_ANSWER_GRID_MILLISECONDS": "50"})
    made.found()
    return made


@dataclass
class Person:
    """Somebody with nothing but their words: each visit is in a browser that has never been here, and that is closed after it."""

    browser: Browser
    house: House
    known: list[list[str]] = field(default_factory=list)

    @property
    def pages(self) -> Pages:
        return Scripted(self.house.intake.url) if self.browser.scripts else Plain(self.house.intake.url)

    def visit(self, *parts: list[Step]) -> Visit:
        """Do several things in one visit, and hold against it whatever a visit must not do."""
        with tempfile.TemporaryDirectory(prefix="heard-visit-") as name:
            visit = walk(self.browser, [step for part in parts for step in part], Path(name))
            self.known += [visit.seen[given] for given in ("words", "fresh") if given in visit.seen]
            posts = not self.browser.scripts
            assert faults(visit, Path(name) / "profile", self.pages.url, self.secrets, posts=posts) == {}
        return visit

    def come_back(self, words: list[str], *parts: list[Step]) -> Visit:
        """Open what the words open, look at it, and do some things in the same visit."""
        return self.visit(self.pages.enter(words), self.pages.look(), *parts)

    @property
    def secrets(self) -> list[str]:
        """What must be nowhere: what was written, and all words so far in the ways that they are typed or sent."""
        words = [form for known in self.known for form in (" ".join(known), "+".join(known[:3]), "-".join(known[:3]))]
        return [*WRITTEN, REPLY, *words, *(digits_of(known) for known in self.known)]


def digits_of(words: list[str]) -> str:
    return ReturnWords.parse(" ".join(words)).digits


@dataclass(frozen=True)
class Stored:
    """One sealed letter or answer of a thread, as the intake has it."""

    kind: int
    digest: str
    sealed: bytes

    @property
    def piece(self) -> bytes:
        """What no other file holds by chance: that far behind the header, sealed bytes are like random ones."""
        return self.sealed[30_000:30_064]


def stored(house: House, words: list[str]) -> list[Stored]:
    """Return what the intake has for some words, the account first.

    Not the two letters that lead from words to others: they hold keys and nothing that was typed, and a restore and the
    station may still need them.
    """
    query = "SELECT kind, digest, sealed FROM letters JOIN envelopes USING (place) WHERE locator = ? AND kind NOT IN (?, ?) ORDER BY kind"
    asked = (bytes.fromhex(locator_of(words)), LETTER_KINDS["replacement"], LETTER_KINDS["inheritance"])
    with closing(sqlite3.connect(house.intake.data / "letters.sqlite")) as connection:
        return [Stored(kind, digest.hex(), sealed) for kind, digest, sealed in connection.execute(query, asked)]


def files_with(folder: Path, wanted: list[Stored]) -> set[str]:
    """Return the names of the files of `folder` that hold a piece of any of these."""
    return {path.name for path in files([folder]) if any(one.piece in path.read_bytes() for one in wanted)}


def soon_with(folder: Path, wanted: list[Stored], *, seconds: float = 10) -> set[str]:
    """Return the same once it is nothing, or after so long."""
    end = time.monotonic() + seconds
    while (found := files_with(folder, wanted)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def answered(house: House, words: list[str]) -> None:
    """Carry what was sent to the station, answer the account, and carry the answers back."""
    house.carry()
    account = stored(house, words)[0].digest[:12]
    house.reviewer("reply", account, "--text", REPLY, "--yes", *house.shares(1, 2))
    house.reviewer("heard", account, *house.shares(1, 2))
    house.confirm()


def locator_of(words: list[str]) -> str:
    return derive_thread(ReturnWords.parse(" ".join(words))).locator.hex()


def until_taken_back(person: Person, house: House) -> tuple[list[str], list[Stored]]:
    """Do everything that words are for; return the last words, and every sealed letter and answer that there was."""
    browser, pages = person.browser, person.pages
    sent = person.visit(pages.write(TEXT)).seen
    words = sent["words"]
    assert len(words) == 7
    assert all(word in sent["sent"] for word in words)

    first = person.come_back(words, pages.add(FURTHER), pages.choose("yes"), pages.keep(DRAFT)).seen
    assert TEXT in first["letters"][0]
    assert "nobody can find them for you" in first["before"]
    assert browser.scripts or "in its memory for a moment" in first["before"]

    answered(house, words)
    letters = [letter for letter in house.read() if letter["locator"] == locator_of(words)]
    assert sorted(letter["kind"] for letter in letters) == ["account", "addition", "choices"]
    assert {letter["channel"] for letter in letters} == {"web" if browser.scripts else "web without scripts"}

    second = person.come_back(words, pages.send_draft(), pages.replace()).seen
    assert [said in part for said, part in zip((TEXT, FURTHER, "Yes"), second["letters"], strict=True)] == [True] * 3
    assert second["draft"] == DRAFT
    assert len(second["answers"]) == 2
    assert any(REPLY in answer for answer in second["answers"])
    assert second["warnings"] == []
    assert "All 3 parts that you sent have arrived" in second["opened"]

    fresh = second["fresh"]
    third = person.visit(pages.enter(words), pages.refused(), pages.enter(fresh), pages.look(), pages.add(LATER)).seen
    assert third["kept"] == " ".join(words)
    assert [said in "".join(third["letters"]) for said in (TEXT, FURTHER, DRAFT)] == [True] * 3
    assert any(REPLY in answer for answer in third["answers"])

    house.carry()
    before = stored(house, words) + stored(house, fresh)
    assert len(before) >= len(WRITTEN) + len(second["answers"])
    assert files_with(house.intake.data, before)
    assert {f"{one.digest}.age" for one in before if one.kind in FOR_THE_PANEL} <= files_with(house.station, before)
    person.come_back(fresh, pages.withdraw())
    return fresh, before


# A dozen visits, each by a browser of its own: minutes where other programs want the same cores. Each browser goes the whole way
# every time, one with scripts and one without; the other two ways are of the larger matrix.
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "browser", [pytest.param(one, marks=() if one in TWO else pytest.mark.all) for one in FOUR], ids=str, indirect=True
)
def test_from_the_first_word_until_nothing_is_left(browser: Browser, house: House, tmp_path: Path) -> None:
    person = Person(browser, house)
    with house.intake.start():
        words, before = until_taken_back(person, house)
        # What was in the log stays in it until the service next looks after it: within the hour, or when it starts.
        house.intake.stop(signal.SIGKILL)
    with house.intake.start():
        assert soon_with(house.intake.data, before) == set()
        house.intake.run("backup", "--to", str(tmp_path / "backup"))
        assert files_with(tmp_path, before) == set()
        house.carry()
        house.reviewer("destroy", *house.shares(2, 3))
        assert files_with(house.station, [one for one in before if one.kind in FOR_THE_PANEL]) == set()
        house.confirm()
        last = person.come_back(words).seen
    assert last["letters"] == []
    assert "You took back what you sent" in last["opened"]
    assert any("destroyed" in answer for answer in last["answers"])
    assert last["warnings"] == []
    assert leaks([house.folder, tmp_path], person.secrets) == []
    (tmp_path / "planted.log").write_text(f"words: {' '.join(words)}")
    assert {path.name for path, _ in leaks([tmp_path], person.secrets)} == {"planted.log"}
