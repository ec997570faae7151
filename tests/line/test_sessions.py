"""Sessions: they begin under a new cookie, are locked and not lost, and end when they are said to."""

import re

import pytest

from intake.line.codes import token_digest
from intake.line.schema import metadata
from tests.line.desk import MORNING, PASSWORD, Browser, Desk

OTHER = "three otters by the weir"


def copied(browser: Browser) -> Browser:
    """A thief's browser with the same session cookie, and only that."""
    thief = Browser(browser.desk)
    thief.http.cookies.set("__Host-line", browser.cookie(), domain="line.example.org", path="/")
    return thief


class TestBeginning:
    """A cookie that was there before signing in leads nowhere afterwards."""

    def test_fixation(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        victim = desk.browser()
        victim.http.cookies.set("__Host-line", "planted-by-an-attacker", domain="line.example.org", path="/")
        thief = copied(victim)
        victim.sign_in("jo.b")
        assert victim.cookie() != "planted-by-an-attacker"
        halfway = copied(victim)
        victim.post("/second-factor", code=desk.next_code("jo.b"))
        assert victim.is_in()
        assert not thief.is_in()
        assert not halfway.is_in()
        assert halfway.post("/second-factor", code=desk.next_code("jo.b")).headers["location"] == "/sign-in"

    def test_a_session_of_an_attacker_is_ended_by_signing_in(self, desk: Desk) -> None:
        attacker = desk.enrol("attacker")
        desk.enrol("jo.b")
        victim = copied(attacker)
        victim.sign_in("jo.b")
        victim.post("/second-factor", code=desk.next_code("jo.b"))
        assert victim.get("/session").json()["name"] == "jo.b"
        assert not attacker.is_in()

    def test_the_cookie_is_for_this_host_and_no_script(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        browser = desk.browser()
        said = browser.sign_in("jo.b").headers.get_list("set-cookie")
        said += browser.post("/second-factor", code=desk.next_code("jo.b")).headers.get_list("set-cookie")
        assert {line.partition("=")[0] for line in said} == {"__Host-line", "__Host-line-browser"}
        for line in said:
            assert {"secure", "httponly", "samesite=strict", "path=/"} <= {
                part.strip().lower() for part in line.split(";")
            }
            assert "domain" not in line.lower()
        assert "max-age" not in said[0].lower()
        token = browser.cookie()
        assert len(token) >= 43
        assert token_digest(token) != token.encode()

    def test_tokens_are_never_the_same(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        seen = set()
        for _ in range(4):
            browser = desk.browser()
            browser.sign_in("jo.b")
            seen.add(browser.cookie())
            browser.post("/second-factor", code=desk.next_code("jo.b"))
            seen.add(browser.cookie())
        assert len(seen) == 8

    def test_of_four_sessions_the_oldest_ends(self, desk: Desk) -> None:
        first = desk.enrol("jo.b")
        browsers = [desk.browser() for _ in range(3)]
        for browser in browsers:
            desk.clock.wait(minutes=2)
            browser.sign_in_fully("jo.b")
        assert [browser.is_in() for browser in (first, *browsers)] == [False, True, True, True]


class TestLocking:
    """After fifteen minutes without a sign of the worker."""

    def test_locked_not_lost(self, either: Desk) -> None:
        browser = either.enrol("jo.b")
        either.clock.wait(minutes=14)
        assert browser.is_in()
        either.clock.wait(minutes=15)
        assert browser.get("/security").headers["location"] == "/unlock?next=/security"
        before = browser.cookie()
        assert "goes on where it was" in browser.get("/unlock?next=/security").text
        assert browser.post("/unlock", password="not my password").status_code == 422
        assert browser.get("/security").status_code == 303
        assert browser.post("/unlock", password=PASSWORD, next="/security").headers["location"] == "/security"
        assert browser.is_in()
        assert browser.cookie() != before

    def test_a_script_is_told_and_can_unlock_in_place(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        desk.clock.wait(minutes=16)
        refused = browser.send("GET", "/", headers={"accept": "application/json"})
        assert (refused.status_code, refused.json()["error"]) == (423, "locked")
        assert browser.get("/session").json()["state"] == "locked"
        assert browser.ask("/unlock", password=PASSWORD).json()["step"] == "open"
        assert browser.send("GET", "/", headers={"accept": "application/json"}).status_code == 200

    def test_asking_how_things_stand_keeps_nobody_signed_in(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        for _ in range(20):
            desk.clock.wait(minutes=1)
            browser.get("/session")
        assert not browser.is_in()

    def test_five_wrong_passwords_end_it(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        desk.clock.wait(minutes=16)
        for _ in range(5):
            assert browser.post("/unlock", password="not my password").status_code == 422
        assert browser.post("/unlock", password=PASSWORD).status_code == 401
        assert browser.get("/").headers["location"] == "/sign-in"

    def test_the_lock_can_be_closed_by_hand(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        browser.get("/unlock")
        assert not browser.is_in()
        assert browser.get("/").headers["location"] == "/unlock"

    def test_the_old_cookie_of_a_session_that_was_unlocked_is_worth_nothing(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        thief = copied(browser)
        desk.clock.wait(minutes=16)
        browser.get("/")
        browser.post("/unlock", password=PASSWORD)
        assert browser.is_in()
        assert not thief.is_in()


class TestEnding:
    """Nothing that a thief copied works after the end."""

    def test_sign_out(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        thief = copied(browser)
        assert thief.is_in()
        answer = browser.post("/sign-out")
        assert (answer.headers["location"], answer.headers["clear-site-data"]) == ("/signed-out", '"cache"')
        assert not browser.cookie()
        assert not thief.is_in()
        assert "Sign in again" in browser.get("/signed-out").text

    def test_after_twelve_hours_of_work(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        for _ in range(71):
            desk.clock.wait(minutes=10)
            assert browser.is_in()
        desk.clock.wait(minutes=10)
        assert browser.get("/").headers["location"] == "/sign-in"

    def test_changing_the_password_ends_the_others_and_renews_this_one(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        other = desk.browser()
        other.sign_in_fully("jo.b")
        thief = copied(browser)
        answer = browser.post("/password", current=PASSWORD, password=OTHER, again=OTHER)
        assert answer.headers["location"] == "/security?done=password"
        assert browser.is_in()
        assert not other.is_in()
        assert not thief.is_in()
        assert desk.browser().sign_in("jo.b").status_code == 422
        assert desk.browser().sign_in("jo.b", OTHER).headers["location"] == "/second-factor"

    def test_disabling_ends_them_with_the_next_request(self, either: Desk) -> None:
        browser, other = either.enrol("jo.b"), either.enrol("sam")
        either.accounts.disable("jo.b")
        assert not browser.is_in()
        assert other.is_in()
        assert either.browser().sign_in("jo.b").status_code == 422

    def test_a_reset_ends_them_and_takes_every_factor(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        codes = browser.codes
        first = desk.accounts.reset("jo.b")
        assert not browser.is_in()
        assert browser.sign_in("jo.b").status_code == 422
        browser.sign_in("jo.b", first)
        browser.post("/enrol/password", password=OTHER, again=OTHER)
        desk.seeds["jo.b"] = browser.seed_on(browser.get("/enrol/factor"))
        browser.post("/enrol/factor", code=desk.code("jo.b"))
        browser.get("/enrol/codes")
        browser.post("/enrol/codes")
        new = desk.browser()
        new.sign_in("jo.b", OTHER)
        assert new.post("/second-factor", code=codes[0]).status_code == 422

    def test_the_operator_ends_one_workers_or_everybodys(self, desk: Desk) -> None:
        one, other = desk.enrol("jo.b"), desk.enrol("sam")
        assert desk.accounts.sign_out("jo.b") == 1
        assert (one.is_in(), other.is_in()) == (False, True)
        one.sign_in_fully("jo.b")
        assert desk.accounts.sign_out(None) == 2
        assert (one.is_in(), other.is_in()) == (False, False)

    def test_a_worker_sees_and_ends_the_others(self, desk: Desk) -> None:
        here, there = desk.enrol("jo.b"), desk.browser()
        there.sign_in_fully("jo.b")
        assert len(re.findall(r"<li>Since 2026-11-26 10:00 UTC", here.get("/security").text)) == 2
        here.post("/security", action="end-others")
        assert (here.is_in(), there.is_in()) == (True, False)

    def test_an_ended_session_leaves_no_row(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        browser.post("/sign-out")
        worker = desk.service.store.worker_named("jo.b")
        assert worker is not None
        assert desk.service.store.sessions_of(worker) == []


class TestChangingFactors:
    """What somebody signs in with is changed only by who has just shown both factors."""

    PATHS = ("/security/app", "/security/passkey")

    def test_after_ten_minutes_both_are_asked_for_again(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        for path in self.PATHS:
            assert browser.get(path).status_code == 200
        desk.clock.wait(minutes=10)
        for path in self.PATHS:
            assert browser.get(path).headers["location"] == f"/prove?next={path}"
        assert browser.post("/security", action="end-others").headers["location"] == "/prove"
        assert browser.post("/security/codes").headers["location"] == "/prove"
        refused = browser.send(
            "POST", "/security/passkey/options", headers={**browser.headers, "accept": "application/json"}
        )
        assert (refused.status_code, refused.json()["error"]) == (403, "prove")
        assert browser.post("/prove", password="not my password").status_code == 422
        assert (
            browser.post("/prove", password=PASSWORD, next="/security/app").headers["location"]
            == "/second-factor?next=/security/app"
        )
        assert not browser.is_in()
        code = desk.next_code("jo.b")
        assert browser.post("/second-factor", code=code, next="/security/app").headers["location"] == "/security/app"
        assert browser.get("/security/app").status_code == 200

    def test_a_new_app_takes_the_place_of_the_one_before(self, desk: Desk) -> None:
        browser, other = desk.enrol("jo.b"), desk.browser()
        other.sign_in_fully("jo.b")
        old = desk.seeds["jo.b"]
        desk.seeds["jo.b"] = browser.seed_on(browser.get("/security/app"))
        assert browser.post("/security/app", code=desk.next_code("jo.b")).headers["location"] == "/security?done=app"
        assert (browser.is_in(), other.is_in()) == (True, False)
        new = desk.browser()
        new.sign_in("jo.b")
        current, desk.seeds["jo.b"] = desk.seeds["jo.b"], old
        assert new.post("/second-factor", code=desk.next_code("jo.b")).status_code == 422
        desk.seeds["jo.b"] = current
        assert new.post("/second-factor", code=desk.next_code("jo.b")).headers["location"] == "/"

    def test_the_last_factor_stays(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        refused = browser.post("/security", action="drop-app")
        assert refused.status_code == 422
        assert "One second factor has to stay" in refused.text
        assert browser.post("/security", action="drop-passkey", passkey="00").status_code == 422
        assert browser.post("/security", action="drop-passkey", passkey="zz").status_code == 400
        assert browser.post("/security", action="become-supervisor").status_code == 400

    def test_new_recovery_codes_take_the_place_of_the_old(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        page = browser.post("/security/codes")
        codes = re.findall(r"<code>([0-9a-z-]+)</code>", page.text)
        assert len(codes) == 10
        assert not set(codes) & set(browser.codes)
        new = desk.browser()
        new.sign_in("jo.b")
        assert new.post("/second-factor", code=browser.codes[0]).status_code == 422
        assert new.post("/second-factor", code=codes[0]).headers["location"] == "/"

    @pytest.mark.parametrize(
        ("password", "again", "says"),
        [
            ("short", "short", "at least 12 characters"),
            ("x" * 257, "x" * 257, "at most 256"),
            ("password1234", "password1234", "words about this service"),
            ("qwertyuiop123456", "qwertyuiop123456", "lists that guessers try first"),
            ("jo.b and heard", "jo.b and heard", "mostly made of your name"),
            (OTHER, OTHER + "!", "not the same"),
        ],
    )
    def test_a_password_that_will_not_do_is_named(self, desk: Desk, password: str, again: str, says: str) -> None:
        browser = desk.enrol("jo.b")
        refused = browser.post("/password", current=PASSWORD, password=password, again=again)
        assert (refused.status_code, says in refused.text) == (422, True)
        assert password not in refused.text or password in says
        assert desk.browser().sign_in("jo.b").status_code == 303

    def test_the_password_changes_only_with_the_present_one(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        assert browser.post("/password", current="not it", password=OTHER, again=OTHER).status_code == 422
        assert browser.post("/password", password=OTHER, again=OTHER).status_code == 422
        assert desk.browser().sign_in("jo.b").status_code == 303

    def test_no_password_has_to_be_changed(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        desk.clock.now = MORNING + 20 * 365 * 86_400
        assert desk.browser().sign_in("jo.b").headers["location"] == "/second-factor"


class TestWithoutATrace:
    """Between signing in and signing out nothing is written: its place in the log would stand beside a call's."""

    def test_coming_back_to_the_desk_writes_nothing(self, either: Desk) -> None:
        browser = either.enrol("jo.b")
        before = everything(either)
        for _ in range(3):
            either.clock.wait(minutes=10)
            assert browser.is_in()
            browser.get("/unlock")
            browser.post("/unlock", password=PASSWORD)
        assert browser.is_in()
        assert everything(either) == before
        browser.post("/sign-out")
        assert everything(either) != before
        assert not browser.is_in()

    def test_after_a_restart_a_session_is_locked_and_not_lost(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        desk.clock.wait(minutes=10)
        assert browser.is_in()
        desk.clock.wait(minutes=10)
        assert browser.is_in()
        again = desk.restarted()
        browser.at(again)
        assert browser.get("/security").headers["location"] == "/unlock?next=/security"
        thief = copied(browser)
        assert browser.post("/unlock", password=PASSWORD).status_code == 303
        assert browser.is_in()
        assert not thief.is_in()

    def test_a_cookie_of_before_a_restart_opens_no_unlocked_session(self, desk: Desk) -> None:
        browser = desk.enrol("jo.b")
        desk.clock.wait(minutes=20)
        former = copied(browser)
        browser.post("/unlock", password=PASSWORD)
        again = desk.restarted()
        for one in (browser, former):
            one.at(again)
        assert not browser.is_in()
        assert not former.is_in()


def everything(desk: Desk) -> list[list[tuple[object, ...]]]:
    with desk.service.store._engine.connect() as connection:
        return [sorted(map(tuple, connection.execute(table.select())), key=repr) for table in metadata.tables.values()]
