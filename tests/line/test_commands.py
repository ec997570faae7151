"""The operator's commands for the line, on a real installation, and the process itself."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, delete, inspect
from sqlalchemy.schema import CreateTable

from crypto.card import PanelCard
from crypto.constants import Purpose
from intake.errors import PanelCardError
from intake.line import schema
from intake.line.codes import code_digest
from intake.line.installation import open_line_store, shares_a_server
from intake.line.letterbox import check_practice
from intake.migration import LINE
from intake.settings import Settings
from tests.crypto import samples
from tests.intake.installed import COMMAND, ROOT, Installed

SERVE = (*COMMAND, "line", "serve", "--port", "0")


def test_accounts_by_command(installed: Installed) -> None:
    added = installed.run("worker", "add", "Jo.B", "--role", "supervisor", "--json").json
    assert added["name"] == "jo.b"
    assert len(added["first_password"]) == 29
    said = installed.run("worker", "add", "sam").out
    assert "First password, shown only now:" in said
    assert "in person" in said
    assert installed.run("worker", "list", "--json").json["workers"] == [
        {"name": "jo.b", "role": "supervisor", "state": "invited"},
        {"name": "sam", "role": "worker", "state": "invited"},
    ]
    assert installed.run("worker", "disable", "sam", "--json").json == {"name": "sam", "state": "disabled"}
    assert "sam: worker, disabled" in installed.run("worker", "list").out
    again = installed.run("worker", "reset", "sam", "--json").json["first_password"]
    store = open_line_store(Settings.read(installed.environment))
    worker = store.worker_named("sam")
    store.close()
    assert worker is not None
    assert (worker.state, worker.first, worker.password) == ("invited", code_digest(again), None)
    assert installed.run("worker", "sign-out", "--all", "--json").json == {"ended": 0}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "jo b"], "choose one like jo.b"),
        (["add", "-"], "choose one like jo.b"),
        (["add", "x" * 70], "choose one like jo.b"),
        (["add", "here"], "There is a worker here already; `intake worker reset here`"),
        (["reset", "nobody"], "There is no worker nobody; `intake worker list`"),
        (["disable", "nobody"], "There is no worker nobody"),
        (["sign-out", "nobody"], "There is no worker nobody"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(installed: Installed, arguments: list[str], says: str) -> None:
    installed.run("worker", "add", "here")
    refused = installed.run("worker", *arguments, "--json", check=False)
    assert refused.status == 1
    assert says in refused.json["error"]
    assert refused.err.count("\n") == 1


def test_the_audit_by_command(installed: Installed) -> None:
    for name in ("jo.b", "sam"):
        installed.run("worker", "add", name)
    told = installed.run("line", "audit").out
    assert "jo.b  added  operator, as worker" in told
    assert "All 2 entries follow from each other." in told
    head = installed.run("line", "audit", "--json").json["head"]
    installed.run("worker", "add", "kim")
    assert installed.run("line", "audit", "--head", head.upper()).status == 0
    assert installed.run("check").status == 0
    store = open_line_store(Settings.read(installed.environment))
    with store._engine.begin() as connection:
        connection.execute(delete(schema.audit).where(schema.audit.c.number >= 2))
    store.close()
    assert installed.run("line", "audit").status == 0
    cut = installed.run("line", "audit", "--head", head, "--json", check=False)
    assert (cut.status, len(cut.json["faults"])) == (1, 1)
    store = open_line_store(Settings.read(installed.environment))
    with store._engine.begin() as connection:
        connection.execute(schema.audit.update().values(worker="kim"))
    store.close()
    for command in (["line", "audit"], ["check"]):
        assert "Entry 1 of the audit was altered" in installed.run(*command, check=False).out


def test_the_line_has_files_of_its_own(installed: Installed) -> None:
    for name in ("line.sqlite", "line.key"):
        assert stat.S_IMODE((installed.data / name).stat().st_mode) == 0o600
    key = (installed.data / "line.key").read_bytes()
    installed.run("migrate")
    assert (installed.data / "line.key").read_bytes() == key


def test_an_installation_from_before_gets_one_by_migrating(installed: Installed) -> None:
    for name in ("line.sqlite", "line.key"):
        (installed.data / name).unlink()
    assert "no line.key in the data folder; run `intake migrate`" in installed.run("worker", "list", check=False).err
    assert "run `intake migrate`" in installed.run("check", check=False).out
    installed.run("migrate")
    installed.run("worker", "list")
    assert installed.run("check").status == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"HEARD_LINE_DATABASE": "mysql://x"}, "line_database must be a URL like"),
        ({"HEARD_LINE_DATABASE": "sqlite:////x", "HEARD_DATABASE": "sqlite:////x"}, "must name another database"),
        ({"HEARD_LINE_ORIGIN": "http://line.example.org"}, "only http://localhost works"),
        ({"HEARD_LINE_ORIGIN": "https://line.example.org/"}, "without a path"),
        ({"HEARD_LINE_ORIGIN": "https://LINE.example.org"}, "must be like https://line.example.org"),
        ({"HEARD_LINE_SESSION_HOURS": "13"}, "from 1 to 12"),
    ],
)
def test_settings_that_cannot_be(installed: Installed, settings: dict[str, str], says: str) -> None:
    installed.settings = settings
    assert says in installed.run("worker", "list", check=False).err


def test_a_database_of_the_letters_is_refused_also_by_its_default(installed: Installed) -> None:
    installed.settings = {"HEARD_LINE_DATABASE": f"sqlite:///{installed.data / 'letters.sqlite'}"}
    assert "must name another database" in installed.run("migrate", check=False).err


@pytest.mark.parametrize(
    ("letters", "line", "shares"),
    [
        ("postgresql://a@localhost/x", "postgresql://b@localhost/y", True),
        ("postgresql://a@localhost/x", "postgresql://b@localhost:5432/y", True),
        ("postgresql:///x?host=/run/a", "postgresql+psycopg:///y?host=/run/a", True),
        ("postgresql://a@localhost/x", "postgresql://b@localhost:5433/y", False),
        ("postgresql://a@localhost/x", "", False),
        ("", "postgresql://b@localhost/y", False),
        ("", "", False),
    ],
)
def test_one_postgresql_for_both_is_named(letters: str, line: str, shares: bool) -> None:
    assert shares_a_server(Settings(database=letters, line_database=line)) is shares


def test_it_serves_and_ends(installed: Installed) -> None:
    with installed.start(SERVE) as http:
        assert installed.url.startswith("http://localhost:")
        assert http.get("/").headers["location"] == "/sign-in"
        assert http.get("/sign-in").status_code == 200
        assert installed.stop() == 0
    assert installed.errors.read_text() == ""


def test_each_site_works_when_the_other_is_down(installed: Installed, tmp_path: Path) -> None:
    (installed.data / "line.sqlite").rename(tmp_path / "line.sqlite")
    (installed.data / "line.key").rename(tmp_path / "line.key")
    with installed.start() as http:
        assert http.get("/share").status_code == 200
        done = installed.command("line", "serve", "--port", "0")
        assert (done.returncode, "intake migrate" in done.stderr) == (1, True)
    for name in ("line.sqlite", "line.key"):
        (tmp_path / name).rename(installed.data / name)
    (installed.data / "letters.sqlite").rename(tmp_path / "letters.sqlite")
    with installed.start(SERVE) as http:
        assert http.get("/sign-in").status_code == 200


def test_it_refuses_without_tables_and_says_what_to_do(installed: Installed) -> None:
    (installed.data / "line.sqlite").unlink()
    done = installed.command("line", "serve", "--port", "0", "--json")
    assert done.returncode == 1
    assert "run `intake migrate`" in json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr


def test_its_process_keeps_no_memory_behind(installed: Installed) -> None:
    """Started anew with the memory settings of `intake serve`."""
    with installed.start(SERVE):
        assert installed.server is not None
        environment = Path(f"/proc/{installed.server.pid}/environ")
        if os.geteuid() == 0:
            assert b"glibc.malloc.perturb" in environment.read_bytes()


def test_no_log_says_who_signed_in(installed: Installed) -> None:
    first = installed.run("worker", "add", "planted-name", "--json").json["first_password"]
    headers = {"sec-fetch-site": "same-origin"}
    with installed.start(SERVE) as http:
        for password in (first, "planted wrong password"):
            http.post("/sign-in", data={"name": "planted-name", "password": password}, headers=headers)
        with pytest.raises(httpx.HTTPStatusError):
            http.get("/nothing/planted-path").raise_for_status()
    assert "planted" not in installed.errors.read_text()


def test_the_migrations_make_the_tables_of_the_schema(installed: Installed) -> None:
    engine = create_engine(f"sqlite:///{installed.data / 'line.sqlite'}")
    found = inspect(engine)
    for table in schema.metadata.sorted_tables:
        columns = {one["name"]: (str(one["type"]), one["nullable"]) for one in found.get_columns(table.name)}
        wanted = {one.name: (str(one.type.compile(engine.dialect)), bool(one.nullable)) for one in table.columns}
        assert columns == wanted, CreateTable(table)
        assert {one["name"] for one in found.get_indexes(table.name)} == {one.name for one in table.indexes}
        checks = {one["name"] for one in found.get_check_constraints(table.name)}
        assert checks == {
            f"ck_{table.name}_{name}" for name in ("role", "state", "stage") if f"ck_{table.name}_{name}" in checks
        }
    assert set(found.get_table_names()) == {*schema.metadata.tables, schema.VERSION_TABLE}
    engine.dispose()
    newest = max(path.name for path in (LINE / "versions").glob("[0-9]*.py"))
    assert newest.startswith(schema.LINE_REVISION)


def test_the_survivors_site_loads_nothing_of_the_line() -> None:
    script = "import sys, intake.app\nprint(*sorted(name for name in sys.modules if name.startswith('intake.line') or name in {'webauthn', 'pyotp'}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


class TestPractice:
    """A demonstration's card and what callers say never meet."""

    def test_a_real_card_refuses_practice(self, installed: Installed) -> None:
        installed.settings["HEARD_LINE_PRACTICE"] = "yes"
        refused = installed.command("line", "serve", "--port", "0")
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "The card here is a real one" in refused.stderr

    @pytest.mark.parametrize("purpose", ["panel", "lead"])
    def test_a_demonstrations_card_is_taken_for_practice_alone(self, purpose: Purpose) -> None:
        card = samples.card() if purpose == "panel" else samples.lead_card()
        with pytest.raises(PanelCardError, match="only with the setting line_practice"):
            check_practice(replace(card, demonstration=True), is_practice=False)
        check_practice(replace(card, demonstration=True), is_practice=True)
        check_practice(card, is_practice=False)

    def test_a_practice_line_starts_on_a_demonstrations_card(self, tmp_path: Path) -> None:
        practice = Installed(tmp_path / "practice", {"HEARD_LINE_PRACTICE": "yes"})
        practice.run("init")
        practice.install(demonstration_card())
        with practice.start(SERVE) as http:
            assert "Practice line" in http.get("/sign-in").text
        practice.settings.clear()
        refused = practice.command("line", "serve", "--port", "0")
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def demonstration_card() -> PanelCard:
    return samples.ROOT.issue_card(
        inquiry="heard-demonstration",
        epoch=1,
        valid_from=date(2026, 11, 1),
        valid_to=date(2126, 11, 1),
        threshold=1,
        custodians=1,
        demonstration=True,
    )


def test_the_line_can_have_a_folder_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "line"
    installed = Installed(tmp_path / "data", {"HEARD_LINE_DATA": str(own)})
    installed.run("init")
    installed.install(samples.card())
    installed.run("worker", "add", "jo.b")
    assert {path.name for path in own.iterdir()} >= {"line.sqlite", "line.key"}
    assert list(installed.data.glob("line*")) == []
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert installed.run("check").status == 0
    own.chmod(0o755)
    assert f"chmod 700 {own}" in installed.run("check", check=False).out
    with installed.start(SERVE) as http:
        assert http.get("/sign-in").status_code == 200
