"""The door: the key once, the cookie afterwards, one address, and nothing that another page asks for."""

import re
from collections.abc import Iterator, Mapping

import anyio
import httpx
import pytest

from reviewer.cases.casework import open_casework
from reviewer.cases.unsealing import OpenedPanel
from reviewer.room.app import create_app
from reviewer.room.entrance import Key
from reviewer.room.letters import Letters
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel
from tests.reviewer.test_calls import at, take, unlocked

ADDRESS = "127.0.0.1:4321"
ORIGIN = f"http://{ADDRESS}"
OWN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
FILE = {"origin": "null"}


class Door:
    """A client of the room that keeps no cookies by itself."""

    def __init__(self, letters: Letters) -> None:
        self.key = Key()
        self.ends = 0
        self.app = create_app(letters, self.key, ADDRESS, self.end)

    def end(self) -> None:
        self.ends += 1

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, **options)  # type: ignore[arg-type] # passed on

        return anyio.run(send)

    def enter(self, key: str | None = None, headers: Mapping[str, str] = FILE) -> httpx.Response:
        return self.ask("POST", "/enter", data={"key": self.key.text if key is None else key}, headers=headers)

    def cookie(self) -> dict[str, str]:
        return {"cookie": self.enter().headers["set-cookie"].partition(";")[0]}


@pytest.fixture
def door(station: Station, panel: Panel, intake: Intake) -> Iterator[Door]:
    take(station, panel, intake, [panel.record(panel.write("Invented. I told a teacher."))])
    with at(station) as desk, open_casework(desk, OpenedPanel(unlocked(panel))) as work:
        yield Door(Letters(desk, work, unlocked(panel)))


def test_the_key_opens_once_and_the_cookie_afterwards(door: Door) -> None:
    entered = door.enter()
    assert entered.status_code == 200
    cookie, _, attributes = entered.headers["set-cookie"].partition(";")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= {one.strip() for one in attributes.split(";")}
    # It ends with the browser: no date.
    assert "expires" not in attributes.lower()
    assert door.key.text not in entered.text + cookie
    assert door.ask("GET", "/", headers={"cookie": cookie}).status_code == 200
    again = door.enter()
    assert again.status_code == 403
    assert "was shown before" in again.text
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("key", ["", "x", "x" * 43, "é", "a" * 100_000])
def test_another_key_opens_nothing_and_uses_nothing_up(door: Door, key: str) -> None:
    assert door.enter(key).status_code == 403
    assert door.enter().status_code == 200


@pytest.mark.parametrize("headers", [{}, {"origin": ORIGIN}, {"origin": "http://somewhere.example"}])
def test_only_a_file_shows_the_key(door: Door, headers: dict[str, str]) -> None:
    assert door.enter(headers=headers).status_code == 403
    assert not door.key.is_used
    assert door.ask("GET", "/enter", headers=FILE).status_code == 403


@pytest.mark.parametrize("path", ["/", "/static/room.css", "/thread/000000", "/none", "/close"])
@pytest.mark.parametrize("cookie", [None, "room=", "room=x", "other=1"])
def test_without_the_cookie_nothing_is_shown(door: Door, path: str, cookie: str | None) -> None:
    door.enter()
    answer = door.ask("GET", path, headers={"cookie": cookie} if cookie else {})
    assert answer.status_code == 403
    assert "<" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:4321", "127.0.0.1", "127.0.0.1:4322", "room.example", "127.0.0.1.example:4321"]
)
def test_under_another_name_there_is_no_room(door: Door, host: str) -> None:
    """A name of somewhere else that leads to loopback (DNS rebinding)."""
    cookie = door.cookie()
    assert door.ask("GET", "/", headers={**cookie, "host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000"},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
    ],
)
def test_what_another_page_asks_for_is_not_done(door: Door, headers: dict[str, str]) -> None:
    cookie = door.cookie()
    assert door.ask("POST", "/close", headers={**cookie, **headers}).status_code == 403
    assert door.ends == 0
    closed = door.ask("POST", "/close", headers={**cookie, **OWN})
    assert closed.headers["clear-site-data"] == '"cache", "storage"'
    assert door.ends == 1


def test_every_answer_forbids_scripts_downloads_and_keeping(door: Door) -> None:
    cookie = door.cookie()
    answers = [door.ask("GET", path, headers=cookie) for path in ("/", "/none", "/thread/zzzzzz", "/static/none.css")]
    answers += [
        door.ask("GET", "/"),
        door.ask("GET", "/", headers={"host": "elsewhere"}),
        door.ask("POST", "/", headers={**cookie, **OWN}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 403, 404, 403, 421, 405]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["sandbox"].split() == ["allow-same-origin", "allow-forms"]
        assert "script-src" not in policy


def test_a_part_is_shown_only_of_a_letter_that_was_opened_and_noted(door: Door) -> None:
    cookie = door.cookie()
    listed = re.search(r"/thread/([0-9a-f]{12})", door.ask("GET", "/", headers=cookie).text)
    assert listed
    letter = f"/letter/{listed[1]}"
    for method, path, says in (
        ("GET", "/1", "Open this letter from its thread first."),
        ("POST", "/heard", "Read this letter to its end first"),
    ):
        early = door.ask(method, letter + path, headers={**cookie, **OWN})
        assert early.status_code == 403
        assert says in early.text
        assert "teacher" not in early.text
    opened = door.ask("POST", letter + "/open", headers={**cookie, **OWN})
    assert (opened.status_code, opened.headers["location"]) == (303, letter + "/1")
    assert "I told a teacher." in door.ask("GET", letter + "/1", headers=cookie).text
    assert door.ask("GET", letter + "/99", headers=cookie).status_code == 403


def test_a_fault_says_where_and_never_what(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cookie = door.cookie()

    def fail(_letters: Letters) -> None:
        raise ValueError("I told a teacher.")

    monkeypatch.setattr(Letters, "upcoming", fail)
    answer = door.ask("GET", "/", headers=cookie)
    assert answer.status_code == 500
    said = capsys.readouterr()
    assert "ValueError in test_entrance.py" in said.err
    assert "teacher" not in answer.text + said.err + said.out
