"""A caller who rings back with words: an answer is read out, a part is added, choices are changed, all of it is taken back."""

from playwright.sync_api import expect

from crypto.opening import Identity
from tests.intake.browser.threads import REPLY, Station, keys_of
from tests.intake.returning import ReturnVisit
from tests.line.call.calling import TEXT, CallPage
from tests.line.call.conftest import Fresh
from tests.line.call.office import Office
from tests.wire import Wire

MORE = "One more thing: the office kept a diary of visits."


def called_before(office: Office, fresh: Fresh, text: str = TEXT, *, read_back: bool = True) -> list[str]:
    """Take a call of somebody who takes words, and return these."""
    call = CallPage(fresh("sam").new_page()).open(office.url).begin().take_words().write(text)
    call.go_to("choices").page.check("input[name=consent-research][value=no]")
    if read_back:
        call.go_to("read-back").page.check("#line-read-back")
    with call.page.expect_response("**/thread"):
        call.send().wait_until_sent()
    return call.words


def test_an_answer_is_read_out_and_everything_can_be_done(
    office: Office, call: CallPage, fresh: Fresh, wire: Wire
) -> None:
    words = called_before(office, fresh)
    Station(office.installed, keys_of(words)).place(Station(office.installed, keys_of(words)).notice())
    visit = ReturnVisit(call.ring_back(words).page)
    assert REPLY in visit.answers[0]
    assert TEXT in visit.letters[0]
    visit.start("add").page.locator("#return-add-text").press_sequentially(MORE)
    call.wait_until_saved()
    assert [part.answers[0].text for part in office.letters("draft", identity_of(words))] == [MORE]
    visit.press("add").wait_until_told("further part was sent")
    assert office.letters("draft", identity_of(words)) == []
    visit.start("choices").page.click("#return-change-fields label >> text=Yes >> nth=1")
    assert call.page.is_checked("input[name=return-consent-research][value=yes]")
    visit.press("choices").wait_until_told("new choices were sent")
    (addition,) = office.letters("addition", identity_of(words))
    assert (addition.answers[0].text, addition.channel) == (MORE, "phone")
    visit.withdraw()
    expect(call.page.locator("#return-withdrawn")).to_be_visible()
    call.page.click("#return-close")
    call.says("#return-closed", "no longer on this page")
    call.says("#line-after", "Was this a hard call?")
    held = call.page.evaluate("document.body.textContent")
    assert not any(secret in held for secret in (TEXT, MORE, REPLY, " ".join(words)))
    # Single words may stand in the page's own sentences.
    assert not all(word in held for word in words)
    assert call.page.locator(".heard-words li").count() == 0
    assert [secret for secret in (TEXT, MORE, REPLY, " ".join(words)) if wire.carries(secret)] == []


def test_a_further_part_that_breaks_off_is_gone_on_with(office: Office, call: CallPage, fresh: Fresh) -> None:
    words = called_before(office, fresh)
    other = CallPage(fresh("sam").new_page()).open(office.url).ring_back(words)
    ReturnVisit(other.page).start("add").page.locator("#return-add-text").press_sequentially(MORE)
    other.wait_until_saved().page.context.close()
    call.ring_back(words).page.click("#return-resume")
    assert call.page.input_value("#return-add-text") == MORE
    call.page.locator("#return-add-text").press_sequentially(" And again.")
    call.wait_until_saved()
    ReturnVisit(call.page).press("add").wait_until_told("further part was sent")
    (addition,) = office.letters("addition", identity_of(words))
    assert addition.answers[0].text == MORE + " And again."


def test_another_draft_is_not_replaced_unseen(office: Office, call: CallPage, fresh: Fresh) -> None:
    words = called_before(office, fresh)
    other = CallPage(fresh("sam").new_page()).open(office.url).ring_back(words)
    ReturnVisit(other.page).start("add").page.locator("#return-add-text").press_sequentially(MORE)
    other.wait_until_saved().page.context.close()
    ReturnVisit(call.ring_back(words).page).start("add")
    call.says("#return-status", "There is another draft of these words")
    call.page.locator("#return-add-text").press_sequentially("Something else.")
    call.page.wait_for_timeout(3_000)
    assert [part.answers[0].text for part in office.letters("draft", identity_of(words))] == [MORE]


def test_who_may_not_be_read_back_can_still_add_and_take_back(office: Office, call: CallPage, fresh: Fresh) -> None:
    words = called_before(office, fresh, read_back=False)
    visit = ReturnVisit(call.ring_back(words).page)
    assert TEXT not in "".join(visit.letters)
    visit.add(MORE).withdraw()


def test_words_that_open_nothing_and_the_way_back(call: CallPage) -> None:
    call.page.click("#line-ring-back")
    call.page.fill("#words_typed", "one two three")
    call.page.click("#return-open")
    call.says("#return-problem", "seven")
    assert call.page.input_value("#words_typed") == "one two three"
    call.page.click("#line-returning-back")
    expect(call.page.locator("#line-start")).to_be_visible()
    call.begin().write(TEXT + " After all.").send().wait_until_sent()


def test_a_caller_takes_other_words_in_the_next_call(office: Office, call: CallPage, fresh: Fresh) -> None:
    words = called_before(office, fresh)
    new = ReturnVisit(call.ring_back(words).page).replace_words()
    again = CallPage(fresh().new_page()).open(office.url).ring_back(new)
    assert TEXT in ReturnVisit(again.page).letters[0]


def test_two_workers_at_once(office: Office, fresh: Fresh) -> None:
    """Two calls side by side, each with its words; neither sees anything of the other."""
    one, two = (CallPage(fresh(name).new_page()).open(office.url).begin() for name in ("jo.b", "sam"))
    one.take_words()
    two.take_words()
    for round_ in range(3):
        one.go_to("account").type(f"One, {round_}. ")
        two.go_to("account").type(f"Two, {round_}. ")
    one.wait_until_saved()
    two.wait_until_saved()
    for call, name in ((one, "One"), (two, "Two")):
        (draft,) = office.letters("draft", identity_of(call.words))
        assert draft.answers[0].text == "".join(f"{name}, {round_}. " for round_ in range(3))
    one.send().wait_until_sent()
    two.destroy()
    two.says("#line-destroyed-text", "Nothing of this call is kept")
    assert office.letters("draft", identity_of(two.words)) == []
    assert not [letter for letter in office.letters() if "Two, 0" in str(letter.answers[-1].text)]


def identity_of(words: list[str]) -> Identity:
    return Identity.from_seed(keys_of(words).identity_seed)
