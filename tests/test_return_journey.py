"""Written, read back, added to, answered, given other words and taken back: every step by what people use, until nothing is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto.words import ReturnWords
from tests import chromium
from tests.house import House, founded
from tests.intake.form import FilledForm
from tests.intake.returning import ReturnVisit
from tests.leaks import leaks

TEXT = "I told a teacher about it in the spring. Nobody wrote it down."
FURTHER = "One more thing: the office kept a diary of visits."
LATER = "Under other words, I still remember the corridor."
REPLY = "Thank you. We have read every word of it."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with founded(tmp_path_factory.mktemp("house"), HEARD_ANSWER_GRID_MILLISECONDS="50") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


def come_back(browser: Browser, house: House, words: list[str]) -> ReturnVisit:
    """A fresh profile, as on another device."""
    return ReturnVisit(browser.new_context().new_page()).come_back(house.intake.url, words)


def sealed_pieces(house: House) -> list[bytes]:
    """A slice of every sealed letter at the station."""
    return [path.read_bytes()[30_000:30_064] for path in house.station.rglob("*.age")]


def files_with(folders: list[Path], piece: bytes) -> list[str]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if piece in path.read_bytes()]


@pytest.mark.timeout(280)
def test_from_the_first_word_until_nothing_is_left(house: House, browser: Browser, tmp_path: Path) -> None:
    form = FilledForm(browser.new_context().new_page()).open(house.intake.url).write(TEXT).take_words().send()
    words = form.wait_until_sent().words
    visit = come_back(browser, house, words)
    assert TEXT in visit.letters[0]
    visit.add(FURTHER).change_choice("research", "yes")

    house.carry()
    listed = [letter for letter in house.read() if letter["kind"] == "account"]
    assert len(listed) == 1
    names = [line.split()[0] for line in house.reviewer("list").splitlines() if " imported" in line]
    house.reviewer("reply", names[0], "--text", REPLY, "--yes", *house.shares(1, 2))
    house.reviewer("heard", names[0], *house.shares(1, 2))
    house.confirm()

    visit = come_back(browser, house, words)
    assert len(visit.letters) == 3
    assert any(REPLY in answer for answer in visit.answers)
    assert len(visit.answers) == 2
    assert visit.warnings == []
    expect(visit.page.locator("#return-arrived")).to_contain_text("All 3 parts that you sent have arrived")

    fresh = visit.replace_words()
    old = ReturnVisit(browser.new_context().new_page()).open(house.intake.url).enter(words)
    expect(old.page.locator("#return-problem")).to_be_visible()
    visit = come_back(browser, house, fresh)
    assert TEXT in visit.letters[0]
    visit.add(LATER)
    house.carry()
    pieces = sealed_pieces(house)
    assert any(files_with([house.intake.data], piece) for piece in pieces)

    visit = come_back(browser, house, fresh)
    visit.withdraw()
    house.carry()
    house.reviewer("destroy", *house.shares(2, 3))
    house.confirm()
    expect(come_back(browser, house, fresh).page.locator("#return-notices")).to_contain_text("destroyed")

    house.intake.run("backup", "--to", str(tmp_path / "backup"))
    account = house.reviewer("list")
    assert "destroyed" in account
    gone = [letter.split()[0] for letter in account.splitlines() if letter.endswith("destroyed")]
    assert len(gone) >= 5
    left = {path.stem[:12] for path in house.station.rglob("*.age")}
    assert not left & set(gone)
    secrets = [TEXT, FURTHER, LATER, REPLY, " ".join(words), " ".join(fresh)]
    secrets += [ReturnWords.parse(" ".join(some)).digits for some in (words, fresh)]
    assert leaks([house.folder, tmp_path], secrets) == []
    (tmp_path / "planted.log").write_text(f"words: {' '.join(fresh)}")
    assert [path.name for path, _ in leaks([tmp_path], secrets)] == ["planted.log"]
