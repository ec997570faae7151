"""The way in: the first time and every time, and that nobody learns from it who exists."""

import json
import re
import statistics
import time

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from intake.line.codes import code_digest, new_code, step_of
from intake.line.passwords import Hashing
from tests.line.desk import MORNING, PASSWORD, Desk


def test_a_worker_enrols_and_signs_in_again_without_scripts(either: Desk) -> None:
    first = either.enrol("jo.b")
    assert first.is_in()
    assert len(set(first.codes)) == 10
    second = either.browser()
    assert second.sign_in("jo.b").headers["location"] == "/second-factor"
    assert not second.is_in()
    assert second.post("/second-factor", code=either.next_code("jo.b")).headers["location"] == "/"
    assert second.is_in()


def test_a_first_password_is_no_way_round_an_enrolment(desk: Desk) -> None:
    browser = desk.browser()
    first = desk.accounts.add("jo.b", "worker")
    assert browser.sign_in("jo.b", first).headers["location"] == "/enrol"
    assert browser.get("/enrol").headers["location"] == "/enrol/password"
    for path in ("/", "/security", "/password", "/supervise", "/unlock", "/prove"):
        assert browser.get(path).headers["location"].startswith("/sign-in"), path
    assert browser.get("/enrol/factor").headers["location"] == "/enrol/password"
    assert browser.post("/enrol/codes").headers["location"] == "/enrol"
    assert "Choose a password of your own" in browser.post("/enrol/password", password=first, again=first).text
    browser.post("/enrol/password", password=PASSWORD, again=PASSWORD)
    assert browser.get("/enrol").headers["location"] == "/enrol/factor"
    assert browser.post("/enrol/factor", code="000000").status_code == 422
    assert browser.post("/enrol/codes").headers["location"] == "/enrol"
    assert desk.service.store.worker_named("jo.b").state == "invited"  # type: ignore[union-attr]  # it is there


def test_a_first_password_ends_when_it_was_used_and_after_three_days(desk: Desk) -> None:
    first = desk.accounts.add("jo.b", "worker")
    browser = desk.browser()
    browser.sign_in("jo.b", first)
    browser.post("/enrol/password", password=PASSWORD, again=PASSWORD)
    desk.seeds["jo.b"] = browser.seed_on(browser.get("/enrol/factor"))
    browser.post("/enrol/factor", code=desk.code("jo.b"))
    browser.get("/enrol/codes")
    browser.post("/enrol/codes")
    assert browser.is_in()
    assert desk.browser().sign_in("jo.b", first).status_code == 422
    late = desk.accounts.add("sam", "worker")
    desk.clock.wait(hours=72)
    assert desk.browser().sign_in("sam", late).status_code == 422


def test_first_passwords_are_random_and_fit_the_rules(desk: Desk) -> None:
    made = {new_code() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}", code) for code in made)
    assert {desk.service.rules.fault(code, "jo.b") for code in made} == {""}
    code = new_code()
    assert code_digest(code) == code_digest(code.upper().replace("-", " ").replace("0", "O").replace("1", "l"))


class TestNobodyLearnsWhoExists:
    """The same words, status and headers for unknown names, disabled ones, those that wait for their worker, and wrong passwords."""

    def names(self, desk: Desk) -> list[str]:
        desk.enrol("known")
        desk.enrol("gone")
        desk.accounts.disable("gone")
        desk.accounts.add("invited", "worker")
        return ["known", "gone", "invited", "unknown"]

    def test_the_same_answer(self, desk: Desk) -> None:
        answers = set()
        for name in self.names(desk):
            for _ in range(8):
                said = desk.browser().sign_in(name, "a wrong password, really")
                answers.add((said.status_code, said.text.replace(name, "NAME"), str(sorted(said.headers.items()))))
        assert {status for status, _, _ in answers} == {422, 429}
        # Two answers: wrong, and wait; of each only one.
        assert len({(status, re.sub(r"content-length', '\d+'", "", head)) for status, _, head in answers}) == 2
        assert len({(status, text) for status, text, _ in answers}) == 2

    def test_the_right_password_of_a_disabled_account_is_as_wrong_as_any(self, desk: Desk) -> None:
        self.names(desk)
        assert (
            desk.browser().sign_in("gone").text.replace("gone", "known")
            == desk.browser().sign_in("known", "x" * 20).text
        )

    def test_as_much_work(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Counted, not timed: exactly one password is hashed for each, with the same parameters, and as much is written."""
        counted: list[str] = []
        verify = Hashing._verify

        def count(self: Hashing, kept: str, password: str) -> bool:
            counted.append(kept.rpartition("$")[0].rpartition("$")[0])
            return verify(self, kept, password)

        names = self.names(desk)
        monkeypatch.setattr(Hashing, "_verify", count)
        for name in names:
            desk.browser().sign_in(name, "a wrong password, really")
        assert len(counted) == len(names)
        assert len(set(counted)) == 1

    @pytest.mark.alone
    def test_as_long(self, desk: Desk) -> None:
        """Timed, with the parameters of real service: the medians are closer than the machine's own noise."""
        names = self.names(desk)
        hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        desk.service.hashing._hasher = hasher
        desk.service.entrance._nobody = type(desk.service.entrance._nobody)(
            **{**vars(desk.service.entrance._nobody), "password": hasher.hash("nobody")}
        )
        desk.service.hashing.nobodys = hasher.hash("nobody")
        worker = desk.service.store.worker_named("known")
        assert worker is not None
        desk.service.store.rehash(worker, hasher.hash(PASSWORD))
        took: dict[str, list[float]] = {"known": [], "unknown": []}
        for _ in range(5):
            for name, times in took.items():
                assert name in names
                desk.clock.wait(minutes=2)
                began = time.perf_counter()
                assert desk.browser().sign_in(name, "a wrong password, really").status_code == 422
                times.append(time.perf_counter() - began)
        known, unknown = (min(times) for times in took.values())
        assert 0.5 < known / unknown < 2, took
        assert statistics.median(took["known"]) > 0.02


def test_a_password_is_checked_exactly_as_it_was_typed(desk: Desk) -> None:
    odd = "  Ärger: 日本 ﬁ \N{COMBINING ACUTE ACCENT}x\t'\"<>&%;  "
    desk.enrol("jo.b", password=odd)
    for other in (odd.strip(), odd.lower(), odd.replace("ﬁ", "fi"), odd[:-1], odd.replace("\t", " ")):
        desk.clock.wait(minutes=2)
        assert desk.browser().sign_in("jo.b", other).status_code == 422
    desk.clock.wait(minutes=2)
    assert desk.browser().sign_in("jo.b", odd).headers["location"] == "/second-factor"


def test_long_passwords_count_to_their_last_sign(desk: Desk) -> None:
    long = "moss on the garden wall, " * 10
    desk.enrol("jo.b", password=long)
    assert desk.browser().sign_in("jo.b", long[:-1] + "!").status_code == 422
    assert desk.browser().sign_in("jo.b", long).headers["location"] == "/second-factor"


def test_a_hash_of_older_parameters_is_made_anew(desk: Desk) -> None:
    desk.enrol("jo.b")
    worker = desk.service.store.worker_named("jo.b")
    assert worker is not None
    assert worker.password is not None
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1, hash_len=16).hash(PASSWORD)
    desk.service.store.rehash(worker, older)
    desk.browser().sign_in("jo.b")
    now = desk.service.store.worker_named("jo.b")
    assert now is not None
    assert now.password not in {older, None}
    assert not desk.service.hashing.is_outdated(now.password or "")
    desk.browser().sign_in("jo.b", "wrong all the same")
    assert desk.service.store.worker_named("jo.b") == now


def test_production_hashes_with_the_low_memory_profile() -> None:
    import asyncio

    async def made() -> str:
        return Hashing(1).nobodys

    assert asyncio.run(made()).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


class TestCodes:
    """Codes of an app, and recovery codes."""

    def test_a_code_works_once(self, either: Desk) -> None:
        either.enrol("jo.b")
        code = either.next_code("jo.b")
        one, other = either.browser(), either.browser()
        one.sign_in("jo.b")
        other.sign_in("jo.b")
        assert one.post("/second-factor", code=code).headers["location"] == "/"
        assert other.post("/second-factor", code=code).status_code == 422
        assert not other.is_in()
        either.clock.wait(seconds=5)
        assert other.post("/second-factor", code=code).status_code == 422

    def test_an_earlier_code_is_refused_after_a_later_one(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        early = desk.next_code("jo.b")
        late = desk.next_code("jo.b")
        one, other = desk.browser(), desk.browser()
        one.sign_in("jo.b")
        other.sign_in("jo.b")
        assert one.post("/second-factor", code=late).headers["location"] == "/"
        # It would still be within its ten seconds.
        assert other.post("/second-factor", code=early).status_code == 422

    def test_a_code_lives_for_its_step_and_ten_seconds(self) -> None:
        seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        import pyotp

        code = pyotp.TOTP(seed).at(MORNING)
        lives = [second for second in range(-60, 91) if step_of(seed, code, MORNING + second) is not None]
        assert (lives[0], lives[-1]) == (-10, 39)

    def test_rfc_6238_vectors(self) -> None:
        # RFC 6238, appendix B, SHA-1; its codes have eight digits, ours the last six of them.
        seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        for moment, code in (
            (59, "94287082"),
            (1111111109, "07081804"),
            (1234567890, "89005924"),
            (2000000000, "69279037"),
        ):
            assert step_of(seed, code[2:], moment) == moment // 30
            assert step_of(seed, code[2:], moment + 90) is None

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "\0" * 6])
    def test_what_is_no_code_is_none(self, typed: str) -> None:
        assert step_of("JBSWY3DPEHPK3PXP", typed, MORNING) is None

    def test_a_recovery_code_works_once_and_only_with_the_password(self, desk: Desk) -> None:
        codes = desk.enrol("jo.b").codes
        browser = desk.browser()
        assert browser.sign_in("jo.b", codes[0]).status_code == 422
        browser.sign_in("jo.b")
        assert browser.post("/second-factor", code=codes[0].upper()).headers["location"] == "/"
        assert "Codes left: 9." in browser.get("/security").text
        again = desk.browser()
        again.sign_in("jo.b")
        assert again.post("/second-factor", code=codes[0]).status_code == 422

    def test_another_workers_code_is_worth_nothing(self, desk: Desk) -> None:
        codes = desk.enrol("jo.b").codes
        desk.enrol("sam")
        browser = desk.browser()
        browser.sign_in("sam")
        assert browser.post("/second-factor", code=codes[0]).status_code == 422

    def test_five_wrong_codes_are_enough(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        browser = desk.browser()
        browser.sign_in("jo.b")
        for _ in range(5):
            assert browser.post("/second-factor", code="000000").status_code == 422
            desk.clock.wait(seconds=61)
        assert browser.post("/second-factor", code=desk.code("jo.b")).status_code == 401
        assert browser.get("/second-factor").headers["location"].startswith("/sign-in")

    def test_half_of_a_sign_in_ends_after_ten_minutes(self, desk: Desk) -> None:
        desk.enrol("jo.b")
        browser = desk.browser()
        browser.sign_in("jo.b")
        desk.clock.wait(minutes=11)
        assert browser.post("/second-factor", code=desk.code("jo.b")).headers["location"] == "/sign-in"


def test_nothing_in_the_database_signs_anybody_in(desk: Desk) -> None:
    """Cookies, codes, passwords and seeds are there as hashes, or sealed under a key that is elsewhere."""
    browser = desk.enrol("jo.b")
    held = [browser.cookie(), browser.cookie("__Host-line-browser"), PASSWORD, desk.seeds["jo.b"], *browser.codes]
    with desk.service.store._engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]  # sqlite3
    kept = dump.lower()
    assert [secret for secret in held if secret.lower() in kept or secret.encode().hex() in kept] == []
    # The same search finds what is there.
    assert "jo.b" in kept
    stripped = [code.replace("-", "") for code in browser.codes]
    assert [code for code in stripped if code in kept] == []


def test_a_script_signs_in_with_json(desk: Desk) -> None:
    desk.enrol("jo.b")
    browser = desk.browser()
    assert browser.send("GET", "/", headers={"accept": "application/json"}).status_code == 401
    assert browser.ask("/sign-in", name="jo.b", password="wrong, quite").json()["error"] == "wrong"
    assert browser.ask("/sign-in", name="jo.b", password=PASSWORD, next="/call").json() == {
        "step": "factor",
        "next": "/second-factor?next=/call",
    }
    said = browser.ask("/second-factor", code=desk.next_code("jo.b"), next="/call")
    assert said.json() == {"step": "open", "next": "/call"}
    state = browser.get("/session").json()
    assert state == {"state": "open", "name": "jo.b", "minutes_left": 720}
    assert json.dumps(state)


@pytest.mark.parametrize(
    "next_",
    ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "javascript:1", "/call?x=//", "/%2f/x", "/ x"],
)
def test_signing_in_leads_nowhere_else(desk: Desk, next_: str) -> None:
    desk.enrol("jo.b")
    browser = desk.browser()
    browser.sign_in("jo.b", next=next_)
    assert browser.post("/second-factor", code=desk.next_code("jo.b"), next=next_).headers["location"] == "/"


@pytest.mark.parametrize(
    "name", ["\0", "jo.b\0", "x" * 5_000, "\N{LATIN SMALL LETTER DOTLESS I}", "-", "'; DROP TABLE workers; --"]
)
def test_what_is_no_name_is_nobody(either: Desk, name: str) -> None:
    either.enrol("jo.b")
    assert either.browser().sign_in(name).status_code == 422
    assert [worker.name for worker in either.service.store.workers()] == ["jo.b"]


@pytest.mark.parametrize("body", [b"\xff=1", b"a" * 70_000, b"%zz", b"=&" * 500])
def test_what_is_no_form_is_refused(desk: Desk, body: bytes) -> None:
    browser = desk.browser()
    headers = {**browser.headers, "content-type": "application/x-www-form-urlencoded"}
    assert browser.send("POST", "/sign-in", content=body, headers=headers).status_code in {400, 413, 422}
    assert (
        browser.send("POST", "/sign-in", content=b"{}", headers={**headers, "content-type": "text/plain"}).status_code
        == 400
    )
