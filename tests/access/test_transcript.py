"""What a screen reader says on the way from the start to the end, kept as tests/golden/screen-reader.txt.

The reader is @guidepup/virtual-screen-reader, in Chromium: it reads the accessibility tree as the standards have it, and is none of
the readers that people use. Delete the golden file and run this twice to renew it; then read what changed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.site import Site
from tests.access.stage import LIGHT, Look, stage
from tests.browser.node import BROWSER
from tests.intake.form import TEXT, FilledForm

READER = BROWSER / "node_modules" / "@guidepup" / "virtual-screen-reader" / "lib" / "esm" / "index.browser.js"
GOLDEN = Path(__file__).parents[1] / "golden" / "screen-reader.txt"
# The reader comes as a module, which the content policy of the pages would stop.
OPEN = Look("open to the reader", {**LIGHT.options, "bypass_csp": True})
READ = """async (selector) => {
  const { virtual } = await import("/screen-reader.js");
  await virtual.start({ container: document.querySelector(selector) });
  const said = [await virtual.lastSpokenPhrase()];
  for (let steps = 0; steps < 600; steps += 1) {
    await virtual.next();
    const phrase = await virtual.lastSpokenPhrase();
    if (phrase === said[0]) break;
    said.push(phrase);
  }
  await virtual.stop();
  return said;
}"""
# What is announced without anybody going there: live regions, while `act` is done.
LISTEN = """async () => {
  const { virtual } = await import("/screen-reader.js");
  await virtual.start({ container: document.body });
  await virtual.clearSpokenPhraseLog();
  globalThis.listening = virtual;
}"""
HEARD = """async () => {
  await new Promise((done) => setTimeout(done, 300));
  const said = await listening.spokenPhraseLog();
  await listening.stop();
  return said;
}"""
HOURS = re.compile(r"The line is (?:open|closed) now[^.]*\.(?: It opens[^.]*\.)?")


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with stage(browser, site, "en", OPEN) as made:
        made.page.route("**/screen-reader.js", lambda route: route.fulfill(content_type="text/javascript", path=READER))
        yield made.page


def read(page: Page, selector: str = "main") -> list[str]:
    """Return every phrase that is said from the beginning of an element to its end."""
    said: list[str] = page.evaluate(READ, selector)
    # What stands in <noscript> is raw text where scripts run. No browser shows it, but this reader reads it.
    return [phrase for phrase in said if not phrase.startswith("<")]


def announced(page: Page, act: Callable[[], None]) -> list[str]:
    """Return what is said while `act` is done."""
    page.evaluate(LISTEN)
    act()
    said: list[str] = page.evaluate(HEARD)
    # A live region that changes twice at once is heard once.
    return [phrase for phrase, before in zip(said, ["", *said], strict=False) if phrase not in {before, "polite: "}]


def journey(page: Page, url: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield a heading for each part of the way, and what was said there."""
    page.goto(url + "/")
    yield "The start, all of the page", read(page, "body")
    page.goto(url + "/before")
    yield "Before you begin", read(page)
    form = FilledForm(page).open(url)
    yield "The first part of the form", read(page)
    form.go_to("account")
    yield "Your account", read(page, "[data-step=account]")
    form.go_to("message")
    page.fill("#message-to-others", "Being asked would have helped. " * 20)
    yield "Too much, announced", announced(page, lambda: page.click("#next"))
    yield "Too much, read", [*read(page, "[data-step=message]"), *read(page, "#navigation")]
    page.fill("#message-to-others", "")
    form.go_to("safety")
    page.check("input[name=child-at-risk][value=yes]")
    yield "A child may be at risk", read(page, "[data-step=safety]")
    form.go_to("way-back")
    page.check("input[name=words][value=yes]")
    yield "A way back", read(page, "[data-step=way-back]")
    page.click("#next")
    page.locator("#words-panel").wait_for()
    page.click("#next")
    expect(page.locator("[data-retype] .govuk-error-message").first).to_be_visible()
    yield "The words, typed wrongly", read(page, "#words-panel")
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    page.click("#next")
    yield "Check, nothing written", read(page, "[data-step=check]")
    yield "Send, nothing written, announced", announced(page, lambda: page.click("#send"))
    page.fill("#account", TEXT)
    form.go_to("check")
    yield "Check", read(page, "[data-step=check]")
    form.send().wait_until_sent()
    yield "Sent", read(page)


def neutral(phrase: str) -> str:
    """Return a phrase without what differs from run to run: the words, their places and the hour."""
    phrase = HOURS.sub("«the hours»", phrase)
    phrase = re.sub(r"\b[Ww]ord [1-7]\b", "word «n»", phrase)
    return re.sub(r"^\d{4}$", "«number»", phrase)


def transcript(parts: Iterator[tuple[str, Sequence[str]]]) -> str:
    return "\n".join("\n".join([f"# {name}", *map(neutral, said), ""]) for name, said in parts)


def test_the_transcript_is_the_golden_one(page: Page, site: Site) -> None:
    said = transcript(journey(page, site.url("en")))
    # The words are drawn by chance; what is said of each is its place in the list.
    for word in page.locator("[data-step=sent] .heard-words__word").all_inner_texts():
        said = re.sub(rf"^{word}$", "«word»", said, flags=re.MULTILINE)
    if not GOLDEN.exists():
        GOLDEN.write_text(said, "utf-8")
        pytest.fail("There was no golden transcript; one was written. Read it, then run this again.")
    assert said == GOLDEN.read_text("utf-8")


def test_what_is_taken_away_is_missed(page: Page, site: Site) -> None:
    FilledForm(page).open(site.url("en")).go_to("account")
    whole = read(page, "[data-step=account]")
    (field,) = (phrase for phrase in whole if phrase.startswith("textbox"))
    assert "What would you like to tell us?" in field
    assert "There is no right way to tell it" in field
    page.evaluate("document.querySelector('#account').removeAttribute('aria-describedby')")
    page.evaluate("document.querySelector('#step-account').replaceWith('Your account')")
    less = read(page, "[data-step=account]")
    assert field not in less
    assert [phrase for phrase in whole if phrase.startswith("heading")]
    assert [phrase for phrase in less if phrase.startswith("heading")] == []
