"""What each command says, to people and to programs; what is wrong is one sentence and a status."""

import argparse
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.minisigning import SigningKey, VerifyKey
from crypto.words import fingerprint_words
from intake import schema
from intake.commands import dispatch
from intake.line.schema import LINE_REVISION
from tests.crypto import samples
from tests.intake.installed import COMMAND, ROOT, Installed, expiring_card

COMMANDS = (
    "init",
    "card",
    "serve",
    "migrate",
    "export",
    "import",
    "backup",
    "restore",
    "replay",
    "forget",
    "worker",
    "line",
    "status",
    "check",
)
LINE_COMMANDS = (
    "worker add",
    "worker reset",
    "worker disable",
    "worker sign-out",
    "worker list",
    "line serve",
    "line audit",
)


def test_the_commands_are_those() -> None:
    actions = dispatch.build_parser()._subparsers
    assert actions is not None
    (commands,) = (action for action in actions._group_actions if isinstance(action, argparse._SubParsersAction))
    assert tuple(commands.choices) == COMMANDS
    for name, parser in commands.choices.items():
        assert "--json" in parser.format_help() or name in {"worker", "line"}


@pytest.mark.parametrize("command", [*COMMANDS, *LINE_COMMANDS])
def test_help_needs_no_settings_and_shows_an_example(command: str) -> None:
    done = subprocess.run(
        [*COMMAND, *command.split(), "--help"],
        env={"PYTHONPATH": str(ROOT), "HEARD_CONFIG": "/nowhere", "HEARD_NONSENSE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert f"example: intake {command}" in done.stdout


def test_help_imports_nothing_large() -> None:
    script = "import sys\nfrom intake.commands import dispatch\ndispatch.build_parser().format_help()\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"sqlalchemy", "sqlmodel", "alembic", "starlette", "uvicorn", "cryptography", "psycopg"}


def test_init_makes_a_key_once(tmp_path: Path) -> None:
    here = Installed(tmp_path / "data")
    said = here.run("init", "--json").json
    public = VerifyKey.parse((here.data / "intake.pub").read_text())
    assert SigningKey.parse((here.data / "intake.key").read_text()).public == public
    assert said["fingerprint"] == public.fingerprint.hex()
    assert (tuple(said["words"]), tuple(said["numbers"])) == fingerprint_words(public.fingerprint)
    assert stat.S_IMODE(here.data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in here.data.iterdir()} == {0o600}
    key = (here.data / "intake.key").read_bytes()
    again = here.run("init", check=False)
    assert (again.status, again.out) == (1, "")
    assert "never replaces a key" in again.err
    assert (here.data / "intake.key").read_bytes() == key


def test_init_shows_words_and_numbers_to_compare(tmp_path: Path) -> None:
    said = Installed(tmp_path / "data").run("init").out
    assert re.search(r"^  [a-z]+( [a-z]+){5}$", said, re.MULTILINE)
    assert re.search(r"^  \d{4}( \d{4}){5}$", said, re.MULTILINE)


def test_card_is_installed_and_shown(tmp_path: Path) -> None:
    here = Installed(tmp_path / "data")
    here.run("init")
    card = samples.card()
    said = here.install(card).out
    assert " ".join(card.fingerprint_words[0]) in said
    assert " ".join(card.fingerprint_words[1]) in said
    assert "2 of 3 custodians" in said
    assert "in use already" in here.install(card).out


@pytest.mark.parametrize(
    "secret",
    [
        samples.ROOT.identity.encode(),
        samples.ROOT.minisign_key.encode().splitlines()[1],
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_card_with_a_secret_is_refused_everywhere(installed: Installed, secret: str) -> None:
    card = installed.data / "panel-card.card"
    card.write_bytes(card.read_bytes() + secret.encode() + b"\n")
    for command in (["serve", "--port", "0"], ["card", str(card)], ["check"]):
        done = installed.command(*command)
        assert done.returncode == 1
        assert "secret key" in done.stderr + done.stdout
        assert secret not in done.stderr + done.stdout


def test_serve_refuses_without_a_card_or_a_folder_or_tables(tmp_path: Path, installed: Installed) -> None:
    empty = Installed(tmp_path / "empty")
    assert "run `intake init` first" in empty.command("serve").stderr
    empty.run("init")
    assert "no panel card yet" in empty.command("serve").stderr
    (installed.data / "letters.sqlite").unlink()
    done = installed.command("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "run `intake migrate`" in done.stderr


def test_errors_are_one_sentence_and_json_for_programs(tmp_path: Path) -> None:
    here = Installed(tmp_path / "data")
    for arguments in (
        ["export", "--to", "x"],
        ["card", "x"],
        ["import", "x"],
        ["backup", "--to", "x"],
        ["restore", "x"],
    ):
        said = here.run(*arguments, check=False)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("intake: ")
        assert said.err.count("\n") == 1
        assert list(here.run(*arguments, "--json", check=False).json) == ["error"]


def test_wrong_settings_are_refused_by_every_command(installed: Installed) -> None:
    installed.settings["HEARD_PROT"] = "1"
    for command in (["init"], ["check"], ["migrate"], ["export", "--to", "."]):
        assert "did you mean HEARD_PORT?" in installed.run(*command, check=False).err


def test_a_fault_of_our_own_is_a_class_and_a_place(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("planted words")

    monkeypatch.setattr("intake.installation.parse_card", fail)
    said = installed.run("card", str(installed.data / "panel-card.card"), check=False)
    assert said.status == 1
    assert "planted" not in said.err
    assert re.search(r"RuntimeError at intake/\w+\.py:\d+", said.err)


def test_migrate_says_where_the_database_is(installed: Installed) -> None:
    assert installed.run("migrate", "--json").json == {
        "version": schema.SCHEMA_REVISION,
        "line_version": LINE_REVISION,
    }


def test_import_and_cards_leave_no_name_of_secrets_in_json(installed: Installed) -> None:
    said = json.dumps(installed.install(samples.card()).out)
    assert "AGE-SECRET" not in said


class TestCheck:
    """One sentence for each fault, each planted."""

    def faults(self, installed: Installed) -> list[str]:
        said = installed.run("check", "--json", check=False)
        found: list[str] = said.json["faults"]
        assert said.status == (1 if found else 0)
        return found

    def test_all_is_well(self, installed: Installed) -> None:
        assert self.faults(installed) == []
        said = installed.run("check").out
        assert said.startswith("All is well.\n")
        assert " ".join(installed.run("check", "--json").json["words"]) in said

    def test_nothing_there(self, tmp_path: Path) -> None:
        (first, *others) = self.faults(Installed(tmp_path / "none"))
        assert "no data folder" in first
        assert not (tmp_path / "none").exists()
        assert others

    def test_modes(self, installed: Installed) -> None:
        installed.data.chmod(0o755)
        (installed.data / "intake.key").chmod(0o644)
        first, second = self.faults(installed)
        assert "chmod 700" in first
        assert "chmod 600" in second

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("intake.key", "no intake.key"),
            ("intake.pub", "intake.pub cannot be read"),
            ("panel-card.card", "no panel card yet"),
            ("letters.sqlite", "no database yet"),
        ],
    )
    def test_missing_files(self, installed: Installed, name: str, says: str) -> None:
        (installed.data / name).unlink()
        (fault,) = self.faults(installed)
        assert says in fault

    @pytest.mark.parametrize("name", ["intake.key", "intake.pub", "panel-card.card", "letters.sqlite"])
    def test_damaged_files(self, installed: Installed, name: str) -> None:
        (installed.data / name).write_bytes(b"nonsense" * 1_000)
        assert len(self.faults(installed)) == 1

    def test_a_key_that_is_not_the_public_one(self, installed: Installed) -> None:
        (installed.data / "intake.key").write_text(SigningKey.generate().encode())
        (fault,) = self.faults(installed)
        assert "does not belong" in fault

    @pytest.mark.parametrize(("days", "says"), [(29, "expires on"), (0, "in 0 days"), (-1, "expired on")])
    def test_card_that_ends(self, installed: Installed, days: int, says: str) -> None:
        (installed.data / "panel-card.card").unlink()
        installed.install(expiring_card(days))
        (fault,) = self.faults(installed)
        assert says in fault

    def test_card_with_a_month_left_is_well(self, installed: Installed) -> None:
        (installed.data / "panel-card.card").unlink()
        installed.install(expiring_card(30))
        assert self.faults(installed) == []

    def test_little_disk(self, installed: Installed) -> None:
        installed.settings["HEARD_RESERVE_MEBIBYTES"] = "1048576"
        first, second = self.faults(installed)
        assert "disk is full" in first
        assert "MiB are free" in second

    def test_database_away(self, installed: Installed) -> None:
        installed.settings |= {"HEARD_DATABASE": "postgresql://nobody@127.0.0.1:9/none", "HEARD_DATABASE_SECONDS": "1"}
        (fault,) = self.faults(installed)
        assert "cannot be reached" in fault

    def test_database_behind(self, installed: Installed, postgresql: str) -> None:
        installed.settings["HEARD_DATABASE"] = postgresql
        (fault,) = self.faults(installed)
        assert "run `intake migrate`" in fault
        installed.run("migrate")
        assert self.faults(installed) == []


COUNTING = """
import time
from intake.commands.result import Progress
progress = Progress("letters")
for _ in range(40):
    progress.step()
    time.sleep(0.01)
progress.end()
"""


@pytest.mark.skipif(not Path("/dev/ptmx").exists(), reason="this system has no terminals")
def test_long_work_is_counted_aloud_on_a_terminal_and_nowhere_else() -> None:
    primary, secondary = os.openpty()
    subprocess.run([sys.executable, "-c", COUNTING], cwd=ROOT, stderr=secondary, check=True)
    os.close(secondary)
    shown = os.read(primary, 65_536).decode()
    os.close(primary)
    assert re.fullmatch(r"(\r\d+ letters)+\r\x1b\[K", shown)
    quiet = subprocess.run([sys.executable, "-c", COUNTING], cwd=ROOT, capture_output=True, check=True)
    assert quiet.stdout + quiet.stderr == b""
