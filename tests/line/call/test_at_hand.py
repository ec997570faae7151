"""What is always one key away: danger, distress, the words, the shortcuts themselves, and destroying the call."""

from datetime import date

import pytest
from playwright.sync_api import Route, expect

from crypto.constants import RECORD_KINDS
from crypto.danger import parse_danger
from crypto.letter import Letter
from crypto.opening import Identity, open_sealed
from tests.crypto import samples
from tests.intake.browser.threads import keys_of
from tests.line.call.calling import TEXT, CallPage
from tests.line.call.office import Office
from tests.patience import soon
from tests.wire import Wire

PANELS = {"1": "danger", "2": "distress", "3": "words", "4": "keys", "0": "destroy"}


@pytest.mark.parametrize(("key", "panel"), PANELS.items())
def test_a_panel_is_one_key_away_while_typing_and_one_key_back(call: CallPage, key: str, panel: str) -> None:
    call.begin().write(TEXT)
    call.page.locator("#account").press("End")
    call.page.keyboard.press(f"Alt+{key}")
    expect(call.page.locator(f"#line-{panel}")).to_be_visible()
    expect(call.page.locator(f"#line-{panel}-title")).to_be_focused()
    call.page.keyboard.press("Escape")
    expect(call.page.locator("#account")).to_be_focused()
    call.page.keyboard.type(" More.")
    assert call.page.input_value("#account") == TEXT + " More."


def test_keys_alone_never_fire_while_typing(call: CallPage) -> None:
    call.begin().go_to("account").type("123 abc 0")
    assert call.page.input_value("#account") == "123 abc 0"
    expect(call.page.locator("dialog[open]")).to_have_count(0)
    call.go_to("safe").page.keyboard.press("1")
    expect(call.page.locator("dialog[open]")).to_have_count(0)
    call.page.keyboard.press("Alt+4")
    call.page.check("#line-keys-alone")
    call.page.keyboard.press("Escape")
    call.go_to("safe").page.keyboard.press("1")
    expect(call.page.locator("#line-danger")).to_be_visible()
    call.page.keyboard.press("Escape")
    call.go_to("account").type(" 1")
    expect(call.page.locator("dialog[open]")).to_have_count(0)


def test_every_step_has_a_key_and_keys_are_listed_and_can_be_changed(call: CallPage) -> None:
    page = call.begin().page
    page.keyboard.press("Alt+4")
    listed = page.locator("#line-keys-list label").all_inner_texts()
    steps = page.locator("#line-part-list button").all_text_contents()
    assert set(steps) <= set(listed)
    keys = page.locator("#line-keys-list input").evaluate_all("all => all.map(({value}) => value)")
    assert all(len(key) == 1 for key in keys)
    field = page.get_by_role("textbox", name="Danger", exact=True)
    field.fill("9")
    field.blur()
    page.get_by_role("textbox", name="Distress", exact=True).fill("9")
    page.get_by_role("textbox", name="Distress", exact=True).blur()
    call.says("#line-keys-problem", "“9” is used for “Danger” already")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+1")
    expect(page.locator("#line-danger")).to_be_hidden()
    page.keyboard.press("Alt+9")
    expect(page.locator("#line-danger")).to_be_visible()
    assert page.get_attribute("#open-danger", "aria-keyshortcuts") == "Alt+9"
    # From a panel to another step with one key.
    key = keys[listed.index("Safety now")]
    page.keyboard.press(f"Alt+{key}")
    expect(page.locator("#line-danger")).to_be_hidden()
    expect(page.locator("[data-step=safety]")).to_be_visible()


def test_danger_shows_numbers_first_and_its_record_is_the_leads_alone(
    call: CallPage, office: Office, wire: Wire
) -> None:
    said = "A neighbour was told today, and nobody has called back."
    call.begin().write(TEXT + " Danger.").page.click("#open-danger")
    text = call.page.inner_text("#line-danger")
    assert text.index("999") < text.index("safeguarding lead")
    call.page.click("#line-danger-send")
    call.says("#line-danger-told", "Not sent: write something first")
    call.page.fill("#line-danger-said", said)
    call.page.check("#line-danger-called-1")
    call.page.click("#line-danger-send")
    call.says("#line-danger-told", "Sent, sealed to the safeguarding lead")
    assert call.page.input_value("#line-danger-said") == ""
    (sealed,) = [row[0] for row in office.on_letters("SELECT sealed FROM dangers")]
    record = parse_danger(open_sealed(sealed, [samples.LEAD_ROOT.identity]))
    assert (record.said, record.channel, record.day) == (said, "phone", date.today().isoformat())
    assert record.called == ("Police, in an emergency: 999",)
    assert not office.on_letters(f"SELECT 1 FROM letters WHERE kind = {RECORD_KINDS['danger']}")  # noqa: S608 - a number
    assert wire.carries(said) == []
    assert not any(said in str(letter) for letter in office.letters())


def test_a_record_that_is_not_taken_stays(call: CallPage) -> None:
    call.begin().page.click("#open-danger")
    call.page.fill("#line-danger-who", "Somebody at the school.")

    def drop(route: Route) -> None:
        route.abort()

    call.page.route("**/letters", drop, times=1)
    call.page.click("#line-danger-send")
    call.says("#line-danger-told", "Not sent: there was no answer")
    assert call.page.input_value("#line-danger-who") == "Somebody at the school."
    call.page.click("#line-danger-send")
    call.says("#line-danger-told", "Sent, sealed")


@pytest.mark.parametrize("keeps", ["words", "unfinished", "nothing"])
def test_destroying_a_call_asks_once_and_leaves_nothing(call: CallPage, office: Office, keeps: str) -> None:
    text = f"{TEXT} Destroyed, {keeps}."
    call.begin()
    if keeps == "words":
        call.take_words()
    if keeps == "unfinished":
        call.agree("yes")
    call.write(text)
    if keeps != "nothing":
        call.wait_until_saved()
        kind, identity = ("draft", identity_of(call)) if keeps == "words" else ("unfinished", samples.ROOT.identity)
        assert [one for one in office.letters(kind, identity) if one.answers[-1].text == text]
    call.page.click("#open-destroy")
    call.says("#line-destroy", "It cannot be undone")
    call.page.keyboard.press("Escape")
    assert call.page.input_value("#account") == text
    call.destroy()
    call.says("#line-destroyed-text", "Nothing of this call is kept, here or at the service.")
    assert text not in call.page.evaluate("[...document.querySelectorAll('textarea')].map(({value}) => value).join()")
    held = call.page.evaluate("document.body.textContent").split()
    assert not call.words or not all(word in held for word in call.words)
    for kind in ("draft", "unfinished", "account"):
        for identity in (samples.ROOT.identity, *([identity_of(call)] if call.words else [])):
            assert not [one for one in office.letters(kind, identity) if any(a.text == text for a in one.answers)]


def test_what_could_not_be_destroyed_is_said_and_tried_again(call: CallPage, office: Office) -> None:
    text = TEXT + " Destroyed later."
    call.begin().agree("yes").write(text).wait_until_saved()
    call.page.context.set_offline(True)
    call.destroy()
    call.says("#line-destroyed-text", "could not be taken back yet")
    call.page.context.set_offline(False)
    call.page.click("#line-destroy-again")
    call.says("#line-destroyed-text", "Nothing of this call is kept")
    assert not [one for one in office.letters("unfinished") if one.answers[-1].text == text]


def test_what_a_bundle_carries_already_is_taken_back_by_a_letter(call: CallPage, office: Office) -> None:
    text = TEXT + " Carried."
    call.begin().agree("yes").write(text).wait_until_saved()
    medium = office.data.parent / "carried"
    medium.mkdir()
    office.installed.run("export", "--to", str(medium))
    call.destroy()
    call.says("#line-destroyed-text", "Nothing of this call is kept")
    named = [one.call for one in office.letters("unfinished") if any(a.text == text for a in one.answers)]
    (carried,) = named
    assert carried is not None
    wishes = [one for one in office.letters("unfinished") if one.call is not None and one.call.taken_back]
    assert [wish.call.id for wish in wishes if wish.call] == [carried.id]
    assert all(wish.answers == () for wish in wishes)


def test_an_unfinished_call_gives_way_to_the_whole_one(call: CallPage, office: Office) -> None:
    text = TEXT + " Whole."
    call.begin().agree("yes").write(text).wait_until_saved()
    (part,) = parts_with(office, text)
    with call.page.expect_response("**/thread"):
        call.send().wait_until_sent()
    soon(lambda: not parts_with(office, text), call.page)
    (letter,) = [one for one in office.letters() if any(a.text == text for a in one.answers)]
    assert letter.call is not None
    assert part.call is not None
    assert (letter.call.id, letter.call.part) == (part.call.id, 2)


def test_words_taken_later_replace_what_went_to_the_inquiry(call: CallPage, office: Office) -> None:
    text = TEXT + " Words later."
    call.begin().agree("yes").write(text).wait_until_saved()
    call.take_words().wait_until_saved()
    call.type(" ").wait_until_saved()
    soon(lambda: not parts_with(office, text), call.page)
    assert office.letters("draft", identity_of(call))


def parts_with(office: Office, text: str) -> list[Letter]:
    """The unfinished calls in the store that hold a text."""
    return [one for one in office.letters("unfinished") if any(answer.text == text for answer in one.answers)]


def identity_of(call: CallPage) -> Identity:
    return Identity.from_seed(keys_of(call.words).identity_seed)
