"""Where scripts run: walks through the site that bring a page to every state there is, and name each.

Nothing is found by what it says: a walk goes the same way in every language.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from crypto.words import ReturnWords
from intake.answers import Refusals
from intake.clock import today
from intake.pages import INFORMATION, PLAIN_PATH
from tests.access.stage import Stage
from tests.crypto import samples
from tests.intake.browser.looking import SCRIPT
from tests.intake.browser.threads import Station, keys_of, sent_account
from tests.intake.form import FilledForm
from tests.intake.returning import ReturnVisit

HOLD = "Ordered by a court. (2026-11-01 – 2027-01-31)"
SEED = "ab" * 32
UNKNOWN = ReturnWords.from_entropy(0x2A5F_1C3B_9E47_D081_64B2F)
# The Workers of the form and of coming back.
WORKERS = "**/static/worker*"
# What a Worker says that can do nothing.
SILENT = "self.onmessage = () => {};"
NO_CHANCE = "delete Crypto.prototype.getRandomValues;"
TOO_MUCH = "Being asked would have helped. " * 20


def information(stage: Stage) -> Iterator[str]:
    """Every page that only tells something, and those of a hold and of refusals."""
    page = stage.page
    for path in ("/", *INFORMATION, PLAIN_PATH):
        page.goto(stage.url + path)
        yield path
    for path in ("/", "/before"):
        pages = stage.pages
        stage.show(path, pages.start(HOLD) if path == "/" else pages.information(path, stage.site.card, HOLD))
        yield f"{path} under a hold"
    for word in ("missing", "busy", "unscripted"):
        refusal = Refusals(stage.pages)[word]
        stage.show("/nowhere", stage.pages.problem(refusal.status, refusal.problem))
        yield f"refused: {word}"


def sharing(stage: Stage) -> Iterator[str]:
    """The form from its first part to the end, with everything that it shows on the way."""
    page = stage.page
    form = FilledForm(page).open(stage.url)
    yield "first part"
    for details in page.locator("details:visible").all():
        details.locator("summary").first.click()
    yield "everything unfolded"
    yield from _parts(page)
    form.go_to("way-back")
    yield from _words(form)
    form.go_to("check")
    yield "check with nothing written"
    page.click("#send")
    yield "nothing written"
    form.write()
    yield from _checked(form)
    yield from _sent(form)


def _parts(page: Page) -> Iterator[str]:
    """Every part up to the way back, those with a note veiled and opened."""
    for _ in range(20):
        step = page.locator("[data-step]:visible").get_attribute("data-step")
        if step == "way-back":
            return
        note = page.locator("[data-note-show]:visible")
        if note.count():
            yield f"{step}, veiled"
            note.click()
        if step == "message":
            page.fill("#message-to-others", TOO_MUCH)
            page.click("#next")
            yield "message, too long"
            page.fill("#message-to-others", TOO_MUCH[:40])
        if step == "safety":
            page.check("input[name=child-at-risk][value=not-sure]")
        yield f"{step}"
        page.click("#next")
    raise AssertionError("the form never came to the way back")


def _words(form: FilledForm) -> Iterator[str]:
    page = form.page
    yield "way-back"
    page.check("input[name=words][value=yes]")
    page.check("input[name=read_back]")
    page.click("#next")
    page.locator("#words-panel").wait_for()
    yield "the words"
    page.click("#next")
    yield "words typed wrongly"
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    page.click("#next")


def _checked(form: FilledForm) -> Iterator[str]:
    page = form.page
    form.go_to("check")
    page.locator("#part-copy summary").click()
    yield "check"
    page.locator("[data-after-check-list] button").first.click()
    yield "about you"
    page.click("#back")


def _sent(form: FilledForm) -> Iterator[str]:
    page = form.page
    page.route("**/letters", lambda route: route.abort())
    page.click("#send")
    expect(page.locator("#message")).to_be_visible()
    yield "offline"
    page.unroute("**/letters")
    page.evaluate("document.getElementById('part-cover').showModal()")
    yield "covered"
    page.click("#part-uncover")
    page.click("#send")
    form.wait_until_sent()
    yield "sent"


def drafting(stage: Stage) -> Iterator[str]:
    """A draft, saved and gone on with, and sending without words."""
    page = stage.page
    form = FilledForm(page).open(stage.url).write()
    page.click("#save")
    page.locator("#words-panel").wait_for()
    yield "words before a draft"
    form.words = page.locator("#words-panel .heard-words__word").all_inner_texts()
    for asked in page.locator("[data-step=way-back] [data-retype]").all():
        asked.locator("input").fill(form.words[int(asked.get_attribute("data-place") or 0)])
    page.click("#next")
    page.locator("[data-step=saved]").wait_for()
    yield "draft saved"
    page.goto("about:blank")
    visit = ReturnVisit(page).come_back(stage.url, form.words)
    yield "return: a draft"
    page.click("#return-discard")
    yield "return: throwing the draft away"
    page.locator("[data-panel=discard] [data-back]").click()
    visit.page.click("#return-resume")
    yield "return: the draft in the form"
    form.go_to("way-back")
    yield "return: way-back with words"
    form.go_to("check").page.click("#send")
    form.wait_until_sent()
    yield "return: the draft is sent"


def unable(stage: Stage) -> Iterator[str]:
    """Pages that cannot seal or open anything, and say why."""
    page = stage.page
    silent = _worker(SILENT)
    page.route(WORKERS, silent)
    for path in ("/share", "/return"):
        page.goto(stage.url + path)
        yield f"{path}, waiting"
    page.unroute(WORKERS)
    page.route(WORKERS, _before(NO_CHANCE))
    for path in ("/share", "/return"):
        page.goto(stage.url + path)
        page.locator("#cannot-seal").wait_for()
        yield f"{path}, no source of chance"
    page.unroute(WORKERS)
    day = today()
    old = stage.site.card.valid_to + timedelta(days=1)
    stage.show("/share", stage.pages.share(stage.site.card, old, SEED))
    yield "out of date"
    stage.show("/share", stage.pages.share(stage.site.card, day, SEED, hold=HOLD))
    page.wait_for_selector("html.sealing-ready")
    yield "/share under a hold"
    stage.show("/return", stage.pages.return_page([stage.site.card], day, HOLD, seed=SEED))
    page.wait_for_selector("html.sealing-ready")
    yield "/return under a hold"


def _worker(code: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(headers=SCRIPT, body=code)


def _before(code: str) -> Callable[[Route], None]:
    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=code + answer.text())

    return change


def returning(stage: Stage) -> Iterator[str]:
    """Coming back: words and what they open, answers and warnings, and everything that can be done."""
    page = stage.page
    words = sent_account(stage.site.served.url)
    visit = ReturnVisit(page).open(stage.url)
    yield "entry"
    visit.enter([words[0] + "q", *words[1:]])
    page.locator("#return-problem").wait_for()
    yield "a wrong word"
    visit.enter(UNKNOWN.words)
    page.locator("#return-progress").wait_for()
    yield "one moment"
    page.locator("#return-problem").wait_for()
    yield "words that open nothing"
    visit.enter(words).wait_until_opened()
    yield "no answer yet"
    answer(Station(stage.site.served, keys_of(words)))
    visit.come_back(stage.url, words)
    yield "answers and a warning"
    yield from _panels(visit)


def answer(station: Station) -> None:
    """Let an arrival, a reply, that it was heard, and a reply by somebody else wait for whoever comes back."""
    station.place(station.notice("arrival", digests=station.digests()))
    station.place(station.notice("reply", sequence=2))
    station.place(station.notice("heard", sequence=3))
    station.place(Station(station.served, station.keys, samples.NEXT_ROOT).notice("reply", sequence=4))


def _panels(visit: ReturnVisit) -> Iterator[str]:
    page = visit.page
    visit.start("add")
    yield "adding"
    visit.press("add")
    expect(page.locator("#return-status")).to_be_visible()
    yield "adding nothing"
    page.fill("#return-add-text", "One more thing.")
    visit.press("add").wait_until_opened()
    yield "added"
    visit.start("choices")
    yield "choosing"
    page.check("input[name=consent-research][value=yes]")
    visit.press("choices").wait_until_opened()
    page.locator("#return-earlier summary").click()
    yield "chosen"
    visit.start("replace")
    yield "before other words"
    visit.press("new-words")
    page.locator("[data-stage=words]").wait_for()
    yield "other words"
    visit.press("replace")
    yield "other words typed wrongly"
    page.locator("[data-panel=replace] [data-stage=words] [data-back]").click()
    visit.start("withdraw")
    yield "taking back"
    visit.press("ask")
    yield "taking back, nothing chosen"
    page.check("input[name=return-keep][value=nothing]")
    visit.press("ask")
    yield "taking back, asked once more"
    visit.press("withdraw").wait_until_opened()
    yield "taken back"
    visit.close()
    yield "closed"


SCRIPTED = {walk.__name__: walk for walk in (information, sharing, drafting, unable, returning)}
