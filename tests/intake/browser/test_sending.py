"""Sealed, sent once, and nothing lost on the way."""

from playwright.sync_api import Page, Route

from crypto.constants import FRAME_BYTES, SEALED_SIZES
from crypto.frame import parse_submission
from crypto.opening import Identity
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests.intake.browser.looking import opened, says
from tests.intake.form import TEXT, FilledForm
from tests.wire import Wire


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
    form.write().go_to("telling")
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
    page.locator("#summary .heard-change").first.click()
    page.locator("#account").fill(TEXT + " And more.")
    form.send().wait_until_sent()
    assert [opened(body).answers[0].text for body in wire.posts] == [TEXT, TEXT + " And more."]


def test_a_double_click_sends_once(site: str, page: Page, wire: Wire) -> None:
    form = FilledForm(page).open(site).write().go_to("check")
    page.dblclick("#send")
    form.wait_until_sent()
    assert len(wire.posts) == 1


def test_an_answer_that_never_comes_is_not_waited_for_without_end(site: str, page: Page, wire: Wire) -> None:
    page.clock.install()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/letters", hold_the_first)
    form = FilledForm(page).open(site).write().send()
    says(page, "#not-sent", "Sending what was sealed")
    page.clock.fast_forward(91_000)
    says(page, "#message", "there was no answer")
    page.click("#send")
    form.wait_until_sent()
    held[0].abort()
    assert len(wire.posts) == 2
    assert len(set(wire.posts)) == 1
