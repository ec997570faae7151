"""The words: entered forgivingly, refused helpfully, and known to nobody else."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from crypto.constants import VISIT_ANSWER_BYTES, VISIT_REQUEST_BYTES, VISIT_REQUESTS, VISIT_SLOT_BYTES
from crypto.words import ReturnWords
from tests.intake.browser.looking import says
from tests.intake.browser.threads import Station, keys_of, sent_account
from tests.intake.form import TEXT
from tests.intake.installed import Installed
from tests.intake.returning import ReturnVisit
from tests.wire import Wire

UNKNOWN = ReturnWords.from_entropy(0x2A5F_1C3B_9E47_D081_64B2F)
MOST_REQUESTS_BEFORE_WORDS = 4


@pytest.fixture
def words(site: str) -> list[str]:
    return sent_account(site)


def visits(wire: Wire) -> list[Request]:
    return [request for request in wire.requests if request.url.endswith("/thread")]


def test_what_was_sent_is_shown_as_it_was_shown(site: str, page: Page, words: list[str]) -> None:
    visit = ReturnVisit(page).come_back(site, words)
    (account,) = visit.letters
    assert "Your account" in account
    assert "What would you like to tell us?" in account
    assert TEXT in account
    says(page, "#return-choices", "May we use your account for research?")
    says(page, "#return-arrived", "has not confirmed yet")
    says(page, "#return-answers", "There is no answer yet")
    expect(page.locator("#return-thread-title")).to_be_focused()
    expect(page.locator("#return-letters dd").first).to_have_attribute("dir", "auto")
    assert page.locator("#words_typed").input_value() == ""


@pytest.mark.parametrize("way", ["numbers", "digits", "untidy", "mixed"])
def test_words_are_taken_in_any_way(site: str, page: Page, words: list[str], way: str) -> None:
    parsed = ReturnWords.parse(" ".join(words))
    typed = {
        "numbers": " ".join(parsed.numbers),
        "digits": parsed.digits,
        "untidy": "\n".join(f"{n}.  {word.upper()}," for n, word in enumerate(words, 1)),
        "mixed": " - ".join([*words[:3], *parsed.numbers[3:]]),
    }
    assert TEXT in ReturnVisit(page).come_back(site, typed[way]).letters[0]


def test_a_wrong_word_is_named_with_suggestions_that_mend_it(site: str, page: Page, words: list[str]) -> None:
    wrong = [*words[:2], words[2] + "q", *words[3:5], words[5] + "q", words[6]]
    visit = ReturnVisit(page).open(site).enter(wrong)
    says(page, "#return-problem", f"Word 3, “{wrong[2]}”, is not one of our words")
    says(page, "#return-error", "Word 3")
    expect(page.locator("#return-problem")).to_be_focused()
    assert page.locator("#words_typed").input_value() == " ".join(wrong)
    page.locator("#return-suggestions").get_by_role("button", name=words[2], exact=True).click()
    says(page, "#return-problem", f"Word 6, “{wrong[5]}”")
    page.locator("#return-suggestions").get_by_role("button", name=words[5], exact=True).click()
    expect(page.locator("#return-problem")).to_be_hidden()
    assert page.locator("#words_typed").input_value() == " ".join(words)
    page.locator("#words_typed").press("Enter")
    visit.wait_until_opened()


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (lambda words: [words[1], words[0], *words[2:]], "two are swapped"),
        (lambda words: words[:6], "That is not seven words"),
        (lambda _: [], "That is not seven words"),
    ],
)
def test_a_mistake_never_costs_what_was_typed_and_asks_nobody(
    site: str, page: Page, wire: Wire, mistake: Callable[[list[str]], list[str]], sentence: str
) -> None:
    typed = mistake(list(UNKNOWN.words))
    ReturnVisit(page).open(site).enter(typed)
    says(page, "#return-problem", sentence)
    assert page.locator("#words_typed").input_value() == " ".join(typed)
    assert visits(wire) == []


def test_the_page_says_that_lost_words_are_lost(site: str, page: Page) -> None:
    ReturnVisit(page).open(site)
    says(page, "#return-entry", "nobody can find them for you")


def test_words_that_open_nothing_keep_what_was_typed(site: str, page: Page) -> None:
    ReturnVisit(page).open(site).enter(UNKNOWN.words)
    says(page, "#return-problem", "These words open nothing here")
    assert page.locator("#words_typed").input_value() == " ".join(UNKNOWN.words)


def test_few_requests_before_words(site: str, page: Page, wire: Wire) -> None:
    ReturnVisit(page).open(site)
    page.wait_for_load_state("networkidle")
    assert 0 < len(wire.requests) <= MOST_REQUESTS_BEFORE_WORDS


def test_every_visit_makes_the_same_requests(
    served: Installed, fresh: Callable[[], BrowserContext], words: list[str]
) -> None:
    """Unknown words, no news, and news: the same number, the same sizes each way."""
    seen = []
    for case in ("unknown", "no news", "news"):
        if case == "news":
            station = Station(served, keys_of(words))
            station.place(station.notice())
        context = fresh()
        wire, visit = Wire(context), ReturnVisit(context.new_page()).open(served.url)
        if case == "unknown":
            visit.enter(UNKNOWN.words)
            says(visit.page, "#return-problem", "open nothing")
        else:
            visit.enter(words).wait_until_opened()
        seen.append([(len(r.post_data_buffer or b""), len(answered(r))) for r in visits(wire)])
    assert seen == [[(VISIT_REQUEST_BYTES + VISIT_SLOT_BYTES, VISIT_ANSWER_BYTES)] * VISIT_REQUESTS] * 3


def answered(request: Request) -> bytes:
    response = request.response()
    assert response is not None
    assert response.status == 200
    return response.body()


def test_nothing_of_it_is_in_addresses_titles_history_or_storage(
    site: str, page: Page, wire: Wire, context: BrowserContext, words: list[str]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    before = page.goto(site + "/return")
    assert before is not None
    length, title = page.evaluate("history.length"), page.title()
    visit = ReturnVisit(page).come_back(site, words)
    visit.start("add").page.fill("#return-add-text", "Being asked helped.")
    page.click("[data-panel=add] [data-back]")
    assert page.title() == title
    assert page.url == site + "/return"
    assert page.evaluate("history.length") == length
    assert page.evaluate("history.state") is None
    assert context.cookies() == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    keys = keys_of(words)
    for secret in (" ".join(words), ReturnWords.parse(" ".join(words)).digits, TEXT, keys.identity_seed.hex()):
        assert wire.carries(secret) == []
    assert all(re.fullmatch(r"https?://[^/]+/?(return)?", r.headers.get("referer", site)) for r in wire.requests)
    assert complaints == []
    # The watcher sees what is planted.
    page.evaluate("words => fetch('/healthz?w=' + words)", words[0] + "-" + words[1])
    assert wire.carries(words[0] + "-" + words[1]) != []


def test_without_an_answer_the_words_stay(site: str, page: Page, words: list[str]) -> None:
    page.route("**/thread", lambda route: route.abort(), times=1)
    visit = ReturnVisit(page).open(site).enter(words)
    says(page, "#return-problem", "There was no answer")
    assert page.locator("#words_typed").input_value() == " ".join(words)
    page.click("#return-open")
    visit.wait_until_opened()


def test_the_page_tells_how_far_it_is_and_stays_usable(site: str, page: Page) -> None:
    """With a Worker that takes its time, as one without compiler and WebAssembly does."""
    slow = """
      self.onmessage = ({ data: { id, type } }) => {
        if (type === "prepare") self.postMessage({ id, ok: true, fingerprint: { words: [], numbers: [] } });
        else for (const part of [0.14, 0.31, 0.58]) setTimeout(() => self.postMessage({ id, progress: "deriving", part }), part * 3000);
      };
    """
    headers = {"content-type": "text/javascript", "cross-origin-embedder-policy": "require-corp"}
    page.route("**/static/worker-return.*", lambda route: route.fulfill(headers=headers, body=slow))
    ReturnVisit(page).open(site).enter(UNKNOWN.words)
    line = page.locator("#return-step")
    expect(line).to_have_attribute("role", "status")
    for percent in (10, 30, 50):
        expect(line).to_contain_text(f"{percent} percent")
    assert page.locator("#return-bar").evaluate("bar => bar.position") == pytest.approx(0.58)
    ReturnVisit(page).close()


def test_close_takes_everything_off_the_page(site: str, page: Page, words: list[str]) -> None:
    visit = ReturnVisit(page).come_back(site, words)
    visit.start("replace").press("new-words")
    page.locator("[data-stage=words]").wait_for()
    fresh_words = page.locator("[data-new-words] .heard-words__word").all_inner_texts()
    visit.close()
    expect(page.locator("#return-closed-title")).to_be_focused()
    html = page.content() + "".join(page.locator("textarea, input").evaluate_all("all => all.map(one => one.value)"))
    for secret in (TEXT, " ".join(words), " ".join(fresh_words)):
        assert secret not in html
    assert not re.search(r'class="heard-words__word"', html)
    assert TEXT in visit.come_back(site, words).page.content()


def test_enter_in_the_field_sends_nothing_by_itself(site: str, page: Page, wire: Wire) -> None:
    """Where scripts run there is no form: nothing can post the words."""

    def block(route: Route) -> None:
        route.abort()

    page.route("**/static/return.*", block)
    page.goto(site + "/return")
    page.evaluate("for (const hidden of document.querySelectorAll('[hidden]')) hidden.hidden = false")
    page.evaluate("document.documentElement.classList.add('sealing-ready')")
    page.fill("#words_typed", " ".join(UNKNOWN.words))
    page.locator("#words_typed").press("Enter")
    page.evaluate("for (const form of document.forms) form.submit()")
    page.wait_for_timeout(300)
    assert wire.posts == []


def test_it_fits_a_small_phone_and_every_target_can_be_hit(site: str, page: Page, words: list[str]) -> None:
    visit = ReturnVisit(page).open(site)
    fits(page)
    visit.enter([words[0] + "q", *words[1:]])
    page.locator("#return-problem").wait_for()
    fits(page)
    visit.enter(words).wait_until_opened()
    fits(page)
    for panel in ("add", "choices", "replace", "withdraw"):
        visit.start(panel)
        fits(page)
        page.locator(f"[data-panel={panel}] [data-back]").locator("visible=true").click()
    visit.add("a" * 400)
    fits(page)
    # The measures see what does not fit.
    page.evaluate("document.querySelector('#return-close').style.padding = '0 200px'")
    assert page.evaluate(WIDTH) > 320
    page.evaluate("document.querySelector('#return-close').style = 'min-height: 0; padding: 0; height: 12px'")
    assert page.evaluate(SMALL_TARGETS) != []


WIDTH = "document.documentElement.scrollWidth"
# WCAG 2.2, 2.5.8: 24 by 24 CSS pixels. A radio is pressed by its label too, which lies over the input.
SMALL_TARGETS = """() => [...document.querySelectorAll("main button, main textarea, main input, main a, main summary")]
  .filter((one) => one.getClientRects().length > 0)
  .filter((one) => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 24)
  .map((one) => one.outerHTML)"""


def fits(page: Page) -> None:
    assert page.evaluate(WIDTH) <= 320
    assert page.evaluate(SMALL_TARGETS) == []
