"""After a restore from an older backup: nobody is answered until the log was replayed, and then nothing taken back is there again."""

import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crypto.constants import LETTER_KINDS, THREAD_STATES
from crypto.errors import NoThreadError
from intake.closings import ClosingsLog
from tests.crypto import samples
from tests.intake.installed import Installed, store_of
from tests.intake.test_threads import BYTES, Visitor
from tests.intake.test_transfer import export, letters_in
from tests.threads.survivor import digest_of, filler

NO_GRID = {"HEARD_ANSWER_GRID_MILLISECONDS": "0"}


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """With its log on another disk."""
    here = Installed(tmp_path / "data", {**NO_GRID, "HEARD_CLOSINGS": str(tmp_path / "closings")})
    here.run("init")
    here.install(samples.card())
    yield here
    here.stop()


def restored(installed: Installed, backup: Path) -> Installed:
    """The same machine with a new disk for its data; the log's disk is still there."""
    installed.stop()
    shutil.rmtree(installed.data)
    installed.run("restore", str(backup))
    return installed


def pieces(*sealed: bytes) -> list[bytes]:
    return [content[30_000:30_064] for content in sealed]


def found_in(files: list[Path], wanted: list[bytes]) -> list[str]:
    return [path.name for path in files for piece in wanted if piece in path.read_bytes()]


def data_files(installed: Installed) -> list[Path]:
    return [path for path in installed.data.iterdir() if path.is_file()]


def replace_words(visitor: Visitor) -> Visitor:
    """Take other words, as the page does: the inheritance, then the replacement."""
    new = Visitor(visitor.client)
    new.person = visitor.person.successor()
    assert new.put(new.person.inheritance(visitor.person)) == "stored"
    new.person.sequence = 1
    target = new.person.keys.locator + bytes(16)
    assert visitor.put(visitor.person.replacement(new.person), target=target) == "stored"
    return new


def test_from_an_older_backup_to_a_service_that_answers(installed: Installed, tmp_path: Path) -> None:
    backup = tmp_path / "heard.backup"
    with installed.start() as client:
        gone, moved, kept = Visitor(client), Visitor(client), Visitor(client)
        sealed = [gone.write(), moved.write(), kept.write()]
        installed.run("backup", "--to", str(backup))
        later = Visitor(client)
        later.write()
        new = replace_words(moved)
        withdrawal = gone.person.seal(gone.person.withdrawal())
        assert gone.put(gone.person.withdrawal(), withdrawal) == "stored"
        assert later.put(later.person.withdrawal()) == "stored"
    assert found_in([backup], pieces(*sealed)) == ["heard.backup"] * 3

    restored(installed, backup)
    assert "intake replay" in installed.run("check", check=False).out
    with installed.start(well=False) as client:
        assert refused_everywhere(client)
        said = installed.run("replay", "--json").json
        assert said == {"closings": 3, "answers": True}
        installed._wait_until_well(client)
        for visitor in (gone, moved, kept, later, new):
            visitor.client = client
        assert gone.index().state == THREAD_STATES["withdrawn"]
        assert later.index().state == THREAD_STATES["withdrawn"]
        with pytest.raises(NoThreadError):
            moved.index()
        index = new.index()
        assert {entry.kind for entry in index.entries} == {
            LETTER_KINDS[kind] for kind in ("account", "replacement", "inheritance")
        }
        assert new.fetch(digest_of(sealed[1])) == sealed[1]
        assert new.put(new.person.addition("Still here under other words.")) == "stored"
        assert [entry.digest for entry in kept.index().entries] == [digest_of(sealed[2])]
        # A retry of what was acknowledged before is acknowledged, and stored once.
        assert gone.put(gone.person.withdrawal(), withdrawal) == "stored"

    installed.run("backup", "--to", str(tmp_path / "new.backup"))
    everywhere = [*data_files(installed), tmp_path / "new.backup"]
    assert found_in(everywhere, pieces(sealed[0])) == []
    assert found_in(everywhere, pieces(sealed[2])) != []
    (bundle,) = export(installed)
    kinds = sorted(record.kind for record in letters_in(bundle))
    assert kinds == sorted(
        LETTER_KINDS[kind] for kind in ("account", "account", "withdrawal", "withdrawal", "replacement", "addition")
    )
    assert digest_of(withdrawal) in {record.digest for record in letters_in(bundle)}
    assert installed.run("replay", "--json").json["closings"] == 0
    assert installed.run("check").status == 0


def refused_everywhere(client: httpx.Client) -> bool:
    """Ask every address on which people write or come back."""
    visitor = Visitor(client)
    frame, sealed = visitor.person.account(samples.TEXT)
    asked = visitor.person.ask("open").encode() + filler()
    answers = [
        client.get("/share"),
        client.get("/return"),
        client.post("/letters", content=frame.encode() + sealed, headers=BYTES),
        client.post("/thread", content=asked, headers=BYTES),
    ]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert "being restored" in answers[0].text
    assert "keep what you wrote" in answers[1].text
    assert answers[3].json()["error"] == "replay"
    assert client.get("/").status_code == 200
    health = client.get("/healthz")
    return (health.status_code, health.text) == (503, "replay\n")


def test_what_is_typed_without_scripts_meanwhile_is_kept(installed: Installed, tmp_path: Path) -> None:
    installed.run("backup", "--to", str(tmp_path / "heard.backup"))
    restored(installed, tmp_path / "heard.backup")
    typed = "It took me a long while to say this."
    with installed.start(well=False) as client:
        answer = client.post("/share", data={"account": typed, "seed": "ab" * 32})
        assert answer.status_code == 503
        assert typed in answer.text
        assert "being restored" in answer.text
        words = {"words_typed": " ".join(["1000"] * 7), "action": "add", "further": typed}
        assert typed in client.post("/return", data=words).text


def test_a_lost_a_cut_and_a_foreign_log_are_named(installed: Installed, tmp_path: Path) -> None:
    log = tmp_path / "closings"
    with installed.start() as client:
        first = Visitor(client)
        first.write()
        first.put(first.person.withdrawal())
    length = log.stat().st_size
    installed.run("backup", "--to", str(tmp_path / "heard.backup"))
    restored(installed, tmp_path / "heard.backup")
    kept = log.read_bytes()

    def said() -> str:
        answer = installed.run("replay", check=False)
        assert answer.status == 1
        assert store_of(installed).is_waiting
        return answer.err

    log.unlink()
    assert "missing" in said()
    log.write_bytes(kept[: length - 1])
    assert "cut short" in said()
    other = Installed(tmp_path / "other" / "data")
    other.run("init")
    shutil.copy(other.data / "closings.log", log)
    assert "another installation" in said()
    assert "another installation" in installed.run("replay", "--log", str(log), check=False).err
    assert "needs the log that it had" in installed.run("replay", "--new-log", check=False).err
    log.write_bytes(kept[:300] + bytes([kept[300] ^ 1]) + kept[301:])
    assert "cut short or damaged" in said()
    log.unlink()
    (tmp_path / "copy").write_bytes(kept)
    assert installed.run("replay", "--log", str(tmp_path / "copy"), "--json").json["answers"]
    assert log.read_bytes() == kept


def test_a_new_service_that_is_restored_into_takes_the_old_log(installed: Installed, tmp_path: Path) -> None:
    """As an operator does it: the new machine made a key and an empty log of its own before."""
    with installed.start() as client:
        visitor = Visitor(client)
        visitor.write()
        installed.run("backup", "--to", str(tmp_path / "heard.backup"))
        visitor.put(visitor.person.withdrawal())
    new = Installed(tmp_path / "new", {**NO_GRID, "HEARD_CLOSINGS": str(tmp_path / "new-closings")})
    new.run("init")
    shutil.rmtree(new.data)
    new.run("restore", str(tmp_path / "heard.backup"))
    assert "another installation" in new.run("replay", check=False).err
    assert new.run("replay", "--log", str(tmp_path / "closings"), "--json").json["closings"] == 1
    assert (tmp_path / "new-closings").read_bytes() == (tmp_path / "closings").read_bytes()


def test_init_never_replaces_a_log(installed: Installed, tmp_path: Path) -> None:
    """One that was never used is taken over by a new database; one with entries belongs to another."""
    empty = (tmp_path / "closings").read_bytes()
    Installed(tmp_path / "first", installed.settings).run("init")
    assert (tmp_path / "closings").read_bytes() == empty
    with installed.start() as client:
        visitor = Visitor(client)
        visitor.write()
        visitor.put(visitor.person.withdrawal())
    kept = (tmp_path / "closings").read_bytes()
    other = Installed(tmp_path / "again", installed.settings)
    assert "move that log away" in other.run("init", check=False).err
    assert (tmp_path / "closings").read_bytes() == kept


def test_without_its_log_nothing_is_taken_back_and_health_says_so(installed: Installed, tmp_path: Path) -> None:
    with installed.start() as client:
        visitor = Visitor(client)
        visitor.write()
        (tmp_path / "closings").rename(tmp_path / "elsewhere")
        request, sealed = visitor.person.put(visitor.person.withdrawal())
        answer = client.post("/thread", content=request.encode() + sealed, headers=BYTES)
        assert (answer.status_code, answer.json()["error"]) == (503, "closings")
        deadline = time.monotonic() + 10
        while (health := client.get("/healthz")).status_code == 200:  # the last answer is kept for two seconds
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert health.text == "closings\n"
        assert visitor.index().state == THREAD_STATES["open"]
        visitor.write("Accounts are still taken in.")
        assert "log of closings is missing" in installed.run("check", check=False).out
        assert installed.run("replay", "--new-log").status == 0
        assert visitor.put(visitor.person.withdrawal(), sealed) == "stored"


DIES = """
import os, sys
from intake.store import threads
real = threads.set_next
def die(*arguments):
    os.kill(os.getpid(), 9)
threads.set_next = die
from intake.commands.dispatch import dispatch
sys.exit(dispatch(["serve", "--port", "0"]))
"""


def test_a_closing_between_its_log_and_its_commit_is_done_at_the_next_start(installed: Installed) -> None:
    """Killed after the log was written and before the database committed."""
    with installed.start() as client:
        visitor = Visitor(client)
        sealed = visitor.write()
    with installed.start((sys.executable, "-c", DIES)) as client:
        request, withdrawal = visitor.person.put(visitor.person.withdrawal())
        with pytest.raises(httpx.TransportError):
            client.post("/thread", content=request.encode() + withdrawal, headers=BYTES)
        assert installed.server is not None
        installed.server.wait(30)
    with installed.start() as client:
        visitor.client = client
        assert visitor.index().state == THREAD_STATES["withdrawn"]
        assert visitor.put(visitor.person.withdrawal(), withdrawal) == "stored"
    assert found_in(data_files(installed), pieces(sealed)) == []


def test_an_old_database_file_that_was_put_back_by_hand_catches_up(installed: Installed, tmp_path: Path) -> None:
    with installed.start() as client:
        visitor = Visitor(client)
        visitor.write()
    copied = sqlite3.connect(tmp_path / "copy.sqlite")
    source = sqlite3.connect(installed.data / "letters.sqlite")
    source.backup(copied)
    copied.close()
    source.close()
    with installed.start() as client:
        visitor.client = client
        assert visitor.put(visitor.person.withdrawal()) == "stored"
    for path in installed.data.glob("letters.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "copy.sqlite", installed.data / "letters.sqlite")
    with installed.start() as client:
        visitor.client = client
        assert visitor.index().state == THREAD_STATES["withdrawn"]


def test_two_processes_share_a_log(installed: Installed, tmp_path: Path) -> None:
    with installed.start() as client:
        visitors = [Visitor(client) for _ in range(12)]
        for visitor in visitors:
            visitor.write()
        with Installed(installed.data, installed.settings).start() as second:

            def take_back(some: list[Visitor], to: httpx.Client) -> None:
                for visitor in some:
                    visitor.client = to
                    assert visitor.put(visitor.person.withdrawal()) == "stored"

            both = [
                threading.Thread(target=take_back, args=(visitors[half::2], (client, second)[half])) for half in (0, 1)
            ]
            for one in both:
                one.start()
            for one in both:
                one.join()
    store = store_of(installed)
    point = store.point()
    assert point is not None
    assert point.count == 12
    with ClosingsLog(tmp_path / "closings").opened() as log:
        assert log.verify(point) == point
    store.close()


def test_an_upgraded_database_gets_a_log(installed: Installed, tmp_path: Path) -> None:
    connection = sqlite3.connect(installed.data / "letters.sqlite")
    connection.execute("DELETE FROM conditions")
    connection.commit()
    connection.close()
    (tmp_path / "closings").unlink()
    assert installed.run("check", check=False).status == 1
    installed.run("migrate")
    assert installed.run("check").status == 0
