"""The form in a real Chromium, with scripts on and off, and with everything that can go wrong on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, ViewportSize, expect

from crypto.constants import FRAME_BYTES, SEALED_SIZES
from crypto.frame import parse_submission
from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests import chromium
from tests.crypto import samples
from tests.intake.form import TEXT, FilledForm
from tests.intake.installed import Installed
from tests.wire import Wire

STATIC = ("form", "worker", "site")
SMALL_PHONE = ViewportSize(width=320, height=640)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=SMALL_PHONE)
    made.set_default_timeout(20_000)
    yield made
    for page in made.pages:
        page.unroute_all(behavior="wait")
    made.close()


@pytest.fixture
def wire(context: BrowserContext) -> Wire:
    return Wire(context)


@pytest.fixture
def page(context: BrowserContext, wire: Wire) -> Page:
    assert wire.context is context
    return context.new_page()


def opened(body: bytes, identity: Identity = samples.ROOT.identity) -> Letter:
    return open_letter(parse_submission(body)[1], identity)


def says(page: Page, selector: str, sentence: str) -> None:
    """Expect that a person sees `sentence` there: the page holds all its sentences, most of them hidden."""
    expect(page.locator(selector)).to_be_visible()
    expect(page.locator(selector)).to_contain_text(sentence, use_inner_text=True)


def test_a_hidden_sentence_is_not_said(page: Page) -> None:
    page.set_content('<div id="whole" hidden>No</div><div id="part">Yes<p hidden>No</p></div>')
    says(page, "#part", "Yes")
    expect.set_options(timeout=200)
    try:
        for selector in ("#whole", "#part"):
            with pytest.raises(AssertionError):
                says(page, selector, "No")
    finally:
        expect.set_options(timeout=5_000)


def test_with_words(site: str, page: Page, wire: Wire) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    form = FilledForm(page).open(site).write().take_words().send().wait_until_sent()
    (body,) = wire.posts
    letter = opened(body)
    keys = derive_thread(ReturnWords.parse(" ".join(form.words)))
    assert letter.answers[0].text == TEXT
    assert letter.answers[0].question == "What would you like to tell us?"
    assert (letter.locator, letter.channel) == (keys.locator.hex(), "web")
    assert parse_submission(body)[0].access_hash == keys.access_hash
    assert opened(body, Identity.from_seed(keys.identity_seed)) == letter
    assert page.locator("[data-step=sent] .heard-words__word").all_inner_texts() == form.words
    assert page.locator("#account").input_value() == ""
    assert complaints == []
    assert wire.carries(TEXT) == wire.carries(form.words[0] + " ") == []


def test_without_words_looks_the_same_to_the_server(site: str, page: Page, wire: Wire) -> None:
    FilledForm(page).open(site).write().send().wait_until_sent()
    FilledForm(page).open(site).write().take_words(read_back=False).send().wait_until_sent()
    without, with_words = wire.posts
    assert len(without) == len(with_words) == FRAME_BYTES + SEALED_SIZES[0]
    assert opened(without).thread is None
    thread = opened(with_words).thread
    assert thread is not None
    assert not thread.reads_back


def test_choices_and_answers_are_kept_as_they_were_shown(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site)
    page.check("input[name=speaking][value=me]")
    form.write()
    page.click("#next")
    page.check("input[name=told-whom][value=teacher]")
    page.check("input[name=told-whom][value=unsaid]")
    form.go_to("choices")
    page.check("input[name=consent-research][value=no]")
    form.send().wait_until_sent()
    letter = opened(wire.posts[0])
    chosen = {a.id: [(c.value, c.label) for c in a.chosen] for a in (*letter.answers, *letter.consents)}
    assert chosen["told-whom"] == [("teacher", "A teacher or someone at school"), ("unsaid", "Prefer not to say")]
    assert chosen["research"] == [("no", "No")]
    assert [answer.id for answer in letter.consents] == ["research"]


@pytest.mark.parametrize("blocked", STATIC)
def test_a_blocked_file_never_lets_plaintext_out(site: str, page: Page, wire: Wire, blocked: str) -> None:
    page.route(f"**/static/{blocked}.*", lambda route: route.abort())
    page.goto(site + "/share")
    page.wait_for_timeout(500)
    if blocked == "form":
        expect(page.locator("[data-wait]").first).to_be_visible()
    if blocked == "worker":
        expect(page.locator("#cannot-seal")).to_be_visible()
        says(page, "#cannot-seal", "0800 917 1000")
    if blocked in ("form", "worker"):
        expect(page.locator("#account")).to_be_hidden()
    try_everything_to_send(page)
    assert wire.carries(TEXT) == []
    # Without its styles the form still seals; without its scripts nothing may be posted at all.
    assert all(len(body) == FRAME_BYTES + SEALED_SIZES[0] for body in wire.posts)
    assert blocked == "site" or wire.posts == []


def try_everything_to_send(page: Page) -> None:
    """Type into every field, show what is hidden, press Enter and every button, submit whatever form there is."""
    page.evaluate(
        """text => {
          document.documentElement.classList.add("sealing-ready");
          for (const hidden of document.querySelectorAll("[hidden]")) hidden.hidden = false;
          for (const field of document.querySelectorAll("textarea, input[type=text], input[type=hidden]")) field.value = text;
        }""",
        TEXT,
    )
    for place in page.locator("textarea, input[type=text], input[type=radio]").all():
        place.focus()
        place.press("Enter")
    page.evaluate("for (const form of document.forms) form.submit()")
    for button in page.locator("main button").all():
        button.evaluate("button => button.click()")
    page.wait_for_timeout(300)


def test_enter_and_hidden_buttons_send_nothing_before_sealing(site: str, page: Page, wire: Wire) -> None:
    FilledForm(page).open(site)
    try_everything_to_send(page)
    assert wire.carries(TEXT) == []


def test_the_watcher_sees_a_planted_leak(site: str, page: Page, wire: Wire) -> None:
    page.goto(site + "/share")
    plant = """text => {
          const form = document.body.appendChild(document.createElement("form"));
          form.method = "post"; form.action = "/share";
          form.appendChild(document.createElement("textarea")).name = "account";
          form.firstChild.value = text; form.submit();
        }"""
    with page.expect_navigation():
        page.evaluate(plant, TEXT)
    assert wire.carries(TEXT) == [site + "/share"]


def test_a_dropped_connection_loses_nothing_and_sends_the_same_bytes_again(site: str, page: Page, wire: Wire) -> None:
    drops = iter([True, True])

    def drop(route: Route) -> None:
        if next(drops, False):
            route.abort()
        else:
            route.continue_()

    page.route("**/letters", drop)
    form = FilledForm(page).open(site).write().send()
    says(page, "#message", "Not sent")
    assert page.locator("#account").input_value() == TEXT
    says(page, "#not-sent", "Not sent yet.")
    page.click("#send")
    says(page, "#message", "Not sent")
    page.click("#send")
    form.wait_until_sent()
    assert len(wire.posts) == 3
    assert len(set(wire.posts)) == 1


def test_an_edit_after_a_failure_is_sealed_anew(site: str, page: Page, wire: Wire) -> None:
    page.route("**/letters", lambda route: route.fulfill(status=503, json={"error": "disk", "message": "…"}), times=1)
    form = FilledForm(page).open(site).write().send()
    says(page, "#message", "Not sent")
    page.locator(".heard-change").first.click()
    page.locator("#account").fill(TEXT + " And more.")
    form.send().wait_until_sent()
    assert [opened(body).answers[0].text for body in wire.posts] == [TEXT, TEXT + " And more."]


def test_a_double_click_sends_once(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().go_to("check")
    page.dblclick("#send")
    form.wait_until_sent()
    assert len(wire.posts) == 1


def test_a_worker_that_dies_keeps_the_text(site: str, page: Page, wire: Wire) -> None:
    use_worker(page, site, DYING_WORKER)
    FilledForm(page).open(site).write().send()
    expect(page.locator("#cannot-seal")).to_be_visible()
    assert page.locator("#account").input_value() == TEXT
    assert wire.posts == []


def test_with_a_dead_worker_one_can_still_go_to_what_was_typed(site: str, page: Page, wire: Wire) -> None:
    use_worker(page, site, DYING_WORKER)
    form = FilledForm(page).open(site).write()
    expect(page.locator("#cannot-seal")).to_be_visible()
    form.go_to("way-back")
    page.check("input[name=words][value=yes]")
    page.click("#next")
    for _ in range(4):
        page.click("#back")
    expect(page.locator("#account")).to_be_visible()
    assert page.locator("#account").input_value() == TEXT
    assert wire.posts == []


@pytest.mark.parametrize("last_answer", ["none", "prepare"])
def test_a_worker_that_falls_silent_is_noticed(site: str, page: Page, wire: Wire, last_answer: str) -> None:
    use_worker(
        page, site, DYING_WORKER.replace('throw new Error("gone")', "return").replace('"prepare"', f'"{last_answer}"')
    )
    page.clock.install()
    if last_answer == "none":
        page.goto(site + "/share")
        expect(page.locator("[data-wait]")).to_be_visible()
        page.clock.fast_forward(31_000)
    else:
        FilledForm(page).open(site).write().send()
        says(page, "#not-sent", "Not sent yet.")
        page.clock.fast_forward(181_000)
        assert page.locator("#account").input_value() == TEXT
    says(page, "#cannot-seal", "did not start, or it stopped")
    assert wire.posts == []


def test_an_answer_that_never_comes_is_not_waited_for_without_end(site: str, page: Page, wire: Wire) -> None:
    page.clock.install()
    page.route("**/letters", lambda _: None, times=1)
    form = FilledForm(page).open(site).write().send()
    says(page, "#not-sent", "Sending what was sealed")
    page.clock.fast_forward(91_000)
    says(page, "#message", "there was no answer")
    page.click("#send")
    form.wait_until_sent()
    assert len(wire.posts) == 2
    assert len(set(wire.posts)) == 1


def use_worker(page: Page, site: str, code: str) -> None:
    """Let the page get another Worker than the site's."""
    address = page.request.get(site + "/share").text().split('data-worker="')[1].split('"')[0]
    page.route(f"**{address}", lambda route: route.fulfill(headers=SCRIPT, body=code))


SCRIPT = {"content-type": "text/javascript", "cross-origin-embedder-policy": "require-corp"}
DYING_WORKER = """
self.onmessage = ({ data: { id, type } }) => {
  if (type !== "prepare") throw new Error("gone");
  self.postMessage({ id, ok: true, fingerprint: { words: [], numbers: [] } });
};
"""


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        ("delete Crypto.prototype.getRandomValues", "source of chance"),
        (
            "Object.defineProperty(window, 'Worker', { value: class { constructor() { throw new Error() } } })",
            "did not start",
        ),
    ],
)
def test_a_browser_that_cannot_seal_says_so(site: str, page: Page, wire: Wire, break_it: str, sentence: str) -> None:
    if "Crypto" in break_it:
        # The Worker has a world of its own: break it there.
        page.route("**/static/worker.*", lambda route: prefix(route, break_it + ";"))
    page.add_init_script(break_it)
    page.goto(site + "/share")
    says(page, "#cannot-seal", sentence)
    expect(page.locator("#account")).to_be_hidden()
    assert wire.posts == []


def prefix(route: Route, code: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=code + answer.text())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [('"threshold":2|"threshold":1', "not signed"), ("|", "did not start")],
)
def test_a_card_that_does_not_verify_is_refused(site: str, page: Page, change: str, sentence: str) -> None:
    old, new = (part.replace('"', "&#34;") for part in change.split("|"))

    def alter(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        altered = text.replace(old, new) if old else text.replace('data-worker="/static/', 'data-worker="/nowhere/')
        assert altered != text
        route.fulfill(response=answer, body=altered)

    page.route("**/share", alter)
    page.goto(site + "/share")
    says(page, "#cannot-seal", sentence)


def test_half_a_character_is_named_before_anything_is_sent(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).go_to("account")
    page.locator("#account").evaluate("(field) => { field.value = 'before \\ud83d after'; }")
    page.click("#next")
    says(page, "#message", "half of a character")
    expect(page.locator("#account")).to_be_focused()
    assert wire.posts == []
    form.write().send().wait_until_sent()


def test_an_empty_account_is_asked_for(site: str, page: Page, wire: Wire) -> None:
    FilledForm(page).open(site).send()
    says(page, "#message", "A few words are enough")
    assert wire.posts == []


def test_too_long_says_by_how_much_and_keeps_it(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).go_to("account")
    # As pasting does it; a test that fails must not print a million letters.
    page.locator("#account").evaluate(
        """(field, line) => {
          field.value = line.repeat(20_000);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        TEXT + "\n",
    )
    says(page, "#room-left", "too long")
    form.send()
    says(page, "#message", "too long")
    assert page.locator("#account").evaluate("field => field.value.length") == 20_000 * (len(TEXT) + 1)
    assert wire.posts == []


def test_wrong_words_are_not_accepted(site: str, page: Page) -> None:
    FilledForm(page).open(site).write().go_to("way-back")
    page.check("input[name=words][value=yes]")
    page.click("#next")
    page.locator("#words-panel").wait_for()
    page.locator("#retype-first").fill("zzz")
    page.click("#next")
    says(page, "#retype-first-error", "This is not word")
    expect(page.locator("[data-step=check]")).to_be_hidden()


def test_focus_is_on_the_heading_of_each_step(site: str, page: Page) -> None:
    FilledForm(page).open(site)
    for step in ("account", "telling", "change", "choices", "way-back", "check"):
        page.click("#next")
        expect(page.locator(f"#step-{step}")).to_be_focused()


def test_the_check_shows_everything_and_a_change_leads_back_to_it(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().take_words().go_to("check")
    summary = page.locator("#summary")
    expect(summary).to_contain_text(
        "Yes, give me seven words\nYes, I want to be able to read it again", use_inner_text=True
    )
    page.get_by_role("button", name="Change What would you like to tell us?").click()
    page.locator("#account").fill(TEXT + " And more.")
    page.get_by_role("button", name="Back to the check").click()
    expect(page.locator("#step-check")).to_be_focused()
    expect(summary).to_contain_text("And more.")
    page.get_by_role("button", name="Change Do you want seven words?").click()
    page.check("input[name=words][value=no]")
    page.get_by_role("button", name="Back to the check").click()
    expect(summary).to_contain_text("No, I do not want a way back")
    form.send().wait_until_sent()
    assert opened(wire.posts[0]).thread is None
    expect(page.locator("[data-step=sent] .heard-words__word").first).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_browsers_that_do_not_know_the_scripting_feature(site: str, browser: Browser, scripts: bool) -> None:
    """Its rules are taken out of the styles; what stands in for them must say and hide the same."""
    context = browser.new_context(java_script_enabled=scripts)
    context.route("**/static/site.*", lambda route: altered(route, "(scripting:", "(unknown:"))
    context.route("**/share", lambda route: altered(route, 'integrity="', 'data-was="'))
    context.route("**/static/form.*", lambda route: route.abort())
    shown = context.new_page()
    shown.goto(site + "/share")
    assert shown.locator("[data-wait]").is_visible() is scripts
    assert shown.locator("#account").is_visible() is not scripts
    context.close()


def altered(route: Route, old: str, new: str) -> None:
    answer = route.fetch()
    text = answer.text()
    assert old in text
    route.fulfill(response=answer, body=text.replace(old, new))


def test_leaving_asks_first_once_something_was_typed(site: str, page: Page) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    FilledForm(page).open(site)
    page.reload()
    assert asked == []
    FilledForm(page).open(site).write()
    page.locator("#account").press_sequentially(" ")
    page.reload()
    assert asked == ["beforeunload"]


def test_nothing_is_stored_in_the_browser(site: str, page: Page, context: BrowserContext) -> None:
    FilledForm(page).open(site).write().take_words().send().wait_until_sent()
    assert context.cookies() == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_it_fits_a_small_phone(site: str, page: Page) -> None:
    form = FilledForm(page).open(site)
    for step in ("account", "telling", "change", "choices"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        form.go_to(step)
    form.open(site).write("a" * 400).take_words()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # The measure sees what does not fit.
    planted = """() => {
      const wide = document.querySelector("main").appendChild(document.createElement("p"));
      wide.textContent = "wide";
      wide.style.width = "400px";
      return document.documentElement.scrollWidth;
    }"""
    assert page.evaluate(planted) > 320


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(java_script_enabled=False, viewport=SMALL_PHONE)
    yield made.new_page()
    made.close()


def test_without_scripts(site: str, plain: Page) -> None:
    plain.goto(site + "/share")
    honest = plain.locator("noscript .govuk-inset-text")
    expect(honest).to_contain_text("are in its memory for a moment")
    first_field = plain.locator("input[type=radio]").first
    assert honest.bounding_box()["y"] < first_field.bounding_box()["y"]  # type: ignore[index]  # both are visible
    expect(plain.locator("[data-wait]")).to_be_hidden()
    plain.fill("#account", TEXT)
    plain.check("input[name=words][value=yes]")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator("h1")).to_have_text("Sent, and sealed")
    words = plain.locator(".heard-words__word").all_inner_texts()
    # What a person does whose answer got lost: the browser posts the same form again.
    plain.reload()
    expect(plain.get_by_text("It had arrived before")).to_be_visible()
    assert plain.locator(".heard-words__word").all_inner_texts() == words


def test_without_scripts_an_empty_account_keeps_the_rest(site: str, plain: Page) -> None:
    plain.goto(site + "/share")
    plain.fill("#change", "\n\n  Being asked.\n</textarea>\"'&amp; \U0001f33f\n")
    plain.check("input[name=consent-research][value=later]")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".govuk-error-summary")).to_be_visible()
    assert plain.locator("#change").input_value() == "\n\n  Being asked.\n</textarea>\"'&amp; \U0001f33f\n"
    expect(plain.locator("input[name=consent-research][value=later]")).to_be_checked()


def test_screens_can_be_looked_at(site: str, plain: Page, page: Page, tmp_path: Path) -> None:
    FilledForm(page).open(site)
    for name, shown in (("scripts", page), ("plain", plain)):
        shown.goto(site + "/share")
        assert len(shown.screenshot(path=tmp_path / f"{name}.png", full_page=True)) > 10_000
