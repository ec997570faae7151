"""The line's own backup: whoever works there, and the audit, on either engine; and what a restore refuses."""

import stat
from pathlib import Path

import pytest

from intake.line.installation import open_line_store
from intake.settings import Settings
from tests.crypto import samples
from tests.intake.installed import Installed


def founded(folder: Path, line_database: str = "") -> Installed:
    made = Installed(folder, {"HEARD_LINE_DATABASE": line_database} if line_database else {})
    made.run("init")
    made.install(samples.card())
    return made


def kept(installed: Installed) -> Path:
    """A line with three workers, one of them disabled, and its backup."""
    for name in ("jo.b", "kit", "sam"):
        installed.run("worker", "add", name)
    installed.run("worker", "disable", "kit")
    file = installed.data.parent / "line.backup"
    installed.run("line", "backup", "--to", str(file))
    return file


@pytest.mark.parametrize("engines", [("", "postgresql"), ("postgresql", "")])
def test_it_comes_back_on_either_engine(
    tmp_path: Path, engines: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    old, new = (
        founded(tmp_path / name, request.getfixturevalue(engine) if engine else "")
        for name, engine in zip(("old", "new"), engines, strict=True)
    )
    file = kept(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (new.data / "line.key").write_bytes((old.data / "line.key").read_bytes())
    assert new.run("line", "restore", str(file), "--json").json == {"workers": 3}
    for command in (("worker", "list", "--json"), ("line", "audit", "--json")):
        assert new.run(*command).json == old.run(*command).json
    again = new.run("line", "restore", str(file), check=False)
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert "only into a line that has none" in again.err


def test_with_another_key_nothing_is_restored(tmp_path: Path) -> None:
    old, new = founded(tmp_path / "old"), founded(tmp_path / "new")
    refused = new.run("line", "restore", str(kept(old)), check=False)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "bring the line.key that belongs to this backup" in refused.err
    assert new.run("worker", "list", "--json").json == {"workers": []}


def test_no_session_no_browser_and_no_key_is_in_it(tmp_path: Path) -> None:
    old = founded(tmp_path / "old")
    content = kept(old).read_bytes()
    assert (old.data / "line.key").read_bytes().strip() not in content
    assert b'"table":"workers"' in content
    assert b'"table":"sessions"' not in content
    assert b'"table":"devices"' not in content


@pytest.mark.parametrize("change", ["cut", "altered", "of the letters"])
def test_what_is_no_backup_of_a_line_is_refused(tmp_path: Path, change: str) -> None:
    old, new = founded(tmp_path / "old"), founded(tmp_path / "new")
    file = kept(old)
    if change == "of the letters":
        old.run("backup", "--to", str(file))
    else:
        content = file.read_bytes()
        file.write_bytes(content[:-9] if change == "cut" else content.replace(b"jo.b", b"jo.c", 1))
    refused = new.run("line", "restore", str(file), check=False)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    store = open_line_store(Settings.read(new.environment))
    assert list(store.workers()) == []
    store.close()


def test_the_letters_backup_refuses_the_lines(tmp_path: Path) -> None:
    file = kept(founded(tmp_path / "old"))
    refused = Installed(tmp_path / "empty").run("restore", str(file), check=False)
    assert "not a backup of Heard's intake" in refused.err
