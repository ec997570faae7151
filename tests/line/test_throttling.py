"""Guessers are slowed down, and nobody who works here is shut out by them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from intake.line.throttle import FREE_TRIES, LONGEST_WAIT, STRANGERS_TRIES, wait_after
from tests.line.desk import PASSWORD, Browser, Desk

GUESSERS = 50


def guess(desk: Desk, name: str = "jo.b") -> list[int]:
    """Fifty guessers try at the same time, each from a browser of its own; return the statuses."""

    def one(number: int) -> int:
        return Browser(desk).sign_in(name, f"guess number {number} of them").status_code

    with ThreadPoolExecutor(GUESSERS) as pool:
        return list(pool.map(one, range(GUESSERS)))


def test_waits_double_and_are_never_longer_than_a_minute() -> None:
    assert [wait_after(tries) for tries in range(1, 14)] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert wait_after(10**9) == LONGEST_WAIT == 60


def test_fifty_parallel_guessers_get_a_handful_of_guesses(either: Desk) -> None:
    either.enrol("jo.b")
    statuses = guess(either)
    assert statuses.count(422) == FREE_TRIES
    assert statuses.count(429) == GUESSERS - FREE_TRIES


def test_the_real_worker_comes_in_at_once_on_a_browser_that_is_known(desk: Desk) -> None:
    """While fifty guess, and while they go on guessing."""
    known = desk.enrol("jo.b")
    for _ in range(4):
        guess(desk)
        desk.clock.wait(minutes=15)
    guess(desk)
    known.post("/sign-out")
    assert known.sign_in("jo.b").headers["location"] == "/second-factor"
    assert known.post("/second-factor", code=desk.next_code("jo.b")).headers["location"] == "/"
    assert known.is_in()


def test_the_real_worker_comes_in_at_once_on_a_new_browser_with_a_recovery_code(desk: Desk) -> None:
    codes = desk.enrol("jo.b").codes
    guess(desk)
    new = desk.browser()
    refused = new.sign_in("jo.b")
    assert refused.status_code == 429
    assert 'name="recovery"' in refused.text
    assert new.sign_in("jo.b", recovery=codes[3]).headers["location"] == "/second-factor"
    assert new.post("/second-factor", code=desk.next_code("jo.b")).headers["location"] == "/"
    # It opened the way and was not used up.
    assert "Codes left: 10." in new.get("/security").text


def test_a_new_worker_is_not_kept_out_either(desk: Desk) -> None:
    first = desk.accounts.add("jo.b", "worker")
    guess(desk)
    assert desk.browser().sign_in("jo.b", first).headers["location"] == "/enrol"


def test_without_any_of_these_they_would_wait_at_most_a_minute_for_their_turn(desk: Desk) -> None:
    """When the guessing pauses: however many guesses there were."""
    desk.enrol("jo.b")
    for _ in range(6):
        guess(desk)
        desk.clock.wait(seconds=61)
    guess(desk)
    new = desk.browser()
    assert new.sign_in("jo.b").status_code == 429
    desk.clock.wait(seconds=LONGEST_WAIT)
    assert new.sign_in("jo.b").headers["location"] == "/second-factor"


def test_a_recovery_code_of_somebody_else_opens_no_way(desk: Desk) -> None:
    codes = desk.enrol("sam").codes
    desk.enrol("jo.b")
    guess(desk)
    assert desk.browser().sign_in("jo.b", recovery=codes[0]).status_code == 429
    assert desk.browser().sign_in("jo.b", recovery="0000-0000-0000-0000-0000-0000").status_code == 429


def test_a_known_browser_is_known_to_its_own_worker_alone(desk: Desk) -> None:
    sams = desk.enrol("sam")
    desk.enrol("jo.b")
    guess(desk)
    sams.post("/sign-out")
    assert sams.sign_in("jo.b").status_code == 429


def test_a_known_browser_is_slowed_down_as_well(desk: Desk) -> None:
    known = desk.enrol("jo.b")
    known.post("/sign-out")
    statuses = [known.sign_in("jo.b", "not my password at all").status_code for _ in range(8)]
    assert statuses == [422] * FREE_TRIES + [429] * (8 - FREE_TRIES)
    desk.clock.wait(seconds=2)
    assert known.sign_in("jo.b").headers["location"] == "/second-factor"


def test_guessing_over_many_names_is_slowed_down_too(desk: Desk) -> None:
    desk.enrol("jo.b")
    desk.clock.wait(minutes=1)
    statuses = [desk.browser().sign_in(f"name{number}", "password for all of them").status_code for number in range(70)]
    assert statuses == [422] * STRANGERS_TRIES + [429] * (70 - STRANGERS_TRIES)
    desk.clock.wait(minutes=1)
    assert desk.browser().sign_in("name99", "password for all of them").status_code == 422


def test_who_knows_the_password_cannot_keep_its_owner_out_by_guessing_codes(desk: Desk) -> None:
    known = desk.enrol("jo.b")
    for _ in range(8):
        thief = desk.browser()
        thief.sign_in("jo.b")
        for number in range(3):
            thief.post("/second-factor", code=f"00000{number}")
    thief = desk.browser()
    thief.sign_in("jo.b")
    assert thief.post("/second-factor", code="000009").status_code == 429
    known.post("/sign-out")
    assert known.sign_in("jo.b").headers["location"] == "/second-factor"
    assert known.post("/second-factor", code=desk.next_code("jo.b")).headers["location"] == "/"


def test_begun_sign_ins_do_not_push_out_a_session_that_is_at_work(desk: Desk) -> None:
    known = desk.enrol("jo.b")
    for _ in range(10):
        desk.clock.wait(seconds=61)
        assert desk.browser().sign_in("jo.b", PASSWORD).status_code == 303
    assert known.is_in()


def test_lanes_name_nobody_and_are_forgotten(desk: Desk) -> None:
    from intake.line.app import tidy_once

    for name in ("somebody", "somebody-else"):
        desk.browser().sign_in(name, "password for all of them")
    with desk.service.store._engine.connect() as connection:
        count = "SELECT COUNT(*) FROM lanes"
        assert connection.exec_driver_sql(count).scalar() == 3
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]  # sqlite3
        assert "somebody" not in dump
        assert b"somebody".hex() not in dump.lower()
    desk.clock.wait(hours=25)
    tidy_once(desk.service)
    with desk.service.store._engine.connect() as connection:
        assert connection.exec_driver_sql(count).scalar() == 0


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded"])
def test_addresses_change_nothing(desk: Desk, header: str) -> None:
    desk.enrol("jo.b")
    browser = desk.browser()
    statuses = []
    for number in range(8):
        browser.headers[header] = f"192.0.2.{number}"
        statuses.append(browser.sign_in("jo.b", "not my password at all").status_code)
    assert statuses == [422] * FREE_TRIES + [429] * (8 - FREE_TRIES)
