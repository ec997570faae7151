import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import reviewer.commands.listing as listing
from crypto.bundle import FIRST_PREVIOUS
from crypto.letter import Letter
from reviewer.cli import build_parser, main
from reviewer.station import Station
from reviewer.trust import Candidate
from tests.crypto.samples import TEXT
from tests.intake.installed import ROOT
from tests.reviewer.agents import DESPITE, locked_at_the_end
from tests.reviewer.panel import PASSPHRASES, Intake, Panel, reviewer, reviewer_process, signature_of
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_importing import take
from tests.reviewer.test_threads import account, signed
from tests.threads.survivor import Survivor

COMMANDS = (
    "ceremony",
    "rehearse",
    "reshare",
    "end-epoch",
    "card",
    "trust",
    "doctor",
    "unlock",
    "lock",
    "import",
    "list",
    "read",
    "thread",
    "hold",
    "destroy",
    "export",
    "status",
    "identity",
    "next",
    "search",
    "recuse",
    "hand-over",
    "mark",
    "release",
    "refer",
    "reply",
    "replies",
    "templates",
    "policy",
    "referrals",
    "log",
    "renew",
    "backup",
    "restore",
)
GOLDEN = Path(__file__).parents[1] / "golden" / "reviewer.txt"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_works_without_settings_and_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="0"):
        build_parser(command).parse_args([command, "--help"])
    shown = capsys.readouterr().out
    example = re.search(rf"example:\n  (reviewer {command}.*)", shown)
    assert example is not None
    assert not list(tmp_path.iterdir())


def test_a_command_comes_without_those_of_other_modules() -> None:
    every = names(build_parser())
    assert set(COMMANDS) <= every
    for command in every:
        alone = names(build_parser(command))
        assert command in alone
        assert len(alone) <= 2
    assert names(build_parser("no-such-command")) == every


def names(parser: argparse.ArgumentParser) -> set[str]:
    return set(re.findall(r"^    ([a-z-]+)", parser.format_help().partition("\ncommands:\n")[2], re.MULTILINE))


def test_a_start_does_not_wait_for_what_only_others_need(tmp_path: Path) -> None:
    code = "import sys; from reviewer.cli import main; main(); print(sorted({'starlette', 'weasyprint', 'uvicorn'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code, "list", f"--station={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_of_the_whole_program(tmp_path: Path) -> None:
    shown = reviewer_process("--help", station=tmp_path / "nowhere").stdout
    assert "examples:" in shown
    assert all(re.search(rf"^\s+{command}\s", shown, re.MULTILINE) for command in COMMANDS)


def test_a_fault_shows_no_traceback_and_no_text(
    station: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(*_: object) -> None:
        raise RuntimeError(TEXT)

    mask = os.umask(0o022)
    monkeypatch.setattr(listing, "say", faulty)
    assert main(["list", "--station", str(station.root)]) == 1
    os.umask(mask)
    said = capsys.readouterr().err
    assert re.fullmatch(r"reviewer: This program has a fault \(RuntimeError in test_cli.py, line \d+\)\. .*\n", said)
    assert "teacher" not in said


def test_messages_never_hold_what_was_typed(station: Station, panel: Panel, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(PASSPHRASES[2] + " misspelt\n")
    wrong.chmod(0o644)
    arguments = ["read", "--all", f"--share={panel.share(1)}", f"--share={panel.share(2)}"]
    said = reviewer(*arguments, *[f"--passphrase-file={wrong}"] * 2, station=station.root, code=1)
    assert "does not open share 1 of 3" in said.stderr
    assert "Others may be able to read" in said.stderr
    assert "misspelt" not in said.stderr + said.stdout


def test_hostile_file_names_are_shown_safely(station: Station, tmp_path: Path) -> None:
    share = tmp_path / "\x1b[31m\u202eshare"
    share.write_bytes(b"{}")
    said = reviewer("read", "--all", "--share", str(share), station=station.root, code=1)
    assert "⟦U+001B⟧[31m⟦U+202E⟧share is damaged" in said.stderr
    assert "\x1b" not in said.stderr


def test_whoever_stops_reading_gets_no_complaint(station: Station, panel: Panel, intake: Intake) -> None:
    take(station, panel.unlocked, intake.export([panel.record(panel.write()) for _ in range(40)]))
    command = [sys.executable, "-m", "reviewer", "read", "--all", *panel.shares(1, 2)]
    environment = {"PATH": os.environ["PATH"], "HEARD_STATION": str(station.root)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_ceremony_at_a_terminal(tmp_path: Path) -> None:
    arguments = ["ceremony", "--threshold", "2", "--custodians", "2", "--to", str(tmp_path / "shares")]
    with Terminal(*arguments, station=tmp_path / "station") as terminal:
        terminal.wait_for("The inquiry's id")
        terminal.type("an-inquiry")
        terminal.wait_for("Custodian 1 of 2")
        terminal.wait_for("Passphrase: ")
        terminal.type("short")
        terminal.wait_for("at least 15 characters")
        for number, typed in enumerate((PASSPHRASES[0], PASSPHRASES[1])):
            if number:
                terminal.wait_for("Custodian 2 of 2")
            terminal.wait_for("Passphrase: ")
            terminal.type(typed)
            terminal.wait_for("The same again: ")
            terminal.type(typed)
        assert terminal.finish() == 0
    assert not any(passphrase in terminal.shown for passphrase in PASSPHRASES)
    assert len(list((tmp_path / "shares").iterdir())) == 3
    assert "any 2 of 2 shares open it" in terminal.shown


def test_stopping_a_ceremony_leaves_nothing(tmp_path: Path) -> None:
    arguments = [
        "ceremony",
        "--threshold",
        "2",
        "--custodians",
        "2",
        "--inquiry",
        "a",
        "--to",
        str(tmp_path / "shares"),
    ]
    with Terminal(*arguments, station=tmp_path / "station") as terminal:
        terminal.wait_for("Passphrase: ")
        terminal.type("\x03")  # Control-C
        assert terminal.finish() == 130
    assert not (tmp_path / "shares").exists()


def normalised(text: str, folder: Path) -> str:
    """What stays the same from run to run: no key, no digest, no day, no folder."""
    for pattern, name in (
        (re.escape(str(folder)), "FOLDER"),
        (r"\b[0-9a-f]{64}\b", "<digest>"),
        (r"\b[0-9a-f]{12}\b", "<id>"),
        (r"\d{4}-\d\d-\d\d", "<day>"),
        (r"\bset \d+", "set <number>"),
        (r"\d+ MiB", "<n> MiB"),
        (r"\bRW[A-Za-z0-9+/]{54}", "<key>"),
        (r"\bage1pq\w+…\w+", "<recipient>"),
        (r"(?<=  )([a-z]+ ){5}[a-z]+$", "<words>"),
        (r"\(\d+ days\)", "(<n> days)"),
        (r"--words=([a-z]+, ){5}[a-z]+", "--words=<words>"),
        (r"(?<=  )(\d{4} ){5}\d{4}", "<numbers>"),
        (r"(?<=[.:] )([a-z]+ ){5}[a-z]+$", "<words>"),
        (r"^  ([a-z]+ ){5}[a-z]+$", "  <words>"),
    ):
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text


class Transcript:
    """Commands and what they answered, as a person would see them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.text = ""

    def run(self, *arguments: str, code: int = 0) -> None:
        done = reviewer(*arguments, station=self._folder / "station", code=code)
        arguments = tuple(
            argument for argument in arguments if argument not in DESPITE
        )  # what the tests' machine lacks
        shown = " ".join(
            re.sub(r"^(--share|--passphrase-file|--new-passphrase-file)=.*/", r"\1=", argument)
            for argument in arguments
        )
        status = f"[{code}]\n" if code else ""
        self.text += normalised(f"$ reviewer {shown}\n{done.stdout}{done.stderr}{status}\n", self._folder)

    def compare(self, golden: Path) -> None:
        """Hold everything against what was shown when somebody last read it."""
        if not golden.exists():
            golden.write_text(self.text, "utf-8")
            pytest.fail("There was no golden transcript; one was written. Read it, then run this again.")
        assert self.text == golden.read_text("utf-8")


def test_the_transcript_is_the_golden_one(panel: Panel, intake: Intake, tmp_path: Path) -> None:
    """Delete the golden file and run this twice to renew it; then read what changed."""
    transcript = Transcript(tmp_path)
    run = transcript.run
    files = [f"--passphrase-file={panel.folder / f'passphrase-{number}'}" for number in (1, 2, 3)]
    run("status", code=1)
    run("ceremony", "--threshold=1", "--custodians=1", "--inquiry=heard-demonstration", *files[:1], code=1)
    alone = ["--threshold=1", "--custodians=1", "--demonstration", "--inquiry=heard-demonstration"]
    run("ceremony", *alone, f"--station={tmp_path / 'demonstration'}", f"--to={tmp_path / 'alone'}", *files[:1])
    run(
        "ceremony",
        "--threshold=2",
        "--custodians=3",
        "--inquiry=another",
        f"--to={tmp_path / 'shares'}",
        "--no-install",
        *files,
    )
    run("card", str(copied_card(panel, tmp_path)))
    run("trust", str(intake.public), "--words=earnings daddies animation shutout investors bilateral", code=1)
    run("trust", str(intake.public), "--words=" + ", ".join(Candidate.read(intake.public).words))
    first = intake.export([panel.record(panel.write()), panel.record(panel.write(), kind=2)])
    run("import", str(first), *panel.shares(1), code=1)
    run("import", str(first), *panel.shares(1, 1), code=1)
    run("import", str(first), *panel.shares(1, 3))
    run("import", str(first), *panel.shares(1, 3), code=1)
    second = intake.export([panel.record(panel.write())])
    third = intake.export([panel.record(panel.write())])
    run("import", str(third), *panel.shares(1, 3), code=1)
    second.write_bytes(second.read_bytes()[:-1])
    run("import", str(second), *panel.shares(1, 3), code=1)
    signature_of(third).unlink()
    run("import", str(third), *panel.shares(1, 3), code=1)
    run("read", "--all", *panel.shares(2, 3))
    run("export", f"--to={tmp_path / 'back'}", *panel.shares(1, 2))
    run("export", f"--to={tmp_path / 'back'}", *panel.shares(1, 2))
    run("resync", f"--to={tmp_path / 'new'}", *panel.shares(1), code=1)
    run("resync", f"--to={tmp_path / 'new'}", "--generation=1", *panel.shares(1, 2), code=1)
    run("resync", f"--to={tmp_path / 'new'}", *panel.shares(1, 2))
    run("import", str(intake.export([])), *panel.shares(1, 2), code=1)
    intake.sequence, intake.previous = 0, FIRST_PREVIOUS
    run("import", str(intake.export([panel.record(panel.write())], generation=2)), *panel.shares(1, 2))
    run("status")
    person = Survivor(panel.card)
    told = account(person, "I wrote to the company. No answer came.")
    letters = [told, *[signed(person, one(person)) for one in LATER]]
    run("import", str(intake.export(letters, generation=2)), *panel.shares(1, 2))
    run("thread", told.digest.hex(), *panel.shares(1, 2))
    run("hold", f"--to={date.today()}", "--text=A court has asked for it.", "--yes", *panel.shares(1, 2))
    run("hold")
    run("destroy", *panel.shares(1, 2), code=1)
    with locked_at_the_end(Station(tmp_path / "station")):
        run("unlock", *DESPITE, *panel.shares(2), code=1)
        run("unlock", *DESPITE, *panel.shares(3, 2))
        run("unlock", *DESPITE, *panel.shares(3, 2), code=1)
        run("heard", told.digest.hex())
        run("resync", f"--to={tmp_path / 'newer'}", code=1)
        run("lock")
        run("lock")
        run("heard", told.digest.hex(), code=1)
    transcript.compare(GOLDEN)


LATER: tuple[Callable[[Survivor], Letter], ...] = (
    lambda person: person.choices("no"),
    lambda person: person.addition("Being asked would have helped."),
    lambda person: person.choices("later"),
)


def copied_card(panel: Panel, folder: Path) -> Path:
    """Put the panel's card where its path can be named."""
    path = folder / "panel.card"
    path.write_bytes((panel.folder / "panel.card").read_bytes())
    return path
