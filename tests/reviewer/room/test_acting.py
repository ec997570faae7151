"""Answering, deciding and referring in the room, as a reader does it in the station's browser, and what leaves with the next export."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reviewer.station import Station
from tests.access.checks import EVERY
from tests.leaks import leaks
from tests.reviewer.cases.test_commands import Staff
from tests.reviewer.cases.test_replies import told
from tests.reviewer.panel import Intake, Panel
from tests.reviewer.room.opened import driven_browser, room
from tests.reviewer.test_calls import take
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor

WORDS = "Did the marigold lanterns help?"
PASSED_ON = "An invented club has a new helper. <b>Please ask there.</b>"
TO, UNDER = "Invented Council", "Invented Act, section 4"
WRONG = "not the passphrase of anybody"
# Where pictures of every page go, when somebody wants to look at them.
PICTURES = os.environ.get("HEARD_PICTURES")


class Walk:
    """One reader's way through the room: every page is looked at, and no address may ever hold what was typed."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self._name, self._count = page, name, 0
        self.faults: list[str] = []
        self.addresses: list[str] = []
        page.on("request", lambda request: self.addresses.append(request.url))

    def at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def look(self, heading: str | re.Pattern[str]) -> None:
        self.at(heading)
        self._count += 1
        if PICTURES:
            self._picture(1_000)
        self.page.set_viewport_size({"width": 320, "height": 900})
        self.faults += [f"{self._name} {self._count}: {fault}" for check in EVERY for fault in check(self.page)]
        if PICTURES:
            self._picture(320)
        self.faults += self.kept()

    def kept(self) -> list[str]:
        """The fields that a browser may keep what was typed into."""
        found: list[str] = self.page.eval_on_selector_all(
            "form, input, textarea",
            "all => all.filter(one => one.getAttribute('autocomplete') !== 'off').map(one => one.outerHTML)",
        )
        return found

    def _picture(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.screenshot(path=f"{PICTURES}/{self._name}-{self._count:02}-{width}.png", full_page=True)

    def press(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def fill(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)

    def second(self, name: str, passphrase: str, within: str = "form") -> None:
        at = self.page.locator(within).last
        at.get_by_label("Name", exact=True).fill(name)
        at.get_by_label("Passphrase", exact=True).fill(passphrase)

    def refused(self, sentence: str, *typed: str) -> None:
        """The form came back: the sentence at its top, all that was typed in it, and no passphrase."""
        expect(self.page.locator(".govuk-error-summary")).to_contain_text(sentence)
        href = self.page.locator(".govuk-error-summary a").get_attribute("href")
        assert self.page.locator(href or "none").count() == 1
        content = self.page.content()
        for one in typed:
            assert one in content or one.replace("<", "&lt;").replace(">", "&gt;") in content
        for field in self.page.locator("input[type=password]").all():
            assert field.input_value() == ""
        assert WRONG not in content

    def finish(self, *typed: str) -> None:
        if PICTURES:
            Path(PICTURES, f"{self._name}.txt").write_text("\n".join(self.faults))
        assert self.faults == []
        assert that_hold(self.addresses, [*typed, WRONG]) == []


def that_hold(addresses: Sequence[str], typed: Sequence[str]) -> list[str]:
    """The addresses that hold the longest word of something that was typed, or say that they hold a passphrase."""
    words = [max(one.split(), key=len).lower() for one in typed]
    return [one for one in addresses for word in (*words, "passphrase", "text=") if word in one.lower()]


def test_a_typed_word_in_an_address_would_be_found() -> None:
    planted = [
        "http://127.0.0.1:1/thread/abcdef/reply",
        "http://127.0.0.1:1/replies?text=x",
        "http://127.0.0.1:1/?q=Marigold",
    ]
    assert that_hold(planted, [WORDS]) == planted[1:]


@contextmanager
def walking(staff: Staff, reader: str, disk: Path) -> Iterator[Walk]:
    options = (f"--browser={browser_at(disk)}", f"--reader={reader}", f"--reader-passphrase-file={staff.file(reader)}")
    with room(staff.station, staff.panel, disk, *options) as opened, opened.page() as page:
        yield Walk(page, reader)


def browser_at(disk: Path) -> Path:
    disk.mkdir(exist_ok=True)
    return driven_browser(disk)


def passphrase(staff: Staff, name: str) -> str:
    return staff.file(name).read_text().strip()


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


@pytest.fixture
def staff(station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path) -> Staff:
    take(station, panel, intake, [account(person, "Invented. I told a teacher.")])
    return Staff(station, panel, tmp_path)


def test_an_answer_is_written_kept_read_by_somebody_else_and_signed(
    staff: Staff, person: Survivor, tmp_path: Path
) -> None:
    for name, role in (("ann", "custodian"), ("bo", "reader"), ("cy", "second-reader")):
        staff.hire(name, role)
    staff.run("policy", "--replies=two-people", who=staff.who("ann"))
    with walking(staff, "bo", tmp_path / "bo") as walk:
        walk.follow("Go to its thread")
        walk.press(re.compile("^Open account"))
        while walk.page.get_by_role("link", name="Next part").count():
            walk.follow("Next part")
        walk.press("Sign that a reviewer has read it")
        walk.look("Signed and sealed")
        walk.follow("Answer")
        walk.look("Answer this person")
        walk.follow("Begin from “A question back”")
        walk.look("Your answer")
        walk.press("Read it once more")
        walk.refused("still has the blank [[your question]]", "You do not have to answer")
        walk.look("Your answer")
        walk.fill("What it says", f"{WORDS}\n\n<i>Invented.</i>")
        walk.press("Read it once more")
        walk.look("Read it once more")
        walk.second("cy", WRONG)
        walk.press("Sign and seal it")
        walk.refused("do not belong to a reader", WORDS, 'value="cy"')
        walk.look("Read it once more")
        walk.second("bo", passphrase(staff, "bo"))
        walk.press("Sign and seal it")
        walk.refused("That is you", WORDS)
        walk.press("Sign and seal it")
        walk.refused("types their name and their passphrase", WORDS)
        walk.press("Change it")
        expect(walk.page.get_by_label("What it says")).to_have_value(f"{WORDS}\n\n<i>Invented.</i>")
        walk.page.get_by_label("What it says").evaluate("one => one.removeAttribute('autocomplete')")
        assert len(walk.kept()) == 1
        walk.press("Read it once more")
        walk.press("Keep it for a second reader")
        walk.at("Kept for a second reader")
        walk.follow("Replies that wait")
        walk.look("Replies that wait for a second reader")
        walk.follow("Reply 1")
        walk.at("Reply 1")
        assert walk.page.get_by_role("button", name="I have read it").count() == 0
        walk.finish(WORDS)
        assert leaks([tmp_path / "bo", staff.station.root], [WORDS, WRONG]) == []
    with walking(staff, "cy", tmp_path / "cy") as walk:
        walk.follow(re.compile("Replies that wait"))
        walk.follow("Reply 1")
        walk.look("Reply 1")
        walk.press("I have read it: sign and seal it")
        walk.at("Signed and sealed")
        walk.finish(WORDS)
    notices = {one.kind: one for one in told(staff, person, tmp_path / "back", who=staff.who("ann"))}
    assert notices.keys() == {"arrival", "heard", "reply"}
    assert notices["reply"].text == f"{WORDS}\n\n<i>Invented.</i>"


def test_two_people_refer_release_and_follow_up_on_pages(staff: Staff, tmp_path: Path) -> None:
    for name, *roles in (("ann", "custodian"), ("bo", "second-reader"), ("cy", "safeguarding", "publisher")):
        staff.hire(name, *roles)
    today = date.today()
    with walking(staff, "cy", tmp_path / "cy") as walk:
        walk.follow("Go to its thread")
        walk.at(re.compile("^Thread of letter"))
        walk.follow("Decide")
        walk.look(re.compile("^Decide about thread"))
        walk.press("Mark that somebody is at risk")
        walk.look("Marked: risk")
        walk.follow("Back to the thread")
        walk.follow("Decide")
        walk.press("Let two people open it, and nobody alone")
        walk.follow("Back to the thread")
        walk.follow("Decide")
        walk.second("bo", WRONG, "form[action$=two-people-off]")
        walk.press("Let one person open it")
        walk.refused("do not belong to a reader", 'value="bo"')
        walk.look(re.compile("^Decide about thread"))
        walk.second("bo", passphrase(staff, "bo"), "form[action$=two-people-off]")
        walk.press("Let one person open it")
        walk.at("Taken back: two people")
        walk.follow("Back to the thread")
        walk.follow("Decide")
        walk.second("bo", passphrase(staff, "bo"), "form[action$=release]")
        walk.press("Release it")
        walk.at("Released")
        walk.follow("Back to the thread")
        walk.follow("Refer")
        walk.look("Refer, to protect somebody")
        walk.fill("What is passed on", PASSED_ON)
        walk.press("Read it once more")
        walk.refused("Say to whom", PASSED_ON)
        walk.fill("To whom", TO)
        walk.fill("Under which law or authority", UNDER)
        walk.press("Read it once more")
        walk.refused("at least one letter", PASSED_ON, TO)
        walk.look("Refer, to protect somebody")
        walk.page.get_by_label(re.compile("part 1: account")).check()
        walk.fill("By which day", str(today))
        walk.press("Read it once more")
        walk.look("Read it once more, both of you")
        walk.second("bo", WRONG)
        walk.press("Note this referral")
        walk.refused("do not belong to a reader", PASSED_ON, TO, 'value="bo"')
        walk.press("Change it")
        expect(walk.page.get_by_label(re.compile("part 1: account"))).to_be_checked()
        walk.press("Read it once more")
        walk.second("bo", passphrase(staff, "bo"))
        walk.press("Note this referral")
        walk.at("Referral 1 is noted")
        walk.follow("What comes next")
        expect(walk.page.locator("main")).to_contain_text("Due within a week: what must follow of 1 referral.")
        walk.look("What comes next")
        walk.follow("Referrals")
        walk.look("Referrals")
        walk.follow("Referral 1")
        walk.at("Referral 1")
        walk.press("Open the sheet")
        walk.look("Safeguarding referral 1")
        expect(walk.page.locator(".heard-room__text")).to_have_text(PASSED_ON)
        walk.page.emulate_media(media="print")  # a sheet does not say where it came from
        expect(walk.page.get_by_text("Reading room")).to_be_hidden()
        walk.page.emulate_media(media="screen")
        expect(walk.page.get_by_text("Reading room")).to_be_visible()
        walk.follow("Back to the referral")
        walk.fill("On which day", str(today + timedelta(days=1)))
        walk.fill("What came of it, in a few words", "By telephone.")
        walk.press("Note that it was done")
        walk.refused("not after today", "By telephone.")
        walk.look("Referral 1")
        walk.fill("On which day", str(today))
        walk.press("Note that it was done")
        walk.at("Referral 1 is done")
        walk.finish(PASSED_ON, TO, UNDER)
    log = json.loads(staff.run("log", "--json", who=staff.who("ann")).stdout)["log"]
    assert acts(log) == [
        ("cy", "marked"),
        ("cy", "marked"),
        ("cy with bo", "took a mark back"),
        ("cy with bo", "released"),
        ("cy with bo", "referred"),
        ("cy with bo", "referred"),
        ("cy", "wrote out a referral"),
        ("cy", "followed up a referral"),
    ]
    (one,) = json.loads(staff.run("referrals", "--json", who=staff.who("cy")).stdout)["referrals"]
    assert (one["text"], one["rests_on"][0]["part"], one["note"]) == (PASSED_ON, 1, "By telephone.")


def acts(log: Sequence[dict[str, str]]) -> list[tuple[str, str]]:
    return [(entry["who"], entry["act"]) for entry in log if entry["act"] not in {"imported", "changed a reader"}]
