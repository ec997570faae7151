"""The scripts behind `make run`, `make test` and `make install`, on machines that lack something."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.programs import DEPLOY, ROOT

ORDINARY = ("sh", "cat", "cut", "dirname", "id", "sha256sum", "readlink", "mkdir", "cp", "ls", "tail", "env")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with ordinary programs only, to be the whole PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ORDINARY:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def add(machine: Path, name: str, script: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine / name).chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with what the scripts look at."""
    folder = tmp_path / "a clone"
    (folder / "deploy").mkdir(parents=True)
    for name in ("setup", "locks", "systemd"):
        shutil.copytree(DEPLOY / name, folder / "deploy" / name)
    shutil.copy(DEPLOY / "intake.toml", folder / "deploy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(
    clone: Path, machine: Path, script: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(clone / "deploy" / "setup" / script), *arguments]
    only = {"PATH": str(machine), **environment}
    return subprocess.run(command, env=only, cwd="/", capture_output=True, text=True, check=False)


def test_an_old_python_is_refused_in_one_sentence(clone: Path, machine: Path) -> None:
    add(machine, "python3", "exit 1")
    done = run(clone, machine, "environment.sh", "run")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(
    ("user", "told"), [("1000", "sudo sh -c 'apt-get update && apt-get install -y python3.12-venv'")]
)
def test_a_python_without_venv_is_told_what_to_install(clone: Path, machine: Path, user: str, told: str) -> None:
    add(machine, "python3", 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.12 ;; esac')
    add(machine, "apt-get", "exit 1")
    (machine / "id").unlink()
    add(machine, "id", f"echo {user}")
    done = run(clone, machine, "environment.sh", "run")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert told in done.stderr


def test_root_has_the_missing_part_of_python_installed(clone: Path, machine: Path) -> None:
    add(
        machine,
        "python3",
        'case "$1$2" in *ensurepip*) exit 1 ;; *print*) echo python3.12 ;; -m*) echo "$@" >&2; exit 3 ;; esac',
    )
    add(machine, "apt-get", 'echo "apt-get $*"')
    (machine / "id").unlink()
    add(machine, "id", "echo 0")
    done = run(clone, machine, "environment.sh", "run")
    assert "apt-get update\napt-get install -y python3.12-venv" in done.stderr
    assert "-m venv --clear .venv" in done.stderr


def test_missing_programs_are_named_with_the_line_that_installs_them(clone: Path, machine: Path) -> None:
    add(machine, "minisign", "")
    done = run(clone, machine, "tools.sh")
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends chromium " in done.stderr
    assert "minisign" not in done.stderr


def test_nothing_is_said_when_every_program_is_there(clone: Path, machine: Path) -> None:
    for name in (
        "chromium",
        "firefox-esr",
        "minisign",
        "nginx",
        "tor",
        "caddy",
        "systemd-analyze",
        "wrk",
        "lynx",
        "w3m",
    ):
        add(machine, name, "")
    for name in ("tmux", "WebKitWebDriver", "Xvfb", "pdftoppm", "zbarimg", "gpg"):
        add(machine, name, "")
    add(machine, "ldconfig", "echo other.so.1")
    done = run(clone, machine, "tools.sh")
    assert done.returncode == 1
    assert "--no-install-recommends libpangoft2-1.0-0 " in done.stderr
    add(machine, "ldconfig", "echo libpangoft2-1.0.so.0")
    done = run(clone, machine, "tools.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_installing_asks_for_the_wheel_first(clone: Path, machine: Path) -> None:
    done = run(clone, machine, "install.sh", DESTDIR="/nonexistent")
    assert done.returncode == 1
    assert "make build" in done.stderr
