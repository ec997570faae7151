"""Coming back, at the level of requests: what each state answers, and what is left in the files afterwards."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.constants import THREAD_STATES, VISIT_ANSWER_BYTES, VISIT_REQUEST_BYTES, VISIT_SLOT_BYTES, VISIT_STATUSES
from crypto.errors import NoThreadError
from crypto.letter import Letter
from crypto.visit import Index, VisitAnswer, VisitRequest, open_answer, parse_index
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.threads.survivor import Survivor, digest_of, filler

BYTES = {"content-type": "application/octet-stream"}
STATUS = {code: name for name, code in VISIT_STATUSES.items()}


class Visitor:
    """Somebody with words, over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.person = Survivor(samples.card())

    def write(self, text: str = samples.TEXT) -> bytes:
        frame, sealed = self.person.account(text)
        answer = self.client.post("/letters", content=frame.encode() + sealed, headers=BYTES)
        assert answer.status_code == 201
        self.person.sequence = 1
        return sealed

    def ask(self, request: VisitRequest, slot: bytes) -> VisitAnswer:
        answer = self.client.post("/thread", content=request.encode() + slot, headers=BYTES)
        assert (answer.status_code, len(answer.content)) == (200, VISIT_ANSWER_BYTES)
        return open_answer(answer.content, request)

    def put(self, letter: Letter, sealed: bytes | None = None, target: bytes = bytes(32)) -> str:
        answer = self.ask(*self.person.put(letter, sealed, target))
        if STATUS[answer.status] == "stored" and letter.kind not in {"draft", "inheritance"}:
            self.person.sequence = letter.sequence + 1
        return STATUS[answer.status]

    def index(self) -> Index:
        return parse_index(self.ask(self.person.ask("open"), filler()).slot)

    def fetch(self, digest: bytes) -> bytes | None:
        answer = self.ask(self.person.ask("fetch", target=digest), filler())
        return answer.slot if STATUS[answer.status] == "letter" else None


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    here = Installed(tmp_path / "data", {"HEARD_ANSWER_GRID_MILLISECONDS": "0"})
    here.run("init")
    here.install(samples.card())
    return here


@pytest.fixture
def client(installed: Installed) -> Iterator[httpx.Client]:
    with installed.start() as started:
        yield started


def test_what_was_sent_is_listed_and_opens(client: httpx.Client) -> None:
    visitor = Visitor(client)
    sealed = visitor.write()
    addition = visitor.person.addition("One more thing: it was a Tuesday.")
    assert visitor.put(addition) == "stored"
    index = visitor.index()
    assert (index.state, index.sequence, len(index.entries)) == (THREAD_STATES["open"], 2, 2)
    assert visitor.fetch(digest_of(sealed)) == sealed
    letters = [visitor.person.open_letter(visitor.fetch(entry.digest) or b"") for entry in index.entries]
    assert [letter.kind for letter in letters] == ["account", "addition"]
    assert letters[1] == addition


def test_unknown_words_wrong_access_and_replaced_words_are_random_bytes(client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.write()
    stranger = Visitor(client)
    with pytest.raises(NoThreadError):
        stranger.index()
    request = VisitRequest(1, 0, 0, 0, visitor.person.keys.locator, stranger.person.keys.access)
    with pytest.raises(NoThreadError):
        visitor.ask(request, filler())
    replace_words(visitor)
    with pytest.raises(NoThreadError):
        visitor.index()


def replace_words(visitor: Visitor) -> Visitor:
    after = Visitor(visitor.client)
    after.person = visitor.person.successor()
    assert after.put(after.person.inheritance(visitor.person)) == "stored"
    target = after.person.keys.locator + bytes(16)
    assert visitor.put(visitor.person.replacement(after.person), target=target) == "stored"
    after.person.sequence = 1
    return after


def test_new_words_lead_to_everything_that_the_old_ones_held(client: httpx.Client) -> None:
    visitor = Visitor(client)
    sealed = visitor.write()
    after = replace_words(replace_words(visitor))
    kinds = sorted(entry.kind for entry in after.index().entries)
    assert kinds == [1, 6, 6, 7, 7]
    assert after.fetch(digest_of(sealed)) == sealed
    assert after.put(after.person.addition("Under other words.")) == "stored"


def test_after_a_withdrawal_the_words_before_open_nothing_and_the_station_still_learns_of_them(
    installed: Installed, client: httpx.Client
) -> None:
    visitor = Visitor(client)
    visitor.write()
    after = replace_words(visitor)
    assert after.put(after.person.withdrawal()) == "stored"
    assert after.index().state == THREAD_STATES["withdrawn"]
    with pytest.raises(NoThreadError):
        visitor.index()
    said = installed.run("export", "--to", str(installed.data), "--json").json
    assert [bundle["count"] for bundle in said["bundles"]] == [2]


def test_a_replacement_needs_its_new_thread(client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.write()
    letter = visitor.person.replacement(visitor.person.successor())
    assert visitor.put(letter, target=bytes(range(32))) == "gone"
    assert visitor.index().sequence == 1


def test_two_devices_at_once_do_not_write_over_each_other(client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.write()
    first, second = visitor.person.addition("From the telephone."), visitor.person.addition("From the library.")
    assert visitor.put(first) == "stored"
    request, sealed = visitor.person.put(second)
    answer = visitor.ask(request, sealed)
    assert (STATUS[answer.status], answer.sequence) == ("order", 2)


def test_a_put_is_repeated_safely_in_every_state(client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.write()
    letter = visitor.person.choices("no")
    request, sealed = visitor.person.put(letter)
    for _ in range(2):
        assert STATUS[visitor.ask(request, sealed).status] == "stored"
    visitor.person.sequence = 2
    assert len(visitor.index().entries) == 2
    withdrawal = visitor.person.withdrawal()
    gone, body = visitor.person.put(withdrawal)
    for _ in range(2):
        assert STATUS[visitor.ask(gone, body).status] == "stored"
    assert STATUS[visitor.ask(request, sealed).status] == "stored"
    assert visitor.put(visitor.person.addition("Too late.")) == "closed"


def test_a_draft_makes_a_thread_has_one_slot_and_is_discarded(client: httpx.Client) -> None:
    visitor = Visitor(client)
    assert visitor.put(visitor.person.draft("First words")) == "stored"
    assert visitor.put(visitor.person.draft("Better words")) == "stored"
    index = visitor.index()
    assert (index.sequence, index.draft_days, [entry.kind for entry in index.entries]) == (0, 30, [2])
    sealed = visitor.fetch(index.entries[0].digest) or b""
    assert visitor.person.open_letter(sealed).answers[0].text == "Better words"
    visitor.write()
    assert visitor.index().sequence == 1
    assert STATUS[visitor.ask(visitor.person.ask("discard"), filler()).status] == "stored"
    assert [entry.kind for entry in visitor.index().entries] == [1]


def test_a_draft_and_an_inheritance_never_leave_for_the_station(installed: Installed, client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.put(visitor.person.draft("Not yet"))
    assert installed.run("export", "--to", str(installed.data), "--json").json["bundles"] == []
    visitor.write()
    replace_words(visitor)
    said = installed.run("export", "--to", str(installed.data), "--json").json
    assert [bundle["count"] for bundle in said["bundles"]] == [2]


def test_after_a_withdrawal_no_byte_of_it_is_left(installed: Installed, client: httpx.Client) -> None:
    visitor, other = Visitor(client), Visitor(client)
    sealed, kept = visitor.write(), other.write()
    addition = visitor.person.addition("One more thing.")
    request, added = visitor.person.put(addition)
    visitor.ask(request, added)
    visitor.person.sequence = 2
    assert visitor.put(visitor.person.withdrawal()) == "stored"
    index = visitor.index()
    assert (index.state, index.entries) == (THREAD_STATES["withdrawn"], ())
    assert visitor.fetch(digest_of(sealed)) is None
    connection = sqlite3.connect(installed.data / "letters.sqlite")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    backup = installed.data.parent / "backup"
    installed.run("backup", "--to", str(backup))
    files = [*installed.data.glob("letters.sqlite*"), backup]
    for slice_ in (sealed[30_000:30_064], added[30_000:30_064]):
        assert [path.name for path in files if slice_ in path.read_bytes()] == []
    assert {path.name for path in files if kept[30_000:30_064] in path.read_bytes()} >= {"letters.sqlite", "backup"}


def test_an_account_for_closed_words_is_refused_and_one_that_is_known_acknowledged(client: httpx.Client) -> None:
    visitor = Visitor(client)
    frame, sealed = visitor.person.account(samples.TEXT)
    body = frame.encode() + sealed
    assert client.post("/letters", content=body, headers=BYTES).status_code == 201
    visitor.person.sequence = 1
    visitor.put(visitor.person.withdrawal())
    assert client.post("/letters", content=body, headers=BYTES).status_code == 201
    _, another = visitor.person.account("Once more.")
    assert client.post("/letters", content=frame.encode() + another, headers=BYTES).status_code == 410
    assert visitor.index().entries == ()


def test_a_bundle_written_again_after_a_withdrawal_has_the_same_chain(
    installed: Installed, client: httpx.Client
) -> None:
    visitor, other = Visitor(client), Visitor(client)
    sealed, _ = visitor.write(), other.write()
    folder = installed.data.parent
    first = installed.run("export", "--to", str(folder), "--json").json["bundles"][0]
    bundle = Path(first["bundle"])
    whole = bundle.read_bytes()
    assert sealed in whole
    visitor.put(visitor.person.withdrawal())
    again = installed.run("export", "--to", str(folder), "--again", "1", "--json").json["bundles"][0]
    assert again | {"bundle": ""} == first | {"bundle": ""}
    content = bundle.read_bytes()
    assert sealed[30_000:30_064] not in content
    assert hashlib.sha256(sealed).digest() in content
    assert content[-32:] == whole[-32:]


def test_requests_of_another_form_are_refused(client: httpx.Client) -> None:
    request = Survivor(samples.card()).ask("open").encode()
    for body in (b"", request, request + bytes(10), b"\2" + request[1:] + filler(), request + filler() + b"x"):
        assert client.post("/thread", content=body, headers=BYTES).status_code == 400
    assert client.post("/thread", content=request + filler()).status_code == 415


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.binary(min_size=VISIT_REQUEST_BYTES, max_size=VISIT_REQUEST_BYTES), extra=st.sampled_from([0, 0, 0, 1]))
def test_no_request_is_a_failure_of_the_service(client: httpx.Client, head: bytes, extra: int) -> None:
    sensible = bytes([1, head[1] % 5, head[2] % 9, head[3]]) + head[4:]
    answer = client.post("/thread", content=sensible + bytes(VISIT_SLOT_BYTES + extra), headers=BYTES)
    assert answer.status_code in {200, 400}
    assert answer.status_code == 400 or len(answer.content) == VISIT_ANSWER_BYTES


def test_answers_leave_on_the_grid(tmp_path: Path) -> None:
    here = Installed(tmp_path / "data", {"HEARD_ANSWER_GRID_MILLISECONDS": "400"})
    here.run("init")
    here.install(samples.card())
    with here.start() as client:
        request = Survivor(samples.card()).ask("open").encode() + filler()
        for _ in range(3):
            answer = client.post("/thread", content=request, headers=BYTES)
            assert answer.elapsed.total_seconds() >= 0.4


def test_a_draft_expires_while_the_service_runs(installed: Installed) -> None:
    with installed.start() as client:
        visitor = Visitor(client)
        visitor.put(visitor.person.draft("Not yet"))
        visitor.write()
    connection = sqlite3.connect(installed.data / "letters.sqlite")
    connection.execute("UPDATE letters SET day = '2026-01-01'")
    connection.commit()
    connection.close()
    with installed.start() as client:
        visitor.client = client
        for _ in range(100):
            if [entry.kind for entry in visitor.index().entries] == [1]:
                return
            time.sleep(0.05)
    raise AssertionError("the draft is still there")
