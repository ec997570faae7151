"""The systemd units, checked by systemd's own programs."""

import re
import subprocess
from pathlib import Path

import pytest

from intake.process import wanted_environment
from intake.settings import Settings
from tests.deploy.programs import DEPLOY, adapted, program

UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir() if path.suffix in {".service", ".socket", ".timer"})
SERVICES = [name for name in UNITS if name.endswith(".service")]
EXPOSURE = "5"  # tenths: 0.5 of 10; a bare unit for a Python service has 96


def installed(folder: Path, **changes: str) -> list[str]:
    """Write all units into `folder`, with a command that exists on every machine; return their paths."""
    for name in UNITS:
        text = adapted(f"systemd/{name}", {}).replace("/opt/heard/bin/intake", "/bin/true")
        for old, new in changes.items():
            text = text.replace(old + "=yes\n", new)
        (folder / name).write_text(text)
    return [str(folder / name) for name in UNITS]


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [program("systemd-analyze"), "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_units_are_those_that_are_expected() -> None:
    assert UNITS == [
        "heard-intake-check.service",
        "heard-intake-check.timer",
        "heard-intake-door.service",
        "heard-intake.service",
        "heard-intake.socket",
        "heard-line-door.service",
        "heard-line.service",
        "heard-line.socket",
    ]


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    done = analyze("verify", *installed(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_line_that_systemd_does_not_know_would_be_noticed(tmp_path: Path) -> None:
    done = analyze("verify", *installed(tmp_path, PrivateNetwork="PrivateNetwrok=yes\n"))
    assert "PrivateNetwrok" in done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_exposure(tmp_path: Path, name: str) -> None:
    installed(tmp_path)
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(tmp_path / name))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_a_softer_unit_would_be_noticed(tmp_path: Path, name: str) -> None:
    installed(tmp_path, PrivateNetwork="", MemoryDenyWriteExecute="")
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(tmp_path / name))
    assert done.returncode != 0


@pytest.mark.parametrize("name", SERVICES)
def test_no_core_and_no_swap(name: str) -> None:
    lines = (DEPLOY / "systemd" / name).read_text("utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0", "MemoryDenyWriteExecute=yes", "UMask=0077"} <= set(lines)


def unit_environment(name: str) -> dict[str, str]:
    text = (DEPLOY / "systemd" / name).read_text("utf-8")
    return dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["heard-intake.service", "heard-line.service"])
def test_the_unit_gives_the_memory_settings_that_the_intake_asks_for(name: str) -> None:
    environment = unit_environment(name)
    assert {"PYTHONMALLOC", "GLIBC_TUNABLES", "TMPDIR"} <= environment.keys()
    assert wanted_environment(environment) == environment
    assert wanted_environment({**environment, "PYTHONMALLOC": "debug"}) != {**environment, "PYTHONMALLOC": "debug"}


def test_the_sample_settings_are_settings() -> None:
    sample = DEPLOY / "intake.toml"
    assert Settings.read({"HEARD_CONFIG": str(sample)}) == Settings(line_data="/var/lib/heard-line")
    lines = re.findall(r"^# (\w+) = (.*)$", sample.read_text("utf-8"), re.MULTILINE)
    assert {name for name, _ in lines} == {"data", "unscripted_form", "database", "line_origin"}


def lines_of(name: str, key: str) -> set[str]:
    text = (DEPLOY / "systemd" / name).read_text("utf-8")
    return {word for line in re.findall(rf"^{key}=(.*)$", text, re.MULTILINE) for word in line.split()}


def test_neither_site_sees_what_only_the_other_needs() -> None:
    assert "-/var/lib/heard-line" in lines_of("heard-intake.service", "InaccessiblePaths")
    assert "-/var/lib/heard/intake.key" in lines_of("heard-line.service", "InaccessiblePaths")
    assert lines_of("heard-intake.service", "StateDirectory") == {"heard"}
    assert lines_of("heard-line.service", "StateDirectory") == {"heard", "heard-line"}


def test_either_site_starts_without_the_other() -> None:
    """Neither names the other, nor migrates what the other writes to."""
    for name, other in (("heard-intake.service", "heard-line"), ("heard-line.service", "heard-intake")):
        for key in ("Requires", "Wants", "BindsTo", "PartOf", "After"):
            assert not any(unit.startswith(other) for unit in lines_of(name, key))
    assert lines_of("heard-intake.service", "ExecStartPre") >= {"migrate", "--only", "letters"}
    assert lines_of("heard-line.service", "ExecStartPre") >= {"migrate", "--only", "line"}


def test_the_users_are_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        [program("systemd-sysusers"), f"--root={tmp_path}", str(DEPLOY / "systemd" / "heard-intake.sysusers.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    users = [line.split(":") for line in (tmp_path / "etc" / "passwd").read_text().splitlines()]
    shells = {user[0]: user[-1] for user in users}
    assert {"heard-intake", "heard-door"} <= set(shells)
    assert all(shells[name].endswith("nologin") for name in ("heard-intake", "heard-door"))
