"""The pages for looking, in the station's own browser: for everyone, by keyboard, small and large, plain and ordinary."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, ViewportSize, expect

from tests.access.checks import EVERY, axe, covered, sideways, targets
from tests.access.keyboard import Keyboard
from tests.access.stage import Check
from tests.reviewer.room.opened import driven_browser, room
from tests.reviewer.room.shelves import Shelves, short_of

WIDE, NARROW = ViewportSize(width=1_000, height=800), ViewportSize(width=320, height=640)
# In the plain view the pages are the same but for their size.
LAYOUT = (sideways, covered, targets)
# What somebody types to look for: it is in a letter, and in no address.
TYPED = "teacher"
OPEN = "Open the whole thread and show the choices"
# WCAG 1.4.8 (AAA), of what somebody wrote: lines one and a half high, paragraphs one and a half lines apart, at most 80 letters in
# a line, and not larger than the window.
SPACING = """selector => [...document.querySelectorAll(selector)].flatMap((one) => {
  const { fontSize, lineHeight, marginBottom, textAlign } = getComputedStyle(one);
  const [size, line, after] = [fontSize, lineHeight, marginBottom].map(parseFloat);
  const width = document.createElement("canvas").getContext("2d");
  width.font = `${fontSize} ${getComputedStyle(one).fontFamily}`;
  const letters = one.getBoundingClientRect().width / width.measureText("n").width;
  return [
    ...(size < 24 ? [`letters of ${size} px`] : []),
    ...(line < 1.5 * size ? [`lines of ${line} px for letters of ${size}`] : []),
    ...(after < 1.5 * line ? [`paragraphs ${after} px apart for lines of ${line}`] : []),
    ...(letters > 80 ? [`${Math.round(letters)} letters in a line`] : []),
    ...(textAlign === "justify" ? ["justified"] : []),
  ];
})"""


@dataclass
class Walk:
    """Somebody who goes from page to page. `faults` are what was seen on the way, `addresses` what the browser asked for."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def press(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def look(self, name: str, heading: str | re.Pattern[str], checks: Sequence[Check]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.faults += [f"{name}: {fault}" for check in checks for fault in check(self.page)]

    def search(self, words: str) -> None:
        self.page.get_by_label("Words to look for").fill(words)
        self.press("Search")

    def leaks(self) -> list[str]:
        return [address for address in self.addresses if TYPED in address]


@contextmanager
def walk(shelves: Shelves) -> Iterator[Walk]:
    disk = shelves.folder / "disk"
    disk.mkdir()
    options = (f"--browser={driven_browser(disk)}", *shelves.who())
    with room(shelves.station, shelves.panel, disk, *options) as opened, opened.page() as page:
        walking = Walk(page, page.url.rstrip("/"))
        page.on("request", lambda request: walking.addresses.append(request.url))
        yield walking


def every_page(walking: Walk, shelves: Shelves, checks: Sequence[Check]) -> None:
    """Visit them all, as somebody would."""

    def look(name: str, heading: str | re.Pattern[str]) -> None:
        walking.look(name, heading, checks)

    walking.go("/")
    look("start", "What comes next")
    walking.follow("Letters that were set aside")
    look("aside", "Letters that were set aside")
    walking.go("/letters")
    look("letters", "Letters")
    walking.go("/came")
    look("came", "What came, and where both directions stand")
    walking.go("/search")
    walking.search("*")
    look("search, refused", "Search for words in letters")
    walking.search("marigold")
    expect(walking.page.get_by_label("Words to look for")).to_have_value("marigold")
    walking.page.get_by_label("Show the place where they stand").check()
    walking.search(TYPED)
    look("search, found", "Search for words in letters")
    walking.follow(f"Account {short_of(shelves.account)}")
    look("thread", re.compile("Thread of letter"))
    if walking.page.get_by_role("button", name=OPEN).count():
        walking.press(OPEN)
    expect(walking.page.get_by_role("heading", name="How they came about")).to_be_visible()
    look("thread, opened", re.compile("Thread of letter"))
    walking.press(re.compile("^Open account"))
    look("part", "account")
    walking.follow("Next part")
    expect(walking.page.get_by_role("heading", name="Before you go on")).to_be_visible()
    look("end", "choices")
    walking.follow("Take a break")
    look("break", "A break")


def test_every_page_is_for_everyone(shelves: Shelves) -> None:
    """One room for all of it: opening one takes longer than looking at its pages."""
    with walk(shelves) as walking:
        walking.page.set_viewport_size(WIDE)
        every_page(walking, shelves, EVERY)
        assert walking.faults == []
        keyboard_reaches_everything(walking, shelves)
        assert walking.leaks() == []
        walking.go(f"/none?{TYPED}")
        assert len(walking.leaks()) == 1
        walking.go("/")
        walking.press("Plain view, larger text")
        expect(walking.page.get_by_role("heading", name="What comes next")).to_be_visible()
        walking.page.set_viewport_size(NARROW)
        every_page(walking, shelves, LAYOUT)
        assert walking.faults == []
        nothing_stands_around_a_part(walking, f"/letter/{short_of(shelves.account)}/1")
        text_can_be_four_times_as_large(walking, shelves)


def keyboard_reaches_everything(walking: Walk, shelves: Shelves) -> None:
    for path in ("/", f"/thread/{short_of(shelves.account)}"):
        walking.go(path)
        keyboard = Keyboard(walking.page)
        stops, faults = keyboard.round()
        assert faults == []
        assert set(stops) == keyboard.stops()
        # What every page has comes first, then its own.
        first = [stop.partition("“")[2].rstrip("”") for stop in stops[:4]]
        assert first == ["Skip to main content", "Reading room", "Plain view, larger text", "Close the room"]


def nothing_stands_around_a_part(walking: Walk, part: str) -> None:
    page = walking.page
    walking.go(part)
    shown = [line for line in page.locator("body").inner_text().split("\n") if line.strip()]
    assert shown == [
        "account",
        "What would you like to tell us?",
        "Invented. I told a teacher in the spring.",
        "Nobody wrote it down.",
        "Next part",
        "Stop here, back to the thread",
        "Ordinary view",
    ]
    assert axe(page) == []
    assert page.evaluate(SPACING, ".heard-room__text p") == []
    walking.press("Ordinary view")
    expect(page.get_by_role("link", name="Reading room")).to_be_visible()
    assert page.evaluate(SPACING, ".heard-room__text")
    walking.press("Plain view, larger text")


def text_can_be_four_times_as_large(walking: Walk, shelves: Shelves) -> None:
    page = walking.page
    page.set_viewport_size({"width": 1_280, "height": 1_024})
    for path in (f"/letter/{short_of(shelves.account)}/1", "/", "/search", f"/thread/{short_of(shelves.account)}"):
        walking.go(path)
        page.evaluate("document.documentElement.style.fontSize = '400%'")
        assert [*sideways(page), *covered(page)] == [], path
    page.evaluate("document.body.style.minWidth = '2000px'")
    assert sideways(page)
