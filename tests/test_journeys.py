"""From a browser to the offline station and back, by the commands that people use; then a search for anything left behind."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crypto.words import ReturnWords
from tests import chromium
from tests.house import House, founded
from tests.intake.form import FilledForm
from tests.leaks import leaks

ROOT = Path(__file__).parents[1]
SCRIPTED = "I told a teacher about it in the spring. Nobody wrote it down."
PLAIN = "It took me a long while to say this. Being asked would have helped."
STRANGE = "\0 nul; e\u0301; \u05d0\u05e0\u05d9 \u05d6\u05d5\u05db\u05e8; \u202eabc\u202c; \x1b[31m; \U0001f469\u200d\U0001f467 \U0001f33f"
LONG = " ".join(["I remember the corridor and the smell of rain on coats."] * 1_900)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


def write(browser: Browser, url: str, text: str, *, words: bool) -> list[str]:
    """Send one account with scripts on; return its words."""
    context = browser.new_context()
    form = FilledForm(context.new_page()).open(url).write(text)
    if words:
        form.take_words()
    form.send().wait_until_sent()
    context.close()
    return form.words


def write_plainly(browser: Browser, url: str, text: str) -> list[str]:
    """Send one account with scripts off, and take words; return them."""
    context = browser.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    page.goto(url + "/share")
    page.fill("#account", text)
    page.check("input[name=words][value=yes]")
    page.check("input[name=read_back]")
    page.get_by_role("button", name="Send").click()
    words = page.locator(".heard-words__word").all_inner_texts()
    context.close()
    return words


@dataclass(frozen=True)
class Told:
    """A house to which four people wrote; the words of two of them."""

    house: House
    scripted_words: list[str]
    plain_words: list[str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Told]:
    with founded(tmp_path_factory.mktemp("house")) as house:
        url = house.intake.url
        words = write(browser, url, SCRIPTED, words=True), write_plainly(browser, url, PLAIN)
        write(browser, url, STRANGE, words=False)
        write(browser, url, LONG, words=False)
        house.carry()
        yield Told(house, *words)


@pytest.fixture(scope="module")
def house(told: Told) -> House:
    return told.house


def accounts(letters: list[dict[str, object]]) -> list[str]:
    return sorted(answer["text"] for letter in letters for answer in letter["answers"] if answer["id"] == "account")  # type: ignore[attr-defined]  # JSON


@pytest.mark.timeout(250)
def test_typed_stored_carried_read_and_nothing_left_behind(told: Told, tmp_path: Path) -> None:
    house, scripted_words, plain_words = told.house, told.scripted_words, told.plain_words
    assert accounts(house.read()) == sorted([SCRIPTED, PLAIN, STRANGE, LONG])
    house.confirm()
    house.intake.run("backup", "--to", str(tmp_path / "backup"))
    assert (tmp_path / "backup").stat().st_size > 4 * 65_536

    secrets = [SCRIPTED, PLAIN, LONG[:200], STRANGE[5:], " ".join(scripted_words), " ".join(plain_words)]
    secrets += [ReturnWords.parse(" ".join(words)).digits for words in (scripted_words, plain_words)]
    places = [house.folder, tmp_path]
    assert leaks(places, secrets) == []
    planted_in_the_database(house, SCRIPTED)
    (house.folder / "planted.log").write_text(f"words: {' '.join(plain_words)}")
    found = {path.name for path, _ in leaks(places, secrets)}
    assert "planted.log" in found
    assert any(name.startswith("letters.sqlite") for name in found)


def planted_in_the_database(house: House, text: str) -> None:
    """Put a leak where it would be found last: in the write-ahead log of the store."""
    connection = sqlite3.connect(house.intake.data / "letters.sqlite")
    connection.execute("CREATE TABLE planted (text)")
    connection.execute("INSERT INTO planted VALUES (?)", (text,))
    connection.commit()
    connection.close()


def test_what_is_printed_for_people_is_whole_and_safe(house: House) -> None:
    printed = house.reviewer("read", "--all", *house.shares(1, 2))
    assert SCRIPTED in printed
    assert LONG in printed
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "⟦U+202E⟧" in printed


def test_nothing_readable_is_left_to_others(house: House) -> None:
    for side in (house.intake.data, house.station, house.custody):
        for path in (side, *side.rglob("*")):
            assert path.stat().st_mode & 0o077 == 0 or path.suffix in {".card", ".pub"}, path


def test_the_intake_side_never_had_a_panel_key(house: House) -> None:
    secret = json.loads((house.custody / "share-1-of-3.json").read_text())
    assert "share" in str(secret)
    for path in house.intake.data.rglob("*"):
        assert b"AGE-SECRET-KEY" not in path.read_bytes()


def test_intake_does_not_start_with_a_secret_in_its_card(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    house.found()
    card = house.intake.data / "panel-card.card"
    card.write_bytes(card.read_bytes() + b"AGE-SECRET-KEY-PQ-1" + b"Q" * 58 + b"\n")
    done = house.intake.command("serve", "--port", "0")
    assert done.returncode != 0
    assert "secret" in done.stderr
    assert "Traceback" not in done.stderr


def stored_letters(house: House) -> list[Path]:
    """The files of the letters that the panel can open; what is sealed to survivors lies beside them."""
    listed = {letter["id"] for letter in json.loads(house.reviewer("list", "--json"))["letters"]}
    return [path for path in house.station.rglob("*.age") if path.stem in listed]


def test_a_program_that_is_not_ours_opens_a_stored_letter(house: House, tmp_path: Path) -> None:
    document = (ROOT / "docs" / "opening-with-age.md").read_text()
    script = ROOT / "browser" / "node_modules" / ".open-as-the-document-says.mjs"
    script.write_text(document.split("```js\n")[1].split("```")[0])
    house.reviewer("identity", "--to", str(tmp_path / "identity"), *house.shares(1, 2))
    try:
        opened = [
            json.loads(
                subprocess.run(["node", script, tmp_path / "identity", letter], check=True, capture_output=True).stdout
            )
            for letter in stored_letters(house)
        ]
    finally:
        script.unlink()
    assert accounts(opened) == accounts(house.read())
    assert SCRIPTED in accounts(opened)
    assert (tmp_path / "identity").stat().st_mode & 0o077 == 0
