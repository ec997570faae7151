"""Answering by command as people see it, held against a transcript that somebody read."""

from pathlib import Path

from reviewer.station import Station
from tests.reviewer.cases.test_commands import Staff, take
from tests.reviewer.cases.test_transcript import Casework
from tests.reviewer.panel import Intake, Panel
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor

GOLDEN = Path(__file__).parents[2] / "golden" / "acting.txt"


def test_the_transcript_is_the_golden_one(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    """Delete the golden file and run this twice to renew it; then read what changed."""
    staff = Staff(station, panel, tmp_path)
    work, ask, who = (casework := Casework(staff)), casework.ask, staff.who
    (one,) = take(staff, intake, account(Survivor(panel.card)))
    for name, role in (("ann", "custodian"), ("bo", "reader"), ("cy", "second-reader")):
        staff.hire(name, role)
    work.run("templates")
    ask("policy", who=who("bo"))
    ask("policy", "--replies=two-people", who=who("ann"))
    ask("reply", one, "--template=question", "--yes", who=who("bo"), code=1)
    ask("reply", one, "--template=question", "--fill=Did the school answer?", "--yes", who=who("bo"))
    ask("replies", who=who("bo"))
    ask("replies", "--sign=1", "--yes", who=who("bo"), code=1)
    ask("replies", "--change=1", "--text=Did they answer?", who=who("cy"))
    ask("replies", "--sign=1", "--yes", who=who("cy"), code=1)
    ask("replies", "--change=1", "--text=Did they answer you?", who=who("bo"))
    ask("replies", "--sign=1", "--yes", who=who("cy"))
    ask("reply", one, "--template=thanks", "--yes", who=who("bo", "cy"))
    ask("reply", one, "--text=Not this one.", "--yes", who=who("bo"))
    ask("replies", "--discard=2", "--yes", who=who("bo"))
    ask("replies", who=who("cy"))
    ask("log", who=who("ann"))
    work.compare(GOLDEN)
