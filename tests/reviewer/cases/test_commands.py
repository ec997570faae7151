"""The commands over the case store, as people type them: readers, pace, two people, recusal, stages, epochs."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from crypto.constants import LETTER_KINDS
from crypto.records import LetterRecord
from reviewer.station import Station
from tests.leaks import leaks
from tests.reviewer.panel import PLAN, Intake, Panel, reviewer, text_answer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_threads import signed
from tests.threads.survivor import Survivor

SECRET = "a passphrase for {} of words"
TEXT = "The marigold lanterns were never lit."
RECUSED = "No letter has that ID; see `reviewer list`."


@dataclass
class Staff:
    """A station with readers, and their passphrases in files beside it."""

    station: Station
    panel: Panel
    folder: Path

    def file(self, name: str) -> Path:
        path = self.folder / f"{name}.passphrase"
        if not path.exists():
            path.touch(0o600)
            path.write_text(SECRET.format(name) + "\n")
        return path

    def hire(self, name: str, *roles: str, by: str = "ann") -> None:
        first = () if name == "ann" else self.who(by)
        new = f"--new-passphrase-file={self.file(name)}"
        self.run("reader", "add", name, *(f"--role={role}" for role in roles), new, who=first)

    def who(self, reader: str, second: str | None = None) -> tuple[str, ...]:
        who = (f"--reader={reader}", f"--reader-passphrase-file={self.file(reader)}")
        return who if second is None else (*who, f"--second={second}", f"--second-passphrase-file={self.file(second)}")

    def run(self, *arguments: str, who: tuple[str, ...] = (), code: int = 0) -> Any:
        return reviewer(*arguments, *who, *self.panel.shares(1, 2), station=self.station.root, code=code)


@pytest.fixture
def staff(station: Station, panel: Panel, tmp_path: Path) -> Staff:
    return Staff(station, panel, tmp_path)


def account(panel: Panel, text: str = TEXT, **changes: Any) -> LetterRecord:
    return panel.record(panel.write(answers=(text_answer(text),)), **changes)


def take(staff: Staff, intake: Intake, *records: LetterRecord, who: tuple[str, ...] = ()) -> list[str]:
    staff.run("import", str(intake.export(records)), who=who)
    return [record.digest.hex() for record in records]


def test_import_fills_the_store_and_nothing_plain_is_on_the_disk(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    assert json.loads(staff.run("search", "--words=marigold", "--json").stdout)["found"][0]["id"] == one
    assert TEXT in staff.run("search", "--words=lanterns", "--excerpts").stdout
    assert TEXT in staff.run("read", one).stdout
    assert leaks([staff.station.root], [TEXT, "marigold lanterns"]) == []
    for path in staff.station.cases.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    (staff.station.root / "planted").write_text(TEXT)
    assert leaks([staff.station.root], [TEXT]) == [(staff.station.root / "planted", TEXT)]


def test_what_is_read_comes_from_the_store_and_not_from_the_sealed_file(
    staff: Staff, panel: Panel, intake: Intake
) -> None:
    (one,) = take(staff, intake, account(panel))
    (path,) = staff.station.letters.rglob("*.age")
    path.unlink()
    assert TEXT in staff.run("read", one).stdout


def test_what_was_set_aside_stands_apart_with_its_reason(staff: Staff, panel: Panel, intake: Intake) -> None:
    good, bad = take(staff, intake, account(panel), account(panel, "Quillwort.", kind=2))
    assert json.loads(staff.run("search", "--words=quillwort", "--json").stdout)["found"] == []
    shown = staff.run("read", bad).stdout
    assert "⟦set aside⟧ of another kind than the outside says" in shown
    assert "⟦before you read⟧ 1 answer(s), 1 word(s) typed. Topics: account." in shown
    assert json.loads(staff.run("next", "--json").stdout)["letter"]["id"] == good


def test_what_is_taken_back_is_shredded_at_the_next_import(staff: Staff, panel: Panel, intake: Intake) -> None:
    person = Survivor(panel.card)
    _, sealed = person.account(TEXT)
    person.sequence = 1
    first = LetterRecord(1, 202_648, person.keys.locator, sealed)
    take(staff, intake, first)
    assert json.loads(staff.run("search", "--words=marigold", "--json").stdout)["found"]
    person.sequence += 1
    back = person.withdrawal()
    record = LetterRecord(4, 202_648, bytes.fromhex(back.locator), person.seal(back))
    staff.run("import", str(intake.export([replace(record, kind=LETTER_KINDS["withdrawal"])])))
    assert json.loads(staff.run("search", "--words=marigold", "--json").stdout)["found"] == []
    assert "taken back" in staff.run("read", first.digest.hex(), code=1).stderr
    log = json.loads(staff.run("log", "--json").stdout)["log"]
    assert ("the station", "shredded", first.digest.hex()) in {(one["who"], one["act"], one["subject"]) for one in log}
    assert "Taken back, waiting for two people" in staff.run("next").stdout


def test_once_there_are_readers_commands_ask_who_it_is(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    assert "no readers yet" in staff.run("read", one, who=staff.who("ann"), code=1).stderr
    staff.hire("ann", "custodian")
    assert "no terminal to ask" in staff.run("read", one, code=1).stderr
    assert "has no role here that may read" in staff.run("read", one, who=staff.who("ann"), code=1).stderr
    staff.hire("bo", "reader")
    assert TEXT in staff.run("read", one, who=staff.who("bo")).stdout
    wrong = ("--reader=bo", f"--reader-passphrase-file={staff.file('ann')}")
    assert "do not belong" in staff.run("read", one, who=wrong, code=1).stderr
    assert "one letter at a time" in staff.run("read", "--all", who=staff.who("bo"), code=1).stderr
    assert "manage readers" in staff.run("reader", "add", "cy", "--role=reader", who=staff.who("bo"), code=1).stderr
    listed = json.loads(staff.run("reader", "list", "--json", who=staff.who("bo")).stdout)["readers"]
    assert listed == [
        {"name": "ann", "roles": ["custodian"], "active": True},
        {"name": "bo", "roles": ["reader"], "active": True},
    ]
    staff.run("reader", "disable", "bo", who=staff.who("ann"))
    assert "do not belong" in staff.run("read", one, who=staff.who("bo"), code=1).stderr


def test_two_people_open_a_marked_thread_release_and_refer(staff: Staff, panel: Panel, intake: Intake) -> None:
    yes = replace(panel.write().consents[0], chosen=(replace(panel.write().consents[0].chosen[0], value="yes"),))
    agreed = panel.record(panel.write(consents=(yes,)))
    one, other = take(staff, intake, account(panel), agreed)
    for name, *roles in (("ann", "custodian"), ("bo", "reader"), ("cy", "second-reader"), ("di", "publisher")):
        staff.hire(name, *roles)
    staff.hire("ed", "safeguarding")
    staff.run("mark", one, "--as=two-people", who=staff.who("bo"))
    assert "two different people" in staff.run("read", one, who=staff.who("bo"), code=1).stderr
    assert "two different people" in staff.run("thread", one, who=staff.who("bo", "bo"), code=1).stderr
    assert TEXT in staff.run("read", one, who=staff.who("bo", "cy")).stdout
    assert (
        "two different people"
        in staff.run("mark", one, "--as=two-people", "--remove", who=staff.who("bo"), code=1).stderr
    )
    staff.run("mark", one, "--as=two-people", "--remove", who=staff.who("bo", "cy"))
    assert TEXT in staff.run("read", one, who=staff.who("bo")).stdout
    assert "may release" in staff.run("release", one, who=staff.who("bo", "cy"), code=1).stderr
    assert (
        "No choice in this thread counts as Yes" in staff.run("release", one, who=staff.who("di", "cy"), code=1).stderr
    )
    staff.run("release", other, who=staff.who("di", "cy"))
    passed_on = ("--recipient=A council", "--authority=An Act", "--text=Invented.", "--yes")
    assert "two different" in staff.run("refer", one, *passed_on, who=staff.who("ed"), code=1).stderr
    staff.run("refer", one, *passed_on, who=staff.who("ed", "cy"))
    log = json.loads(staff.run("log", "--json", who=staff.who("ann")).stdout)["log"]
    done = {(entry["who"], entry["act"]) for entry in log}
    assert {("di with cy", "released"), ("ed with cy", "referred"), ("bo with cy", "opened")} <= done


def test_destroying_takes_two_readers_besides_the_shares(staff: Staff) -> None:
    staff.hire("ann", "custodian")
    staff.hire("bo", "reader")
    assert "two different people" in staff.run("destroy", who=staff.who("ann"), code=1).stderr
    assert "may destroy" in staff.run("destroy", who=staff.who("bo", "ann"), code=1).stderr
    assert "0 letter(s) destroyed" in staff.run("destroy", who=staff.who("ann", "bo")).stdout


def test_a_recusal_is_like_a_letter_that_is_not_there(staff: Staff, panel: Panel, intake: Intake) -> None:
    one, other = take(staff, intake, account(panel, "A choir.", week=202_601), account(panel, "A further choir."))
    for name, role in (("ann", "custodian"), ("bo", "reader"), ("cy", "second-reader")):
        staff.hire(name, role)
    before = staff.run("log", who=staff.who("ann")).stdout
    staff.run("recuse", one, who=staff.who("bo"))
    for command in ("read", "thread", "recuse", "heard"):
        said = staff.run(command, one, who=staff.who("bo"), code=1).stderr
        assert RECUSED in said or "no return words" in said.lower()
    assert (
        staff.run("read", "0" * 64, who=staff.who("bo"), code=1).stderr
        == staff.run("read", one, who=staff.who("bo"), code=1).stderr
    )
    assert json.loads(staff.run("next", "--json", who=staff.who("bo")).stdout)["letter"]["id"] == other
    assert staff.run("log", who=staff.who("ann")).stdout == before
    assert "do not open this letter together" in staff.run("read", one, who=staff.who("cy", "bo"), code=1).stderr
    assert "A choir." in staff.run("read", one, who=staff.who("cy")).stdout


def test_a_day_holds_four_accounts_and_a_break_is_suggested(staff: Staff, panel: Panel, intake: Intake) -> None:
    digests = take(staff, intake, *(account(panel, f"Invented {number}.") for number in range(5)))
    staff.hire("ann", "custodian")
    staff.hire("bo", "reader")
    said = [staff.run("read", one, who=staff.who("bo")).stderr for one in digests[:4]]
    assert ["Take a break" in one for one in said] == [False, True, False, True]
    refused = staff.run("read", digests[4], who=staff.who("bo"), code=1)
    assert "account 5 today" in refused.stderr
    assert "Invented" not in refused.stdout
    assert "account 5 today" in staff.run("thread", digests[4], who=staff.who("bo"), code=1).stderr
    assert "own limit" not in staff.run("reader", "allow", "bo", who=staff.who("ann")).stderr
    assert "Invented 4." in staff.run("read", digests[4], who=staff.who("bo")).stdout


def test_a_terminal_is_asked_before_each_part(staff: Staff, panel: Panel, intake: Intake) -> None:
    answers = (text_answer("The first thing."), replace(text_answer("The second thing."), id="more", topic="telling"))
    record = panel.record(panel.write(answers=answers))
    (one,) = take(staff, intake, record)
    with Terminal("read", one, *panel.shares(1, 2), station=staff.station.root) as terminal:
        terminal.wait_for("2 answer(s), 6 word(s) typed. Topics: account, telling.")
        terminal.wait_for("Part 1 of 3 (account, 3 word(s)). Enter shows it, s stops: ")
        assert "first thing" not in terminal.shown
        terminal.type("")
        terminal.wait_for("Part 2 of 3 (telling")
        assert "first thing" in terminal.shown
        terminal.type("s")
        terminal.wait_for("no reason is asked for")
        assert terminal.finish() == 0
    assert "second thing" not in terminal.shown
    assert json.loads(staff.run("next", "--json").stdout)["letter"]["id"] == one  # still unread
    with Terminal("read", one, "--all-parts", *panel.shares(1, 2), station=staff.station.root) as terminal:
        assert terminal.finish() == 0
    assert "second thing" in terminal.shown
    assert json.loads(staff.run("next", "--json").stdout)["letter"] is None


def test_a_thread_says_how_each_letter_came_and_asks_before_it(staff: Staff, panel: Panel, intake: Intake) -> None:
    person = Survivor(panel.card)
    _, sealed = person.account("A choir.")
    person.sequence = 1
    first = LetterRecord(1, 202_648, person.keys.locator, sealed)
    taken = signed(person, person.addition("A lamp."))
    person.sequence = 1
    take(staff, intake, first, taken, signed(person, person.addition("A tree.")))
    shown = staff.run("thread", first.digest.hex()).stdout
    assert "⟦written⟧ in en, by web, questions" in shown
    assert shown.index("A choir.") < shown.index("⟦apart⟧ 2 letter(s) that were set aside")
    with Terminal("thread", first.digest.hex(), *panel.shares(1, 2), station=staff.station.root) as terminal:
        terminal.wait_for("⟦before you read⟧ 1 answer(s), 2 word(s) typed.")
        terminal.wait_for("Enter shows this letter, s leaves it out: ")
        assert "A choir." not in terminal.shown
        terminal.type("s")
        assert terminal.finish() == 0
    assert "A choir." not in terminal.shown
    assert "⟦end of thread" in terminal.shown


def test_letters_of_an_epoch_whose_shares_are_not_here_wait_for_them(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    digests = take(staff, intake, account(panel), account(panel, "A choir."))
    following = Panel.held(tmp_path / "next", replace(PLAN, epoch=2), panel.root)
    staff.station.install_card(following.card)
    shutil.rmtree(staff.station.cases)  # as on a station of before there was one
    only_new = Staff(staff.station, following, tmp_path)
    assert "2 letter(s) are not in the case store" in only_new.run("next").stderr
    assert "It opens with shares of epoch 1" in only_new.run("read", digests[0], code=1).stderr
    files = [*panel.shares(1, 2), *following.shares(1, 2)]
    both = [word for word in files if word.startswith("--share")] + [word for word in files if "passphrase" in word]
    assert "not in the case store" not in reviewer("next", *both, station=staff.station.root).stderr
    assert TEXT in only_new.run("read", digests[0]).stdout


def test_a_thread_is_one_persons_through_other_words(staff: Staff, panel: Panel, intake: Intake) -> None:
    person = Survivor(panel.card)
    _, sealed = person.account("A choir.")
    person.sequence = 1
    first = LetterRecord(1, 202_648, person.keys.locator, sealed)
    take(staff, intake, first)
    for name, role in (("ann", "custodian"), ("bo", "reader")):
        staff.hire(name, role)
    staff.run("recuse", first.digest.hex(), who=staff.who("bo"))
    after = person.successor()
    replaced = signed(person, person.replacement(after))
    after.sequence = 1
    later = signed(after, after.addition("A further choir."))
    take(staff, intake, replaced, later, who=staff.who("ann"))
    assert RECUSED in staff.run("read", later.digest.hex(), who=staff.who("bo"), code=1).stderr


def test_a_new_epoch_opens_the_store_and_renewing_shuts_the_old_one_out(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    (one,) = take(staff, intake, account(panel))
    following = Panel.held(tmp_path / "next", replace(PLAN, epoch=2), panel.root)
    staff.station.install_card(following.card)
    only_new = Staff(staff.station, following, tmp_path)
    assert "opens with shares of epoch 1" in only_new.run("read", one, code=1).stderr
    staff.run("read", one)  # whoever opens it seals it to the card that follows
    assert TEXT in only_new.run("read", one).stdout
    assert TEXT in staff.run("read", one).stdout
    before = {path.name for path in staff.station.cases.iterdir()}
    only_new.run("renew")
    names = {path.name for path in staff.station.cases.iterdir()}
    assert not {name for name in names & before if name != "lock"}
    assert "opens with shares of epoch 2" in staff.run("read", one, code=1).stderr
    assert TEXT in only_new.run("read", one).stdout
    assert leaks([staff.station.cases], [TEXT]) == []


def test_what_an_interrupted_renewal_left_neither_counts_nor_stays(staff: Staff, panel: Panel, intake: Intake) -> None:
    """As a kill leaves it at each step: half a copy, a whole one under its name, and one whose key is there beside the old store."""
    (one,) = take(staff, intake, account(panel))
    folder = staff.station.cases
    (folder / "store-2.sqlite.unfinished").write_bytes(b"half")
    assert TEXT in staff.run("read", one).stdout
    (folder / "store-2.sqlite").write_bytes((folder / "store-1.sqlite").read_bytes())
    assert TEXT in staff.run("read", one).stdout
    old = {path.name: path.read_bytes() for path in folder.glob("store-1.*")}
    staff.run("renew")
    for name, content in old.items():
        (folder / name).write_bytes(content)
    assert TEXT in staff.run("read", one).stdout
    assert len(json.loads(staff.run("log", "--json").stdout)["log"]) > 4  # of the newer one
    staff.run("renew")
    assert {path.name for path in folder.iterdir()} == {"lock", "store-3.sqlite", "store-3.epoch-0001.key"}


def test_a_card_that_nobody_signed_gets_no_key_before_its_shares_are_here(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    (one,) = take(staff, intake, account(panel))
    stranger = Panel.held(tmp_path / "stranger", replace(PLAN, epoch=2))
    staff.station.install_card(stranger.card)
    staff.run("read", one)
    only_new = Staff(staff.station, stranger, tmp_path)
    assert "opens with shares of epoch 1" in only_new.run("read", one, code=1).stderr
    assert "not signed by the one before" in staff.run("renew", code=1).stderr
    both = [*panel.shares(1, 2), *stranger.shares(1, 2)]
    files = [word for word in both if word.startswith("--share")] + [word for word in both if "passphrase" in word]
    reviewer("renew", *files, station=staff.station.root)
    assert TEXT in only_new.run("read", one).stdout


def test_a_store_that_was_lost_is_named_and_not_made_anew(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    for path in staff.station.cases.glob("*.sqlite*"):
        path.unlink()
    assert "Restore the newest backup" in staff.run("read", one, code=1).stderr
    assert list(staff.station.cases.glob("*.key"))
    assert "only its key is left" in reviewer("status", station=staff.station.root).stdout
