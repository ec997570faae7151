"""What the room shows of a whole thread: what its letters are, and its choices to who opened it, by the rules of the command."""

import re
from pathlib import Path
from typing import Any

import pytest

from reviewer.cases.log import Act
from reviewer.destroying import Destroyer
from reviewer.exporting import Exporter
from reviewer.holding import Holds
from reviewer.opening import Reason
from reviewer.remedies import remedy
from tests.reviewer.room.shelves import ADDED, FORGED, READER, Shelves, short_of
from tests.reviewer.room.windows import TODAY, Window, mark_for_two, use_up_the_day, window
from tests.reviewer.test_calls import at, unlocked

QUESTION = "May we use it for research?"


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


def test_a_letter_that_was_set_aside_says_so_wherever_it_is_shown(looking: Window, shelves: Shelves) -> None:
    letter = short_of(shelves.forged)
    assert f"Look at addition {letter}" in looking.get(f"/thread/{letter}")
    looking.post(f"/letter/{letter}/open", 303)
    page = looking.get(f"/letter/{letter}/1")
    assert FORGED in page
    assert "This letter does not count: not signed by the words of its thread." in page
    assert (READER, Act.LOOKED_AT, shelves.forged.digest.hex()) in looking.logged()


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


def test_a_part_says_in_which_language_and_through_what_it_was_asked(looking: Window, shelves: Shelves) -> None:
    letter = short_of(shelves.account)
    looking.post(f"/letter/{letter}/open", 303)
    page = looking.get(f"/letter/{letter}/1")
    for shown in ("Part 1 of 2. Language en, by web; questions general, version 1.", "What would you like to tell us?"):
        assert shown in page
