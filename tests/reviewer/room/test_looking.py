"""What the room shows to who only looks, and by whose rules: those of the commands."""

import re

from reviewer.cases.log import Act
from reviewer.opening import Reason
from reviewer.remedies import can_be_looked_at, remedy
from reviewer.state import station_state
from tests.reviewer.room.shelves import READER, TEXT, Shelves, short_of
from tests.reviewer.room.windows import TODAY, Window, mark_for_two, use_up_the_day, window


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
    assert "more than a form of the room takes" in looking.post("/search", 403, words="x" * 1_100_000)
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
