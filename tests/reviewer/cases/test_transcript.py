"""The commands over the case store as people see them, held against a transcript that somebody read."""

import re
from pathlib import Path

from reviewer.station import Station
from tests.reviewer.cases.test_commands import Staff, account
from tests.reviewer.panel import Intake, Panel
from tests.reviewer.test_cli import Transcript

GOLDEN = Path(__file__).parents[2] / "golden" / "casework.txt"
PEOPLE = {
    "ann": ("custodian",),
    "bo": ("reader", "second-reader"),
    "cy": ("safeguarding",),
    "di": ("publisher",),
    "ed": ("reader",),
}


class Casework(Transcript):
    """Commands that two custodians unlock, with the options for that left out."""

    def __init__(self, staff: Staff) -> None:
        super().__init__(staff.folder)
        self._staff = staff

    def ask(self, *arguments: str, who: tuple[str, ...] = (), code: int = 0) -> None:
        before = len(self.text)
        self.run(*arguments, *who, *self._staff.panel.shares(1, 2), code=code)
        hidden = r" --(share|passphrase-file|reader-passphrase-file|second-passphrase-file|new-passphrase-file)=\S+"
        self.text = self.text[:before] + re.sub(hidden, "", self.text[before:])


def test_the_transcript_is_the_golden_one(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    """Delete the golden file and run this twice to renew it; then read what changed."""
    staff = Staff(station, panel, tmp_path)
    work, ask, who = (casework := Casework(staff)), casework.ask, staff.who
    texts = ("I told a teacher.", "It is still happening.", "A letter to the company had no answer.")
    records = [account(panel, text, week=202_601 + place) for place, text in enumerate(texts)]
    one, risky, last = (record.digest.hex() for record in records)
    ask("import", str(intake.export(records)))
    ask("reader", "list")
    for name, roles in PEOPLE.items():
        new = (f"--new-passphrase-file={staff.file(name)}", *(() if name == "ann" else who("ann")))
        ask("reader", "add", name, *(f"--role={role}" for role in roles), *new)
    ask("reader", "add", "bo", "--role=reader", f"--new-passphrase-file={staff.file('bo')}", who=who("ann"), code=1)
    ask("reader", "list", who=who("ann"))
    ask("next", who=who("ed"))
    ask("next", who=who("bo"))
    ask("next", who=who("ann"), code=1)
    ask("read", risky, who=who("ed"))
    ask("read", one, who=who("ed"))
    ask("hand-over", last, who=who("ed"))
    ask("next", who=who("ed"))
    ask("search", "--words=teacher", "--excerpts", who=who("ed"))
    ask("mark", last, "--as=two-people", who=who("bo"))
    ask("read", last, who=who("bo"), code=1)
    ask("mark", risky, "--as=risk", who=who("cy"))
    passed_on = ("--recipient=A council", "--authority=An Act", "--text=A helper of a club is meant.", "--yes")
    ask("refer", risky, *passed_on, who=who("cy"), code=1)
    ask("refer", risky, *passed_on, who=who("cy", "bo"))
    ask("referrals", who=who("cy"))
    ask("referrals", "--print=1", f"--to={tmp_path / 'sheet.pdf'}", "--yes", who=who("cy"))
    ask("referrals", "--done=1", "--note=Confirmed by telephone.", who=who("cy"))
    ask("release", one, who=who("di", "bo"), code=1)
    ask("recuse", one, who=who("bo"))
    ask("read", one, who=who("bo"), code=1)
    ask("reader", "avoid", "people", who=who("ed"))
    ask("reader", "allow", "ed", who=who("ed"), code=1)
    ask("reader", "allow", "ed", who=who("bo"))
    ask("export", f"--to={tmp_path / 'back'}", who=who("ann"))
    ask("backup", f"--to={tmp_path / 'copy'}", who=who("ann"))
    ask("backup", "--list", who=who("ann"))
    ask("renew", who=who("ann"))
    ask("reader", "disable", "ann", who=who("ann"), code=1)
    ask("destroy", who=who("ann", "bo"))
    ask("log", who=who("ann"))
    ask("log", "--check", who=who("ann"))
    work.run("status")
    work.compare(GOLDEN)
