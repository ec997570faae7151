"""Where no script runs: the same site, every press of a button a new page."""

from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from intake.answers import Refusals
from intake.clock import today
from intake.pages import PLAIN_PATH
from tests.access.stage import Stage
from tests.access.walks import HOLD, SEED, TOO_MUCH, UNKNOWN, answer
from tests.intake.browser.threads import Station, keys_of, sent_account
from tests.intake.form import TEXT

SEND = "[data-step] ~ noscript button"
FORM_SEND = "#journey noscript > button, #f > #journey > button"


def sharing_plain(stage: Stage) -> Iterator[str]:
    """The form in one piece: empty, with a problem, with a child at risk, sent with words and without."""
    page = stage.page
    for path in ("/", "/before", "/share", PLAIN_PATH):
        page.goto(stage.url + path)
        yield f"{path} without scripts"
    yield from _filled(page, stage.url + PLAIN_PATH, "text browsers")
    yield from _filled(page, stage.url + "/share", "without scripts")
    stage.show("/share", stage.pages.share(stage.site.card, today(), SEED, hold=HOLD))
    yield "/share under a hold, without scripts"
    stage.show("/share", stage.pages.share(stage.site.card, today(), SEED, unscripted=False))
    yield "/share where scripts are needed"
    stage.show("/return", stage.pages.return_page([stage.site.card], today(), HOLD, unscripted=False))
    yield "/return where scripts are needed"


def _filled(page: Page, address: str, how: str) -> Iterator[str]:
    page.goto(address)
    _send(page.locator(FORM_SEND).last)
    yield f"nothing written, {how}"
    page.fill("#message-to-others", TOO_MUCH)
    page.fill("#account", TEXT)
    _send(page.locator(FORM_SEND).last)
    yield f"message too long, {how}"
    page.fill("#message-to-others", "")
    page.check("input[name=child-at-risk][value=yes]")
    page.check("input[name=words][value=yes]")
    _send(page.locator(FORM_SEND).last)
    yield f"a child at risk, {how}"
    _send(page.locator(".heard-urgent-first button"))
    yield f"sent, {how}"
    page.goto(address)
    page.fill("#account", TEXT)
    _send(page.locator(FORM_SEND).last)
    yield f"sent without words, {how}"


def returning_plain(stage: Stage) -> Iterator[str]:
    """Coming back: words, what they open, and everything that can be done with them."""
    page = stage.page
    words = sent_account(stage.site.served.url)
    answer(Station(stage.site.served, keys_of(words)))
    page.goto(stage.url + "/return")
    yield "entry without scripts"
    yield from _entered(page, words)
    for name, choose in (("add", ""), ("withdraw", "")):
        _press(page, name)
        yield f"{name} with nothing{choose}, without scripts"
    page.fill("#opened-further", "One more thing.")
    _press(page, "draft")
    yield "draft saved, without scripts"
    _press(page, "discard")
    yield "throwing the draft away, without scripts"
    _press(page, "open")
    _press(page, "add")
    yield "added, without scripts"
    page.check("input[name=consent-research][value=yes]")
    _press(page, "choices")
    yield "chosen, without scripts"
    _press(page, "replace")
    yield "other words, without scripts"
    _press(page, "replace")
    yield "replaced, without scripts"
    page.check("input[name=keep][value=nothing]")
    _press(page, "withdraw")
    yield "asked once more, without scripts"
    _press(page, "withdraw")
    yield "taken back, without scripts"
    refusal = Refusals(stage.pages)["busy"]
    html = stage.pages.opened(
        None, "", SEED, typed={"further": ["One more thing."]}, problem=refusal.problem, may_retry=True
    )
    stage.show("/return", html)
    yield "not done, without scripts"


def _entered(page: Page, words: list[str]) -> Iterator[str]:
    for typed, state in (
        ([words[0] + "q", *words[1:]], "a wrong word"),
        (UNKNOWN.words, "words that open nothing"),
        (words, "answers and a warning"),
    ):
        page.fill("#words_typed", " ".join(typed))
        _send(page.locator("#return-entry noscript button"))
        yield f"{state}, without scripts"


def _press(page: Page, action: str) -> None:
    _send(page.locator(f"main button[value={action}]").first)


def _send(button: Locator) -> None:
    """Press a button, and wait until the page that answers is whole."""
    with button.page.expect_navigation():
        button.click()


PLAIN = {walk.__name__: walk for walk in (sharing_plain, returning_plain)}
