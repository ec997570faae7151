"""Replies by command: from templates or one's own words, alone or with a second reader, and what reaches the person."""

import json
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import BundleReader
from crypto.notice import Notice, parse_notice
from crypto.opening import open_sealed
from reviewer.station import Station
from tests.leaks import leaks
from tests.reviewer.cases.test_commands import Staff, take
from tests.reviewer.cases.test_referrals import stored, taken_back
from tests.reviewer.panel import Intake, Panel, reviewer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_threads import account, notices
from tests.threads.survivor import Survivor

WORDS = "An invented answer about marigolds."


@pytest.fixture
def staff(station: Station, panel: Panel, tmp_path: Path) -> Staff:
    return Staff(station, panel, tmp_path)


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


@pytest.fixture
def letter(staff: Staff, intake: Intake, person: Survivor) -> str:
    return take(staff, intake, account(person))[0]


def hire(staff: Staff) -> None:
    for name, role in (("ann", "custodian"), ("bo", "reader"), ("cy", "second-reader"), ("di", "second-reader")):
        staff.hire(name, role)


def told(staff: Staff, person: Survivor, folder: Path, kind: str = "", who: tuple[str, ...] = ()) -> list[Notice]:
    """What the next return bundle brings this person, opened with their own key."""
    staff.run("export", f"--to={folder}", who=who)
    with max(folder.glob("*.heard")).open("rb") as source:
        records = [(one.kind, one.body) for one in BundleReader(source)]
    found = [parse_notice(open_sealed(one.sealed, [person.identity])) for one in notices(records)]
    return [one for one in found if kind in one.kind]


def waiting(staff: Staff, reader: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(staff.run("replies", "--json", who=staff.who(reader)).stdout)["waiting"]
    return found


def test_a_template_is_filled_shown_and_signed(staff: Staff, person: Survivor, letter: str, tmp_path: Path) -> None:
    listed = json.loads(reviewer("templates", "--json", station=staff.station.root).stdout)["templates"]
    assert {one["name"]: one["blanks"] for one in listed}["question"] == ["your question"]
    assert all(len(one["text"]) < 800 for one in listed)
    for wrong, says in (
        (["--template=question"], "no terminal to ask"),
        (["--template=question", "--fill=a", "--fill=b"], "has 1 blank(s), and words for 2"),
        (["--template=nothing"], "no template nothing"),
        (["--template=thanks", "--text=x"], "not both"),
        (["--text=See [[your question]].", "--yes"], "still has the blank [[your question]]"),
        (["--text=x", "--language=English", "--yes"], "by its tag"),
        (["--text= ", "--yes"], "is empty"),
        ([f"--text={'x' * 20_001}", "--yes"], "1 characters too long"),
    ):
        assert says in staff.run("reply", letter, *wrong, code=1).stderr
    with Terminal("reply", letter, "--template=question", *staff.panel.shares(1, 2), station=staff.station.root) as at:
        at.wait_for("your question: ")
        at.type("Did the school answer?")
        at.wait_for("Did the school answer?\n\nYou do not have to answer")
        at.wait_for("Sign this and send it to that person? Type yes: ")
        at.type("yes")
        assert at.finish() == 0
    (notice,) = told(staff, person, tmp_path / "back", "reply")
    assert "Did the school answer?" in notice.text
    assert notice.language == "en"


def test_where_replies_take_two_they_wait_until_somebody_else_has_read_them(
    staff: Staff, person: Survivor, letter: str, tmp_path: Path
) -> None:
    hire(staff)
    said = ("reply", letter, f"--text={WORDS}", "--language=cy", "--yes")
    assert "signed by one person" in staff.run("policy", who=staff.who("bo")).stdout
    assert "may manage" in staff.run("policy", "--replies=two-people", who=staff.who("cy"), code=1).stderr
    staff.run("policy", "--replies=two-people", who=staff.who("ann"))
    assert "Reply 1 waits" in staff.run(*said, who=staff.who("bo")).stdout
    assert leaks([staff.station.root], [WORDS]) == []
    assert WORDS not in staff.run("replies", who=staff.who("cy")).stdout
    sign = ("replies", "--sign=1", "--yes")
    assert "somebody else reads" in staff.run(*sign, who=staff.who("bo"), code=1).stderr
    # Whoever changes the words has written them: the first writer may not sign either, who is no second reader.
    staff.run("replies", "--change=1", f"--text={WORDS} More.", who=staff.who("cy"))
    assert [(one["by"], one["text"], one["language"]) for one in waiting(staff, "di")] == [
        ("cy", f"{WORDS} More.", "cy")
    ]
    assert "somebody else reads" in staff.run(*sign, who=staff.who("cy"), code=1).stderr
    assert "may be the second" in staff.run(*sign, who=staff.who("bo"), code=1).stderr
    assert "no terminal" in staff.run("replies", "--sign=1", who=staff.who("di"), code=1).stderr
    assert told(staff, person, tmp_path / "before", "reply", who=staff.who("ann")) == []
    # Nobody signs words that they were not shown.
    assert f"{WORDS} More." in staff.run(*sign, who=staff.who("di")).stderr
    assert waiting(staff, "di") == []
    assert WORDS not in stored(staff)
    (notice,) = told(staff, person, tmp_path / "back", "reply", who=staff.who("ann"))
    assert (notice.text, notice.language) == (f"{WORDS} More.", "cy")
    log = json.loads(staff.run("log", "--json", who=staff.who("ann")).stdout)["log"]
    assert ("cy with di", "replied", letter) in {(one["who"], one["act"], one["subject"]) for one in log}
    assert [one["who"] for one in log if one["act"] == "prepared a reply"] == ["bo", "cy"]


def test_two_who_sit_together_sign_at_once(staff: Staff, person: Survivor, letter: str, tmp_path: Path) -> None:
    hire(staff)
    staff.run("policy", "--replies=two-people", who=staff.who("ann"))
    said = ("reply", letter, f"--text={WORDS}", "--yes")
    assert "two different people" in staff.run(*said, who=staff.who("bo", "bo"), code=1).stderr
    assert "may be the second" in staff.run(*said, who=staff.who("cy", "bo"), code=1).stderr
    staff.run("recuse", letter, who=staff.who("di"))
    assert "together" in staff.run(*said, who=staff.who("bo", "di"), code=1).stderr
    staff.run(*said, who=staff.who("bo", "cy"))
    assert [one.text for one in told(staff, person, tmp_path / "back", "reply", who=staff.who("ann"))] == [WORDS]


def test_without_readers_two_custodians_are_the_two(staff: Staff, letter: str) -> None:
    staff.run("policy", "--replies=two-people")
    assert "Signed and sealed" in staff.run("reply", letter, f"--text={WORDS}", "--yes").stdout


def test_a_waiting_reply_is_hidden_discarded_and_goes_with_the_thread(
    staff: Staff, intake: Intake, person: Survivor, letter: str
) -> None:
    hire(staff)
    staff.run("policy", "--replies=two-people", who=staff.who("ann"))
    for _ in range(2):
        staff.run("reply", letter, f"--text={WORDS}", "--yes", who=staff.who("bo"))
    staff.run("replies", "--discard=1", "--yes", who=staff.who("cy"))
    staff.run("recuse", letter, who=staff.who("di"))
    assert waiting(staff, "di") == []
    assert "No reply 2 waits" in staff.run("replies", "--sign=2", "--yes", who=staff.who("di"), code=1).stderr
    assert [one["number"] for one in waiting(staff, "cy")] == [2]
    staff.run("import", str(intake.export([taken_back(person)])), who=staff.who("ann"))
    assert waiting(staff, "cy") == []
    assert WORDS not in stored(staff)
    log = json.loads(staff.run("log", "--json", who=staff.who("ann")).stdout)["log"]
    assert ("shredded", f"a reply to {letter}") in {(one["act"], one["subject"]) for one in log}


# A line in quotes that looks like a header is none.
GOOD = '[[template]]\nname = "thanks"\ntitle = "Our own"\nlanguage = "cy"\ntext = """\nDiolch.\n\n[[template]]\n"""\n'


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("[[template]", "replies.toml is not TOML: "),
        ('name = "a"\n', "holds [[template]] tables"),
        ('[template]\nname = "a"\n', "holds [[template]] tables"),
        (GOOD + '\n[[template]]\nname = "Bad"\n', "line 12: name has small letters"),
        (GOOD + '\n[[template]]\nname = "b"\n', "line 11: this template lacks title"),
        (GOOD + "\n" + GOOD, "line 12: there are two templates thanks"),
        (GOOD.replace("Diolch.", "[[Diolch."), "line 5: a blank is written"),
        (GOOD.replace("Diolch.", "\u202eDiolch."), "line 5: text holds characters that nobody would see"),
        (GOOD.replace('"cy"', '"Welsh!"'), "line 4: language is a tag"),
        (GOOD.replace('"Our own"', "3"), "line 3: title must be text"),
        (GOOD.replace('"Our own"', f'"{"x" * 81}"'), "line 3: title is longer than 80"),
        (GOOD.replace("title", "subject"), "line 3: a template has no subject"),
    ],
)
def test_a_fault_in_the_inquirys_own_templates_is_named_with_its_line(station: Station, source: str, says: str) -> None:
    station.replies.write_text(source)
    assert says in reviewer("templates", station=station.root, code=1).stderr


def test_the_inquirys_own_template_takes_the_place_of_the_shipped_one(staff: Staff) -> None:
    staff.station.replies.write_text(GOOD)
    listed = json.loads(reviewer("templates", "--json", station=staff.station.root).stdout)["templates"]
    (own,) = [one for one in listed if one["name"] == "thanks"]
    assert (own["title"], own["language"], own["text"]) == ("Our own", "cy", "Diolch.\n\n[[template]]")
    assert len(listed) == 4
