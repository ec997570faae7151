"""What the room shows to who only looks, and by whose rules: those of the commands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from reviewer.cases.casework import open_casework
from reviewer.cases.log import Act
from reviewer.cases.rows import Mark
from reviewer.cases.seat import Seat
from reviewer.cases.unsealing import OpenedPanel
from reviewer.destroying import Destroyer
from reviewer.exporting import Exporter
from reviewer.holding import Holds
from reviewer.opening import Reason
from reviewer.remedies import can_be_looked_at, remedy
from reviewer.room.letters import Letters
from reviewer.state import station_state
from tests.reviewer.room.shelves import ADDED, FORGED, READER, TEXT, Shelves, short_of
from tests.reviewer.room.test_entrance import OWN, Door
from tests.reviewer.test_calls import at, unlocked

QUESTION = "May we use it for research?"
TODAY = date.today()


class Window(Door):
    """A window that was let in, and whoever sits before it."""

    def __init__(self, letters: Letters) -> None:
        super().__init__(letters)
        self.work = letters.work
        self.letters = letters
        self.own = {**self.cookie(), **OWN}

    def get(self, path: str, code: int = 200) -> str:
        return self._read(self.ask("GET", path, headers=self.own), code)

    def post(self, path: str, code: int = 200, /, **fields: str) -> str:
        return self._read(self.ask("POST", path, headers=self.own, data=fields), code)

    def logged(self, *acts: Act) -> list[tuple[str, str, str]]:
        return [(one.who, one.act, one.subject) for one in self.work.store.entries() if not acts or one.act in acts]

    def _read(self, answer: httpx.Response, code: int) -> str:
        assert answer.status_code == code, answer.text
        return unescape(re.sub(r"\s+", " ", answer.text))


@contextmanager
def window(shelves: Shelves, reader: str | None = READER) -> Iterator[Window]:
    panel = unlocked(shelves.panel)
    with at(shelves.station) as desk, open_casework(desk, OpenedPanel(panel)) as work:
        person = next((one for one in work.store.readers() if one.name == reader), None)
        yield Window(Letters(desk, replace(work, seat=Seat((1, 2), alone=False, reader=person)), panel))


@pytest.fixture
def looking(shelves: Shelves) -> Iterator[Window]:
    with window(shelves) as opened:
        yield opened


def person_of(window: Window, shelves: Shelves) -> str:
    line = window.work.store.line(shelves.account.digest.hex())
    assert line is not None
    return line.person


def test_a_thread_shows_every_letter_and_nothing_of_what_is_in_them(looking: Window, shelves: Shelves) -> None:
    before = looking.logged()
    page = looking.get(f"/thread/{short_of(shelves.addition)}")
    places = [page.index(short_of(one)) for one in (shelves.account, shelves.choices)]
    assert places == sorted(places)
    assert page.index("Set aside: act on none of these") < page.index(f"Look at addition {short_of(shelves.second)}")
    for shown in (
        "It counts: carries the keys of the thread, verified when it was imported.",
        "It counts: signed by the words, verified when it was imported.",
        "Set aside: claims a place in its thread that is taken.",
        remedy(Reason.PLACE_TAKEN),
        f"Letter {short_of(shelves.choices)} decides",
        "Arrival 1: waits for the next export",
        "Place 2 in its thread. Bundle 3.",
    ):
        assert shown in page
    assert not [one for one in (QUESTION, "teacher", ADDED, FORGED) if one in page]
    assert looking.logged() == before


def test_the_choices_are_shown_once_every_letter_was_opened_and_noted(looking: Window, shelves: Shelves) -> None:
    thread = f"/thread/{short_of(shelves.account)}"
    looking.post(f"{thread}/open", 303)
    noted = looking.logged(Act.OPENED, Act.LOOKED_AT)
    assert sorted(noted) == sorted(
        [
            (READER, Act.OPENED, shelves.account.digest.hex()),
            (READER, Act.LOOKED_AT, shelves.addition.digest.hex()),
            (READER, Act.LOOKED_AT, shelves.choices.digest.hex()),
        ]
    )
    page = looking.get(thread)
    assert f"<strong>No</strong>: {QUESTION} (chosen: No)" in page
    history = page[page.index("How they came about") :]
    assert history.index(f"{QUESTION} Yes") < history.index("this one decides") < history.index(f"{QUESTION} No")
    assert "signed by the words, verified again now" in page
    assert "teacher" not in page
    # What was opened together is opened: each letter can be read on, and nothing is noted twice.
    assert ADDED in looking.get(f"/letter/{short_of(shelves.addition)}/1")
    looking.post(f"{thread}/open", 303)
    looking.post(f"/letter/{short_of(shelves.account)}/open", 303)
    assert looking.logged(Act.OPENED, Act.LOOKED_AT) == noted


def test_opening_one_letter_shows_no_choices_of_the_others(looking: Window, shelves: Shelves) -> None:
    looking.post(f"/letter/{short_of(shelves.addition)}/open", 303)
    page = looking.get(f"/thread/{short_of(shelves.addition)}")
    assert QUESTION not in page
    assert "Open the whole thread and show the choices" in page


def mark_for_two(window: Window, shelves: Shelves) -> None:
    window.work.store.mark("cy", person_of(window, shelves), shelves.account.digest.hex(), Mark.TWO)


def use_up_the_day(window: Window, _shelves: Shelves) -> None:
    window.work.store.note(READER, Act.OPENED, [f"{number:064x}" for number in range(4)], TODAY)


@pytest.mark.parametrize(
    ("hinder", "says"),
    [(mark_for_two, "This takes two different people"), (use_up_the_day, "That would be account 5 today")],
)
def test_a_whole_thread_is_opened_by_the_rules_of_the_command(
    looking: Window, shelves: Shelves, hinder: Any, says: str
) -> None:
    hinder(looking, shelves)
    before = looking.logged()
    thread = f"/thread/{short_of(shelves.account)}"
    assert says in looking.post(f"{thread}/open", 403)
    assert looking.logged() == before
    assert QUESTION not in looking.get(thread)


def test_who_reads_nothing_sees_no_thread_and_searches_nothing(shelves: Shelves) -> None:
    with window(shelves, "ann") as looking:
        assert "has no role here that may read" in looking.get(f"/thread/{short_of(shelves.account)}", 403)
        found = looking.post("/search", 422, words="teacher")
        assert "has no role here that may read" in found
        assert 'value="teacher"' in found
        assert looking.logged(Act.SEARCHED) == []


def test_who_may_know_the_person_finds_nothing_of_the_thread(looking: Window, shelves: Shelves) -> None:
    second = short_of(shelves.second)
    assert second in looking.get("/aside")
    assert short_of(shelves.account) in looking.post("/search", words="teacher")
    looking.post(f"/thread/{short_of(shelves.account)}/recuse", 303)
    for one in (shelves.account, shelves.second, shelves.choices):
        assert "No letter has that ID" in looking.get(f"/thread/{short_of(one)}", 403)
        assert "No letter has that ID" in looking.post(f"/thread/{short_of(one)}/open", 403)
    aside = looking.get("/aside")
    assert second not in aside
    assert short_of(shelves.other_kind) in aside
    assert "Nothing was found" in looking.post("/search", words="teacher")


def test_a_search_keeps_what_was_typed_and_the_log_only_how_much_was_found(looking: Window, shelves: Shelves) -> None:
    assert 'value=""' in looking.get("/search")
    found = looking.post("/search", words='teach* "spring')
    assert f'href="/thread/{short_of(shelves.account)}"' in found
    assert 'value="teach* "spring"' in found
    assert TEXT.partition("\n")[0] not in found
    nothing = looking.post("/search", words="marigold <b>")
    assert "Nothing was found" in nothing
    assert 'value="marigold <b>"' in nothing
    refused = looking.post("/search", 422, words='"*"', excerpts="yes")
    assert "Name at least one word to look for." in refused
    assert 'value=""*""' in refused
    assert " checked" in refused
    long = "lantern " * 30
    assert f'value="{long.strip()} "' in looking.post("/search", 422, words=long)
    assert "too long to be taken in" in looking.post("/search", 403, words="x" * 20_000)
    assert looking.logged(Act.SEARCHED) == [(READER, Act.SEARCHED, "1 found"), (READER, Act.SEARCHED, "0 found")]


def test_excerpts_are_shown_when_asked_for_and_never_of_what_two_people_open(looking: Window, shelves: Shelves) -> None:
    asked = {"words": "teacher", "excerpts": "yes"}
    assert "I told a teacher in the spring. Nobody wrote it down." in looking.post("/search", **asked)
    mark_for_two(looking, shelves)
    hidden = looking.post("/search", **asked)
    assert "Nothing was found" in hidden
    assert "spring" not in hidden
    assert short_of(shelves.account) in looking.post("/search", words="teacher")


def test_what_was_set_aside_stands_with_its_reason_and_what_to_do(looking: Window, shelves: Shelves) -> None:
    before = looking.logged()
    page = looking.get("/aside")
    for one, reason in (
        (shelves.forged, Reason.UNSIGNED),
        (shelves.second, Reason.PLACE_TAKEN),
        (shelves.other_kind, Reason.OTHER_KIND),
    ):
        at_one = page[page.index(short_of(one)) :]
        assert at_one.index(reason.capitalize()) < at_one.index(remedy(reason)) < 800
    assert "There are no more." in looking.get("/aside/2")
    assert looking.logged() == before
    assert short_of(shelves.account) not in page


def test_a_letter_that_was_set_aside_says_so_wherever_it_is_shown(looking: Window, shelves: Shelves) -> None:
    letter = short_of(shelves.forged)
    assert f"Look at addition {letter}" in looking.get(f"/thread/{letter}")
    looking.post(f"/letter/{letter}/open", 303)
    page = looking.get(f"/letter/{letter}/1")
    assert FORGED in page
    assert "This letter does not count: not signed by the words of its thread." in page
    assert (READER, Act.LOOKED_AT, shelves.forged.digest.hex()) in looking.logged()


def test_every_reason_has_a_remedy_of_its_own() -> None:
    other = remedy("a reason of a later version")
    assert [reason for reason in Reason if remedy(reason) == other] == []
    assert not can_be_looked_at(Reason.OTHER_KEY)


def test_what_came_is_what_status_says(looking: Window, shelves: Shelves) -> None:
    state = station_state(looking.letters.desk, TODAY)
    page = looking.get("/came")
    letters = state["letters"]
    for shown in (
        f"{letters['delivered']} delivered",
        f"{letters['imported']} imported, {letters['set_aside']} set aside",
        "Taken back: 1 thread and 0 parts of calls.",
        "Broken off, without an account so far: 1 call.",
        "What it brought: 1 imported, 0 set aside",
        "intake-0001-000003: generation 1, number 3, 1 record.",
        " ".join(state["trusted"]),
    ):
        assert shown in page
    assert "not here" not in page
    next(shelves.station.letters.rglob(f"*{shelves.account.digest.hex()}*")).unlink()
    assert "Missing: the files of 1 letter are not here." in looking.get("/came")


def test_what_was_taken_back_is_said_and_its_receipt_too(shelves: Shelves, tmp_path: Path) -> None:
    thread = f"/thread/{short_of(shelves.taken_back)}"
    with window(shelves) as looking:
        page = looking.get(thread)
        assert "The person took everything back: nobody reads it any more." in page
        assert "Arrival 1: not sent: it was taken back before" in page
        assert f"Open account {short_of(shelves.taken_back)}" not in page
    with at(shelves.station) as desk:
        panel = unlocked(shelves.panel)
        Destroyer(desk.ledger, desk.vault, Holds(desk.ledger, desk.vault, desk.cards), panel).destroy(TODAY)
    with window(shelves) as looking:
        page = looking.get(thread)
        assert "and it was destroyed" in page
        assert "Destruction 2: waits for the next export" in page
    with at(shelves.station) as desk:
        Exporter(desk.station, desk.ledger, desk.vault).write(unlocked(shelves.panel)[0], tmp_path / "out")
    with window(shelves) as looking:
        assert "Destruction 2: sent with return bundle 1" in looking.get(thread)


def test_a_call_that_broke_off_says_which_part_it_is(looking: Window, shelves: Shelves) -> None:
    page = looking.get(f"/thread/{short_of(shelves.part)}")
    assert "A call that broke off. No choice in it counts" in page
    assert re.search(r"Part 1 of call [0-9a-f]{12}\.", page)


def test_a_letter_that_waits_is_shown_and_not_acted_on(looking: Window, shelves: Shelves) -> None:
    letter = short_of(shelves.waiting)
    page = looking.get(f"/thread/{letter}")
    assert "The account of this thread has not arrived: nothing of it is acted on." in page
    assert "It waits, and is not acted on: its account has not arrived." in page
    looking.post(f"/letter/{letter}/open", 303)
    assert "This letter does not count: its account has not arrived." in looking.get(f"/letter/{letter}/1")
    assert "Waiting for a letter before: 1 letter." in looking.get("/came")


def test_a_letter_that_other_shares_open_is_named(looking: Window, shelves: Shelves) -> None:
    digest = shelves.account.digest.hex()
    looking.work.store.shred([digest])
    next(shelves.station.letters.rglob(f"*{digest}*")).unlink()
    page = looking.get(f"/thread/{digest[:12]}")
    assert "It counts, and is not in the case store" in page
    assert f"Open account {digest[:12]}" not in page


def last_part(window: Window, letter: str) -> str:
    window.post(f"/letter/{letter}/open", 303)
    page = window.get(f"/letter/{letter}/1")
    while following := re.search(r'href="(/letter/[^"]+)">Next part', page):
        assert "Take a break" not in page
        page = window.get(following[1])
    return page


def test_after_an_account_a_break_is_suggested_and_how_the_day_stands(looking: Window, shelves: Shelves) -> None:
    assert "Take a break" not in last_part(looking, short_of(shelves.addition))
    page = last_part(looking, short_of(shelves.account))
    assert "1 of 4 accounts today." in page
    assert 'href="/break"' in page
    assert f'action="/thread/{short_of(shelves.account)}/hand-over"' in page
    looking.work.store.note(READER, Act.OPENED, ["0" * 64], TODAY)
    assert "2 of 4 accounts today. <strong>Take a break before the next one.</strong>" in looking.get("/break")
    use_up_the_day(looking, shelves)
    assert "That is what a day holds." in looking.get("/")
    assert "teacher" not in looking.get("/break")


def test_the_view_is_chosen_on_any_page_and_leads_back_to_it(looking: Window) -> None:
    def choose(view: str, page: str) -> str:
        headers = {**looking.own, "referer": f"http://127.0.0.1:4321{page}"}
        answer = looking.ask("POST", "/view", headers=headers, data={"view": view})
        assert answer.status_code == 303
        # The room remembers it, and nothing that a browser could keep.
        assert "set-cookie" not in answer.headers
        return answer.headers["location"]

    def is_plain() -> bool:
        return "heard-plain" in looking.get("/letters")

    assert not is_plain()
    for page in ("/", "/letters", "/aside/1", "/thread/000000", "/letter/000000/1"):
        assert choose("plain", page) == page
        assert is_plain()
    # What was the answer to a form cannot be asked for again; the first page can, under a name of its own.
    assert choose("ordinary", "/letter/000000/heard") == "/"
    assert not is_plain()
    assert choose("plain", "/enter") == "/before"
    assert choose("none", "//elsewhere.example/x") == "/"
    assert is_plain()
    shown = looking.post("/search", words="teacher", view="ordinary", shown="yes")
    assert "1 letter was found" in shown
    typed = looking.post("/search", words="marigold", view="plain")
    assert 'value="marigold"' in typed
    assert "heard-plain" in typed
    assert "Nothing was found" not in typed


def test_a_part_says_in_which_language_and_through_what_it_was_asked(looking: Window, shelves: Shelves) -> None:
    letter = short_of(shelves.account)
    looking.post(f"/letter/{letter}/open", 303)
    page = looking.get(f"/letter/{letter}/1")
    for shown in ("Part 1 of 2. Language en, by web; questions general, version 1.", "What would you like to tell us?"):
        assert shown in page
