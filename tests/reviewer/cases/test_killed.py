"""Commands killed (kill -9) where the case store is made, filled, renewed, written to and backed up: what was saved is there."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.station import Station
from tests.intake.installed import ROOT
from tests.leaks import leaks
from tests.reviewer.cases.test_commands import TEXT, Staff, account, take
from tests.reviewer.cases.test_referrals import stored
from tests.reviewer.cases.test_replies import told
from tests.reviewer.panel import Intake, Panel, reviewer
from tests.reviewer.test_threads import account as threaded
from tests.test_killed import DIES
from tests.threads.survivor import Survivor

BOX, STORE, LOG, ARCHIVE = "reviewer.cases.strongbox", "reviewer.cases.store", "reviewer.cases.log", "reviewer.archive"
Step = tuple[str, str, str]
MAKING: list[Step] = [
    (BOX, "Strongbox._finish", "before"),
    (BOX, "Strongbox._seal", "before"),
    (BOX, "Strongbox._seal", "after"),
    (STORE, "Cases.add", "before"),
    (STORE, "Cases.add", "after"),
    (STORE, "_insert", "after"),
]
RENEWING: list[Step] = [
    (BOX, "_rekey", "before"),
    (BOX, "_rekey", "after"),
    (BOX, "Strongbox._seal", "before"),
    (BOX, "Strongbox._sweep", "before"),
]

SIGNING: list[Step] = [
    ("reviewer.answering", "Notices.write", "after"),
    ("reviewer.cases.replies", "WaitingReplies.mark_sealed", "after"),
    ("reviewer.ledger", "Ledger.add_notice", "after"),
    ("reviewer.cases.replies", "WaitingReplies.take_reply", "after"),
]


def some_then_all(steps: Sequence[Step], always: Step) -> list[object]:
    """Every step in the larger matrix, one of them in every run."""
    return [
        pytest.param(step, id=f"{step[2]} {step[1]}", marks=[] if step == always else [pytest.mark.all])
        for step in steps
    ]


@pytest.fixture
def staff(station: Station, panel: Panel, tmp_path: Path) -> Staff:
    return Staff(station, panel, tmp_path)


def die(staff: Staff, step: Step, *arguments: str) -> None:
    module, path, when = step
    command = [sys.executable, "-c", DIES, module, path, when, "1", "reviewer.cli", *arguments]
    done = subprocess.run(
        [*command, f"--station={staff.station.root}", *staff.panel.shares(1, 2)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def read(staff: Staff, digest: str) -> str:
    found: str = staff.run("read", digest).stdout
    return found


@pytest.mark.parametrize("step", some_then_all(MAKING, MAKING[3]))
def test_an_import_that_was_killed_is_mended_by_whoever_opens_next(
    step: Step, staff: Staff, panel: Panel, intake: Intake
) -> None:
    record = account(panel)
    bundle = str(intake.export([record]))
    die(staff, step, "import", bundle)
    # Where the bundle was whole already, importing it again is refused, and nothing is lost by it.
    again = json.loads(reviewer("list", "--json", station=staff.station.root).stdout)["letters"]
    if not again:
        staff.run("import", bundle)
    assert TEXT in read(staff, record.digest.hex())
    assert len(json.loads(staff.run("search", "--words=marigold", "--json").stdout)["found"]) == 1
    assert leaks([staff.station.root], [TEXT]) == []


@pytest.mark.parametrize("step", some_then_all(RENEWING, RENEWING[2]))
def test_a_renewal_that_was_killed_leaves_the_one_store_or_the_other(
    step: Step, staff: Staff, panel: Panel, intake: Intake
) -> None:
    (one,) = take(staff, intake, account(panel))
    die(staff, step, "renew")
    assert TEXT in read(staff, one)
    acts = [entry["act"] for entry in json.loads(staff.run("log", "--json").stdout)["log"]]
    assert acts == ["imported", "renewed the store's key", "opened"]
    staff.run("renew")
    assert TEXT in read(staff, one)
    assert not list(staff.station.cases.glob("*.unfinished"))


def test_what_the_log_says_was_done_stays_when_killed_after_it(staff: Staff, panel: Panel, intake: Intake) -> None:
    (one,) = take(staff, intake, account(panel))
    die(staff, (LOG, "Log.note", "after"), "read", one)
    die(staff, (LOG, "Log.note", "before"), "read", one)
    acts = [entry["act"] for entry in json.loads(staff.run("log", "--json").stdout)["log"]]
    assert acts == ["imported", "opened"]


@pytest.mark.parametrize("step", some_then_all(SIGNING, SIGNING[2]))
def test_a_signing_that_was_killed_loses_no_words_and_doubles_none(
    step: Step, staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    person = Survivor(panel.card)
    staff.hire("ann", "custodian")
    staff.hire("bo", "reader")
    staff.hire("cy", "second-reader")
    (one,) = take(staff, intake, threaded(person), who=staff.who("ann"))
    staff.run("policy", "--replies=two-people", who=staff.who("ann"))
    staff.run("reply", one, "--text=An invented answer.", "--yes", who=staff.who("bo"))
    sign = ("replies", "--sign=1", "--yes", *staff.who("cy"))
    die(staff, step, *sign)
    was_sent = step in SIGNING[2:]
    left = json.loads(staff.run("replies", "--json", who=staff.who("cy")).stdout)["waiting"]
    assert [row["number"] for row in left] == ([] if was_sent else [1])
    again = reviewer(*sign, *panel.shares(1, 2), station=staff.station.root, code=1 if was_sent else 0)
    assert ("No reply 1 waits" in again.stderr) == was_sent
    (notice,) = told(staff, person, tmp_path / "back", "reply", who=staff.who("ann"))
    assert notice.text == "An invented answer."
    assert "An invented answer." not in stored(staff)


def test_a_backup_that_was_killed_is_none(staff: Staff, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    take(staff, intake, account(panel))
    die(staff, (ARCHIVE, "seal_stream", "after"), "backup", f"--to={tmp_path / 'copy'}")
    assert not list((tmp_path / "copy").glob("*.heard-backup"))
    staff.run("backup", f"--to={tmp_path / 'copy'}")
    assert len(list((tmp_path / "copy").glob("*.heard-backup"))) == 1
    assert not list(staff.station.root.glob("backup.unfinished"))
    assert json.loads(staff.run("backup", "--list", "--json").stdout)["backups"][0]["number"] == 1
