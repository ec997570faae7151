"""Coming back without scripts in Chromium, in detail; the whole way is in tests/journeys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests import chromium
from tests.crypto import samples
from tests.intake.form import TEXT, FilledForm
from tests.intake.installed import Installed
from tests.intake.returning import ReturnVisit

SMALL_PHONE = ViewportSize(width=320, height=640)
MORE = "A nurse listened.\n  She wrote it down. \U0001f33f"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(java_script_enabled=False, viewport=SMALL_PHONE)
    yield made.new_page()
    made.close()


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(viewport=SMALL_PHONE)
    made.set_default_timeout(chromium.PATIENCE)
    yield made.new_page()
    made.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def enter(page: Page, url: str, words: list[str]) -> None:
    page.goto(url + "/return")
    page.fill("#words_typed", " ".join(words))
    press(page, "Open")


def come_back(page: Page, url: str, words: list[str]) -> None:
    enter(page, url, words)
    expect(page.locator("h1")).to_have_text("What your words open")


def words_on(page: Page) -> list[str]:
    return page.locator(".heard-words__word").all_inner_texts()


def shared_without_scripts(page: Page, url: str) -> list[str]:
    page.goto(url + "/share")
    page.fill("#account", TEXT)
    page.check("input[name=words][value=yes]")
    page.check("input[name=read_back]")
    page.check("input[name=consent-research][value=no]")
    press(page, "Send")
    return words_on(page)


def test_from_scripts_to_none_and_back(served: Installed, plain: Page, scripted: Page) -> None:
    form = FilledForm(scripted).open(served.url).write().take_words().send().wait_until_sent()
    come_back(plain, served.url, form.words)
    expect(plain.locator(".heard-letters")).to_contain_text(TEXT)
    plain.fill("#opened-further", MORE)
    press(plain, "Save as a draft")
    press(plain, "Show me new words")
    press(plain, "Back")
    plain.fill("#opened-further", MORE)
    press(plain, "Seal and send")
    press(plain, "Show me new words")
    press(plain, "Replace my words")
    new = words_on(plain)
    visit = ReturnVisit(scripted).come_back(served.url, new)
    assert [TEXT in visit.letters[0], "She wrote it down." in visit.letters[1]] == [True, True]
    assert visit.warnings == []
    visit.add("With scripts again.")
    come_back(plain, served.url, new)
    expect(plain.locator(".heard-letters")).to_contain_text("With scripts again.")
    expect(plain.locator(".heard-warning")).to_have_count(0)


def test_text_comes_back_exactly_and_a_mistake_costs_nothing(served: Installed, plain: Page) -> None:
    words = shared_without_scripts(plain, served.url)
    hostile = "\n\n  Being asked.\n</textarea>\"'&amp; \U0001f33f\n"
    come_back(plain, served.url, words)
    plain.fill("#opened-further", hostile)
    press(plain, "Next")
    expect(plain.locator(".govuk-error-summary a")).to_have_attribute("href", "#opened-keep")
    assert plain.locator("#opened-further").input_value() == hostile
    press(plain, "Save as a draft")
    come_back(plain, served.url, words)
    assert plain.locator("#opened-further").input_value() == hostile
    enter(plain, served.url, [*words[:6], words[6] + "x"])
    expect(plain.locator(".govuk-error-summary").first).to_contain_text("Word 7 is not on our list")
    assert plain.locator("#words_typed").input_value() == " ".join([*words[:6], words[6] + "x"])


def test_every_id_is_there_once_and_screens_can_be_looked_at(served: Installed, plain: Page, tmp_path: Path) -> None:
    come_back(plain, served.url, shared_without_scripts(plain, served.url))
    for name, button in (("opened", ""), ("replace", "Show me new words")):
        if button:
            press(plain, button)
        ids = re.findall(r'\sid="([^"]*)"', plain.content())
        assert sorted(ids) == sorted(set(ids))
        assert plain.evaluate("() => document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
        assert len(plain.screenshot(path=tmp_path / f"{name}.png", full_page=True)) > 10_000
