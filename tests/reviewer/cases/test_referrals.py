"""Safeguarding referrals by command: what is asked, who may, what is due, the sheet on paper, and what a withdrawal leaves."""

import json
import stat
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from crypto.constants import LETTER_KINDS
from crypto.records import LetterRecord
from reviewer.cases.casework import CaseStore, open_casework
from reviewer.cases.duties import Duties
from reviewer.cases.log import Act
from reviewer.cases.referrals import NewReferral, Standing
from reviewer.cases.replies import seen_of
from reviewer.cases.unsealing import OpenedPanel
from reviewer.desk import open_desk
from reviewer.migration import CASE_STORE, migrate
from reviewer.station import Station
from tests.intake.installed import ROOT
from tests.leaks import leaks
from tests.reviewer.agents import DESPITE, locked_at_the_end
from tests.reviewer.cases.stores import decrypted, kept
from tests.reviewer.cases.test_commands import Staff, account, take
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_sheets_printed import NO_PANGO
from tests.reviewer.test_threads import account as with_words
from tests.threads.survivor import Survivor

PASSED_ON = "An invented club has had a new helper since spring. <b>Please ask there.</b>"
TO, UNDER = "Invented Council, children's services", "Invented Act, section 4"
SAID = [f"--recipient={TO}", f"--authority={UNDER}", f"--text={PASSED_ON}", "--yes"]
TODAY = date.today()


@pytest.fixture
def staff(station: Station, panel: Panel, tmp_path: Path) -> Staff:
    return Staff(station, panel, tmp_path)


def hire(staff: Staff) -> None:
    for name, role in (("ann", "custodian"), ("bo", "second-reader"), ("cy", "safeguarding"), ("ed", "reader")):
        staff.hire(name, role)


def listed(staff: Staff, *options: str, who: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(staff.run("referrals", "--json", *options, who=who).stdout)["referrals"]
    return found


def test_two_people_refer_and_one_of_them_follows_up(staff: Staff, panel: Panel, intake: Intake) -> None:
    one, other = take(staff, intake, account(panel, "A lamp."), account(panel, "A choir."))
    hire(staff)
    both = staff.who("cy", "bo")
    assert "two different people" in staff.run("refer", one, *SAID, who=staff.who("cy"), code=1).stderr
    assert "may refer" in staff.run("refer", one, *SAID, who=staff.who("bo", "cy"), code=1).stderr
    for wrong, says in (
        ("--recipient= ", "to whom"),
        ("--authority=", "under which law"),
        (f"--rests-on={other}", "letters of this thread"),
        (f"--rests-on={one}:9", "no such part"),
        (f"--rests-on={one}:-1", "no such part"),
        ("--due=tomorrow", "like 2027-05-31"),
        (f"--due={TODAY - timedelta(days=1)}", "before today"),
        ("--follows=a\nb", "one line"),
        (f"--recipient={'x' * 201}", "1 characters too long"),
    ):
        assert says in staff.run("refer", one, *SAID, wrong, who=both, code=1).stderr
    assert listed(staff, who=staff.who("cy")) == []
    said = staff.run("refer", one, *SAID, f"--rests-on={one}:2", f"--rests-on={one[:8]}", who=both).stdout
    assert "referral 1. Nothing was sent: `reviewer referrals --print 1`" in said
    assert f"By {TODAY + timedelta(days=7)}: Confirm that it was received." in said
    (first,) = listed(staff, who=staff.who("cy"))
    assert first == {
        "number": 1,
        "state": "due",
        "day": TODAY.isoformat(),
        "by": "cy with bo",
        "recipient": TO,
        "authority": UNDER,
        "text": PASSED_ON,
        "rests_on": [{"id": one, "part": 2}, {"id": one, "part": None}],
        "follows": "Confirm that it was received.",
        "due": (TODAY + timedelta(days=7)).isoformat(),
        "done_day": None,
        "done_by": None,
        "note": None,
        "taken_back": False,
    }
    assert "may refer" in staff.run("referrals", who=staff.who("ed"), code=1).stderr
    late = f"--on={TODAY + timedelta(days=1)}"
    assert "not after today" in staff.run("referrals", "--done=1", late, who=staff.who("cy"), code=1).stderr
    staff.run("referrals", "--done=1", "--note=By telephone.", who=staff.who("cy"))
    assert "already" in staff.run("referrals", "--done=1", who=staff.who("cy"), code=1).stderr
    assert "no referral 2" in staff.run("referrals", "--done=2", who=staff.who("cy"), code=1).stderr
    shown = staff.run("referrals", who=staff.who("cy")).stdout
    assert f"1  DONE on {TODAY} by cy" in shown
    assert "By telephone." in shown
    entries = json.loads(staff.run("log", "--json", who=staff.who("ann")).stdout)["log"]
    done = {(entry["who"], entry["act"], entry["subject"]) for entry in entries}
    assert {("cy with bo", "referred", one), ("cy with bo", "referred", "referral 1")} <= done
    assert ("cy", "followed up a referral", "referral 1") in done
    assert leaks([staff.station.root], [PASSED_ON, TO]) == []


def test_at_a_terminal_it_asks_shows_and_wants_a_yes(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    with Terminal("refer", one, *panel.shares(1, 2), station=staff.station.root) as terminal:
        for question, answer in (("To whom", TO), ("Under which", UNDER), ("What is passed on?", "First line.")):
            terminal.wait_for(question)
            terminal.type(answer)
        terminal.type("Second line.")
        terminal.type(".")
        terminal.wait_for(f"To: {TO}")
        terminal.wait_for("First line.\nSecond line.")
        terminal.wait_for("Type yes: ")
        terminal.type("no")
        assert terminal.finish() == 1
    assert listed(staff) == []
    assert "no terminal to ask" in staff.run("refer", one, code=1).stderr


def test_the_sheet_says_what_was_passed_on_and_no_letter(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    (one,) = take(staff, intake, account(panel))
    staff.run("refer", one, *SAID)
    path = tmp_path / "sheet.pdf"
    for wrong in (["--print=1"], [f"--to={path}"], ["--print=1", f"--to={tmp_path / 'sheet'}"], ["--note=x"]):
        staff.run("referrals", *wrong, code=1)
    assert "no terminal" in staff.run("referrals", "--print=1", f"--to={path}", code=1).stderr
    assert not path.exists()
    said = staff.run("referrals", "--print=1", f"--to={path}", "--yes")
    assert "in plain words" in said.stderr
    assert "may be on a disk" in said.stderr
    assert str(path) in said.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    for part in ("Safeguarding referral 1", TO, UNDER, "<b>Please ask there.</b>", "custodians 1, 2", "Received by"):
        assert part in text
    assert one[:6] not in text
    assert "not overwritten" in staff.run("referrals", "--print=1", f"--to={path}", "--yes", code=1).stderr
    assert "wrote out a referral: referral 1" in staff.run("log").stdout


def test_without_the_systems_library_the_sheet_is_html(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    (one,) = take(staff, intake, account(panel))
    staff.run("refer", one, *SAID)
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(NO_PANGO)
    done = reviewer_process(
        "referrals", "--print=1", f"--to={tmp_path / 'sheet.pdf'}", "--yes", *panel.shares(1, 2),
        station=staff.station.root, environment={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )  # fmt: skip
    assert "cannot make PDF files" in done.stderr
    page = (tmp_path / "sheet.html").read_text()
    assert "&lt;b&gt;Please ask there.&lt;/b&gt;" in page
    assert not (tmp_path / "sheet.pdf").exists()


def taken_back(person: Survivor) -> LetterRecord:
    back = person.withdrawal()
    person.sequence += 1
    return replace(
        LetterRecord(4, 202_648, bytes.fromhex(back.locator), person.seal(back)), kind=LETTER_KINDS["withdrawal"]
    )


@pytest.mark.parametrize("held", [False, True], ids=["", "under a hold"])
def test_what_was_passed_on_goes_with_the_account_and_the_bare_record_stays(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path, held: bool
) -> None:
    person = Survivor(panel.card)
    first = with_words(person)
    (one,) = take(staff, intake, first)
    staff.run("refer", one, *SAID)
    if held:
        staff.run("hold", f"--to={TODAY}", "--text=A court has asked for it.", "--yes")
    staff.run("import", str(intake.export([taken_back(person)])))
    (bare,) = listed(staff)
    assert (bare["text"], bare["rests_on"], bare["taken_back"]) == (None, [], True)
    assert (bare["recipient"], bare["by"], bare["state"]) == (TO, "custodians 1, 2", "due")
    assert "Tell whom you told" in staff.run("referrals").stdout
    to = f"--to={tmp_path / 'sheet.pdf'}"
    assert "written out no more" in staff.run("referrals", "--print=1", to, "--yes", code=1).stderr
    assert not list(tmp_path.glob("sheet.*"))
    log = staff.run("log").stdout
    # Nowhere else does this text stand: what a court wants kept is kept, and shown to nobody, until the hold ends.
    assert ("shredded: the text of referral 1" in log) != held
    assert (PASSED_ON in stored(staff)) == held
    if held:
        hold = json.loads(reviewer("hold", "--json", station=staff.station.root).stdout)["holds"][0]["id"]
        staff.run("hold", f"--end={hold}", "--yes")
        staff.run("referrals")
        assert PASSED_ON not in stored(staff)
    staff.run("referrals", "--done=1", "--note=They were told.")
    assert listed(staff)[0]["state"] == "done"


def stored(staff: Staff) -> str:
    """Everything on the pages of the case store, without its encryption."""
    with open_desk(staff.station, json_follows=True) as desk:
        with open_casework(desk, OpenedPanel(staff.panel.unlocked), check=False) as work:
            path, key = work.store.path, work.store.key
        return decrypted(path, key).decode("utf-8", "replace")


def test_a_referral_about_a_hidden_thread_is_not_there(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    hire(staff)
    staff.hire("fi", "safeguarding")
    staff.run("refer", one, *SAID, who=staff.who("cy", "bo"))
    staff.run("recuse", one, who=staff.who("fi"))
    assert "together" in staff.run("refer", one, *SAID, who=staff.who("cy", "fi"), code=1).stderr
    assert listed(staff, who=staff.who("fi")) == []
    assert "no referral 1" in staff.run("referrals", "--done=1", who=staff.who("fi"), code=1).stderr
    assert len(listed(staff, who=staff.who("cy"))) == 1


def test_how_far_a_referral_has_come(tmp_path: Path) -> None:
    with kept(tmp_path / "cases.sqlite") as here:
        due = date(2027, 5, 31)
        here.store.add_referral("cy with bo", "p", "ab" * 32, NewReferral("a", "b", "c", (("ab" * 32, 0),), "d", due))
        (one,) = here.store.referrals()
        for days, standing in ((-8, Standing.OPEN), (-7, Standing.DUE), (0, Standing.DUE), (1, Standing.OVERDUE)):
            assert one.standing(due + timedelta(days=days)) is standing
        assert "referred" in here.store.marks("p")


def test_what_is_shredded_of_acts_leaves_no_page(tmp_path: Path) -> None:
    with kept(tmp_path / "cases.sqlite") as here:
        gone, stays = "ab" * 32, "cd" * 32
        for digest, text in ((gone, "Quillwort. " * 900), (stays, "Marigold.")):
            here.store.add_referral("cy", "p", digest, NewReferral("a", "b", text, ((digest, 0),), "d", TODAY))
            here.store.add_reply("bo", digest, "en", text)
        assert here.store.named_in_acts() == {gone, stays}
        before = decrypted(here.path, here.key)
        assert b"Quillwort" in before
        here.store.shred_replies([gone])
        here.store.shred_referrals([gone])
        after = decrypted(here.path, here.key)
        assert b"Quillwort" not in after
        assert b"Marigold" in after
        assert [one.text is None for one in here.store.referrals()] == [True, False]
        (left,) = here.store.replies()
        here.store.take_reply("cy", Act.DISCARDED, left.number, seen_of(left))
        assert decrypted(here.path, here.key).count(b"Marigold") == 1  # the referral's


def test_a_store_of_before_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "before.sqlite", bytes(32))
    configuration = Config()
    configuration.set_main_option("script_location", str(CASE_STORE.scripts))
    with store.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
        connection.execute(sa.text("INSERT INTO marks (person, mark) VALUES ('p', 'referred')"))
    migrate(store.engine, CASE_STORE)
    assert store.referrals() == []
    assert store.marks("p") == {"referred"}
    store.close()


def test_what_is_due_is_said_while_the_station_is_unlocked(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    staff.run("refer", one, *SAID, f"--due={TODAY + timedelta(days=8)}")
    root = staff.station.root
    assert "seen here while the station is unlocked" in reviewer("status", station=root).stdout
    assert json.loads(reviewer("status", "--json", station=root).stdout)["duties"] is None
    staff.run("refer", one, *SAID, f"--due={TODAY}")
    with locked_at_the_end(staff.station):
        said = reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=root).stdout
        assert "Due within a week: what must follow of 1 referral(s)" in said
        assert "OVERDUE" not in said
        counted = json.loads(reviewer("status", "--json", station=root).stdout)["duties"]
        assert counted == {"overdue": 0, "due": 1, "replies": 0}
        assert "Due within a week" in reviewer("status", station=root).stdout
    assert Duties(1, 0, 2).lines() == [
        "OVERDUE: what must follow of 1 referral(s); see `reviewer referrals`.",
        "Replies waiting for a second reader: 2; see `reviewer replies`.",
    ]
