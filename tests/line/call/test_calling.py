"""A call from its beginning to its end, and what arrives of it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.letter import Letter
from crypto.opening import Identity
from intake.inquiry import load_inquiry
from tests.intake.browser.threads import keys_of
from tests.line.call.calling import TEXT, CallPage
from tests.line.call.office import Office
from tests.wire import Wire

ORDER = ["safe", "private", "keeping", "speaking", "choices", "account"]
LAST = ["read-back", "safety", "about-you", "aftercare", "words", "send"]


def identity_of(words: list[str]) -> Identity:
    return Identity.from_seed(keys_of(words).identity_seed)


def newest(office: Office, kind: str = "account", text: str = TEXT) -> Letter:
    found = [letter for letter in office.letters(kind) if any(answer.text == text for answer in letter.answers)]
    assert len(found) == 1
    return found[0]


def test_a_call_without_words(call: CallPage, office: Office, wire: Wire) -> None:
    text = TEXT + " One."
    call.begin()
    assert call.kept == "Nothing of this call is kept until it is sent."
    call.go_to("speaking").page.check("input[name=speaking][value=me]")
    call.write(text).go_to("choices").page.check("input[name=consent-research][value=no]")
    assert wire.posts == []
    call.send().wait_until_sent()
    expect(call.page.locator("#line-sent-title")).to_be_focused()
    letter = newest(office, text=text)
    assert (letter.channel, letter.thread, letter.call) == ("phone", None, None)
    assert [answer.id for answer in letter.answers] == ["speaking", "account"]
    assert [(consent.id, consent.chosen[0].value) for consent in letter.consents] == [("research", "no")]
    assert wire.carries(text) == []


@pytest.mark.parametrize("read_back", [True, False])
def test_a_call_with_words(call: CallPage, office: Office, wire: Wire, read_back: bool) -> None:
    text = f"{TEXT} Words, {read_back}."
    call.begin().take_words().write(text).wait_until_saved()
    (draft,) = office.drafts(identity_of(call.words))
    assert [answer.text for answer in draft.answers] == [text]
    assert (draft.channel, draft.kind) == ("phone", "draft")
    call.go_to("read-back")
    call.says("#summary", text)
    if read_back:
        call.page.check("#line-read-back")
    with call.page.expect_response("**/thread"):
        call.send().wait_until_sent()
    assert call.page.locator("#line-sent-words .heard-words__word").all_inner_texts() == call.words
    letter = newest(office, text=text)
    assert letter.thread is not None
    assert letter.thread.reads_back is read_back
    assert bool(office.letters("account", identity_of(call.words))) is read_back
    assert office.drafts(identity_of(call.words)) == []
    assert wire.carries(text) == wire.carries(" ".join(call.words)) == []


@pytest.mark.parametrize("channel", ["phone", "in person", "letter", "relay"])
def test_each_channel_has_its_own_script_and_is_in_the_letter(call: CallPage, office: Office, channel: str) -> None:
    text = f"{TEXT} By {channel}."
    call.begin(channel)
    shown = call.page.locator("[data-for-channel]:visible")
    assert shown.evaluate_all("all => all.map(({dataset}) => dataset.forChannel)") == [channel]
    call.write(text).send().wait_until_sent()
    assert newest(office, text=text).channel == channel


def test_a_letter_on_paper_is_typed_and_has_nobody_to_give_words_to(call: CallPage) -> None:
    call.begin("letter")
    call.says("[data-step=safe]", "no picture and no file can be taken here")
    assert call.page.locator("input[type=file]").count() == 0
    call.page.click("#open-words")
    expect(call.page.locator("#line-words-take")).to_be_hidden()
    call.says("#line-words", "nobody to give words to")


def test_the_script_has_its_order_and_every_topic_of_the_survivors_form(call: CallPage) -> None:
    call.begin()
    steps = call.page.locator("#journey [data-step]").evaluate_all("all => all.map(({dataset}) => dataset.step)")
    assert steps[: len(ORDER)] == ORDER
    assert steps[-len(LAST) :] == LAST
    asked = call.page.locator("#journey [data-question]").evaluate_all(
        "all => all.map(({dataset}) => dataset.question)"
    )
    inquiry = load_inquiry()
    wanted = {question.id for _, question in inquiry.each_question()} | {one.id for one in inquiry.each_consent()}
    assert set(asked) == wanted
    assert len(asked) == len(wanted)
    for step in steps[1:]:
        call.page.click("#line-next")
        expect(call.page.locator(f"[data-step={step}]")).to_be_visible()


def test_what_was_told_out_of_order_is_put_where_it_belongs(call: CallPage, office: Office) -> None:
    said, name = "A nurse asked me later, and that helped.", f"{TEXT} Moved. "
    call.begin().write(name + said)
    call.page.evaluate("n => document.getElementById('account').setSelectionRange(n, n + 99)", len(name))
    call.page.select_option("#line-move-to", "helped")
    call.page.click("#line-move")
    call.says("#line-moved", "Moved to")
    assert call.page.input_value("#account") == name
    call.send().wait_until_sent()
    letter = newest(office, text=name)
    assert [(answer.id, answer.text) for answer in letter.answers] == [("account", name), ("helped", said)]


def test_words_are_read_one_by_one_spelled_and_as_digits(call: CallPage) -> None:
    page = call.begin().page
    page.click("#open-words")
    page.click("#line-words-take")
    page.locator("#line-repeat").wait_for()
    words = page.locator("#line-words .heard-words__word").all_inner_texts()
    call.says("#line-repeat-place", "Word 1 of 7")
    spelled = page.inner_text("#line-repeat-spelled").split(", ")
    assert "".join(word[0].lower() for word in spelled) == words[0]
    number = page.locator("#line-words .heard-words__number").first.inner_text()
    assert page.inner_text("#line-repeat-number").replace(" ", "") == number
    page.click("#line-repeated")
    page.click("#line-repeat-before")
    call.says("#line-repeat-place", "Word 1 of 7")
    page.keyboard.press("Escape")
    # Who has not repeated all seven does not have them: the call is not sent under them.
    call.write(TEXT + " Early.").send()
    call.says("#line-words", "Word 1 of 7")
    call.page.click("#line-words-drop")
    page.keyboard.press("Escape")
    call.send().wait_until_sent()


def test_nothing_is_sent_without_an_account(call: CallPage, wire: Wire) -> None:
    call.begin().send()
    call.says("#line-message", "Write something in “Your account”")
    expect(call.page.locator("#account")).to_be_focused()
    assert wire.posts == []


def test_nothing_is_stored_in_the_browser_but_the_session(call: CallPage) -> None:
    call.begin().take_words().write(TEXT + " Stored.").wait_until_saved().send().wait_until_sent()
    state = call.page.context.storage_state()
    assert [cookie["name"] for cookie in state["cookies"]] == ["__Host-line"]
    assert state["origins"] == []
    assert call.page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_without_scripts_the_page_says_so_and_takes_nothing(office: Office, browser: Browser) -> None:
    made = browser.new_context(java_script_enabled=False)
    office.let_in(made, "jo.b")
    page: Page = made.new_page()
    page.goto(office.url + "/call")
    expect(page.locator("main")).to_contain_text("This page needs scripts", use_inner_text=True)
    assert page.locator("textarea:visible, main form").count() == 0
    assert not re.search(r"<form(?![^>]*sign-out)", page.content())
    made.close()
