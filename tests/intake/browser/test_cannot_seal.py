"""A page that cannot seal says so, and keeps what was typed."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests import chromium
from tests.intake.browser.looking import DYING_WORKER, prefix, says, use_worker
from tests.intake.form import TEXT, FilledForm
from tests.wire import Wire


def test_a_hidden_sentence_is_not_said(page: Page) -> None:
    page.set_content('<div id="whole" hidden>No</div><div id="part">Yes<p hidden>No</p></div>')
    says(page, "#part", "Yes")
    expect.set_options(timeout=200)
    try:
        for selector in ("#whole", "#part"):
            with pytest.raises(AssertionError):
                says(page, selector, "No")
    finally:
        expect.set_options(timeout=chromium.PATIENCE)


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
    page.locator("#part-list summary").click()
    page.locator("#part-list button", has_text="Your account").click()
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
