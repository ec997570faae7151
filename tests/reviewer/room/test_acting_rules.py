"""What acting in the room refuses, asked of its addresses directly: no readers, stale words, hidden threads, forms that are none."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest

from reviewer.cases.casework import Casework, open_casework
from reviewer.cases.readers import Role
from reviewer.cases.rules import Signing
from reviewer.cases.seat import Seat
from reviewer.cases.unsealing import OpenedPanel
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS
from reviewer.desk import Desk, open_desk
from reviewer.room.letters import Letters
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel
from tests.reviewer.room.test_entrance import OWN, Door
from tests.reviewer.test_calls import take, unlocked
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor

PASSPHRASE = "an invented passphrase of words"
WORDS = "Marigold lanterns."
REFERRAL = {
    "recipient": "A council",
    "authority": "An Act",
    "text": WORDS,
    "follows": "A call.",
    "due": str(date.today()),
}


class Table:
    """A room whose reader can be changed, and what it answers."""

    def __init__(self, desk: Desk, work: Casework, panel: Panel) -> None:
        self.desk, self.work, self.panel = desk, work, panel
        self.id = work.store.page(None)[0].digest[:12]

    def sit(self, name: str | None) -> None:
        reader = next((one for one in self.work.store.readers() if one.name == name), None)
        work = replace(self.work, seat=Seat((), alone=False, reader=reader))
        self._door = Door(Letters(self.desk, work, unlocked(self.panel)))
        self._cookie = self._door.cookie()

    def get(self, path: str) -> httpx.Response:
        return self._door.ask("GET", path.format(self.id), headers=self._cookie)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self._door.ask("POST", path.format(self.id), headers={**self._cookie, **OWN}, data=fields)

    def raw(self, path: str, body: bytes) -> httpx.Response:
        return self._door.ask("POST", path.format(self.id), headers={**self._cookie, **OWN}, content=body)


@pytest.fixture
def table(station: Station, panel: Panel, intake: Intake) -> Iterator[Table]:
    take(station, panel, intake, [account(Survivor(panel.card))])
    with open_desk(station, json_follows=True) as desk, open_casework(desk, OpenedPanel(unlocked(panel))) as work:
        yield Table(desk, work, panel)


def hire(table: Table) -> None:
    for name, *roles in (
        ("bo", Role.READER, Role.SECOND),
        ("cy", Role.SAFEGUARDING, Role.READER),
        ("ann", Role.CUSTODIAN),
    ):
        if not table.work.store.has_readers():
            table.work.store.add_reader("x", "first", [Role.CUSTODIAN], PASSPHRASE, CHEAPEST_FOR_TESTS)
        table.work.store.add_reader("x", name, roles, PASSPHRASE, CHEAPEST_FOR_TESTS)


def test_without_readers_what_takes_two_is_done_by_command(table: Table) -> None:
    table.sit(None)
    for path in ("/thread/{}/decide", "/thread/{}/refer"):
        assert table.get(path).status_code == 200
    assert "they do this by command" in table.get("/thread/{}/decide").text
    released = table.post("/thread/{}/decide/release")
    assert (released.status_code, "bring the share of another custodian" in released.text) == (422, True)
    noted = table.post("/thread/{}/refer/note", **REFERRAL, basis=table.id)
    assert (noted.status_code, WORDS in noted.text) == (422, True)
    assert "bring the share of another custodian" in noted.text
    table.work.store.choose_signing("custodians 1, 2", Signing.TWO)
    checked = table.post("/thread/{}/reply/check", text=WORDS, language="en")
    assert "they do this by command" in checked.text
    for act in ("sign", "keep"):
        assert table.post("/thread/{}/reply/sign", text=WORDS, language="en", act=act).status_code == 422
    table.work.store.choose_signing("custodians 1, 2", Signing.ONE)
    assert "Signed and sealed" in table.post("/thread/{}/reply/sign", text=WORDS, language="en", act="sign").text


def test_words_that_were_changed_meanwhile_are_not_signed(table: Table) -> None:
    hire(table)
    table.work.store.choose_signing("ann", Signing.TWO)
    table.sit("cy")
    assert "Kept" in table.post("/thread/{}/reply/sign", text=WORDS, language="en", act="keep").text
    table.sit("bo")
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', table.get("/reply/1").text)
    assert seen
    table.sit("cy")
    changed = table.post("/reply/1/change", seen=seen[1], text="Other words.", language="en")
    assert "somebody else reads and signs" in changed.text
    table.sit("bo")
    for act in ("sign", "discard", "change"):
        stale = table.post(f"/reply/1/{act}", seen=seen[1], text="Mine.", language="en")
        assert (stale.status_code, "changed these words since you read them" in stale.text) == (422, True)
        assert "Other words." in stale.text
    assert "Mine." in stale.text  # what was typed comes back beside it
    assert table.post("/reply/1/burn", seen=seen[1]).status_code == 404
    assert table.post("/reply/7/sign", seen=seen[1]).status_code == 403


def test_a_thread_that_is_hidden_is_in_no_list_and_in_no_count(table: Table) -> None:
    hire(table)
    table.work.store.choose_signing("ann", Signing.TWO)
    table.sit("cy")
    table.post("/thread/{}/reply/sign", text=WORDS, language="en", act="keep")
    noted = table.post(
        "/thread/{}/refer/note", **REFERRAL, basis=table.id, second="bo", **{"second-passphrase": PASSPHRASE}
    )
    assert "Referral 1 is noted" in noted.text
    assert "Due within a week: what must follow of 1 referral." in table.get("/").text
    assert "(1)" in table.get("/").text
    table.work.store.recuse("cy", table.work.store.page(None)[0].person, may_know=True)
    start = table.get("/").text
    assert "(0)" in start
    assert "Due within" not in start
    assert "No reply waits" in table.get("/replies").text
    assert "Nothing was referred yet" in table.get("/referrals").text
    for path in ("/thread/{}/reply", "/thread/{}/decide", "/thread/{}/refer", "/reply/1", "/referral/1"):
        answer = table.get(path)
        assert answer.status_code == 403
        assert WORDS not in answer.text
    assert "No letter has that ID" in table.get("/thread/{}/decide").text
    # Nor does anybody act together with somebody from whom it is hidden.
    table.sit("bo")
    table.work.store.choose_signing("ann", Signing.TWO)
    together = table.post(
        "/thread/{}/reply/sign", text=WORDS, language="en", act="sign", second="cy", **{"second-passphrase": PASSPHRASE}
    )
    assert (together.status_code, "do not do this together" in together.text) == (422, True)


def test_who_has_no_right_is_told_and_nothing_is_noted(table: Table) -> None:
    hire(table)
    table.sit("bo")
    for path in ("/thread/{}/refer", "/referrals", "/referral/1"):
        assert "may refer" in table.get(path).text
    table.sit("ann")
    for path in ("/thread/{}/reply", "/thread/{}/decide", "/replies"):
        assert table.get(path).status_code == 403
    before = table.work.store.head()
    assert table.post("/thread/{}/decide/risk").status_code in {403, 422}
    assert table.post("/thread/{}/decide/anything").status_code in {403, 404}
    assert table.work.store.head() == before


@pytest.mark.parametrize("body", [b"text=" + b"x" * 1_048_577, b"\xff", b"text=%ff"])
def test_a_body_that_is_no_form_of_the_room_is_refused(table: Table, body: bytes) -> None:
    table.sit(None)
    assert table.raw("/thread/{}/reply/check", body).status_code == 403
