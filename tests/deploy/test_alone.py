"""Each side installed alone, as its operator does: the intake by `make install`, the reviewer from its lock and its wheel."""

import datetime as dt
import os
import shutil
import subprocess
import urllib.parse
import urllib.request
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.card import encode_card
from crypto.panel import PanelRoot
from deploy.wheels.build import build_wheel
from deploy.wheels.project import SIDES
from tests.deploy.programs import DEPLOY, ROOT, accepts, free_port, running

INTAKE, REVIEWER = SIDES
# Two installations over the network of a slow machine.
pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Alone:
    """A side in an environment of its own."""

    name: str
    programs: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of that environment, from a folder that holds nothing of the project."""
        return subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.programs,
            env={"PATH": os.environ["PATH"], "HOME": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )


def for_pip(folder: Path) -> dict[str, str]:
    """What pip needs to know of this machine, with a home of the test's own."""
    kept = ("PATH", "PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "http_", "https_")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)} | {"HOME": str(folder)}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `make install` filled, and filled again with the same as an upgrade would."""
    clone, target = tmp_path_factory.mktemp("a clone"), tmp_path_factory.mktemp("target")
    for name in ("setup", "locks", "systemd", "intake.toml"):
        copy = shutil.copytree if (DEPLOY / name).is_dir() else shutil.copy
        (clone / "deploy").mkdir(exist_ok=True)
        copy(DEPLOY / name, clone / "deploy" / name)
    build_wheel(INTAKE, clone / "dist")
    (clone / ".venv").symlink_to(ROOT / ".venv")
    (target / "etc" / "heard").mkdir(parents=True)
    (target / "etc" / "heard" / "intake.toml").write_text("port = 8001\n")
    command = ["sh", str(clone / "deploy" / "setup" / "install.sh")]
    for _ in ("install", "upgrade"):
        subprocess.run(command, env=for_pip(clone) | {"DESTDIR": str(target)}, check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def intake(target: Path) -> Alone:
    return Alone("intake", target / "opt" / "heard" / "bin")


@pytest.fixture(scope="module")
def reviewer(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    folder = tmp_path_factory.mktemp("station")
    wheel = build_wheel(REVIEWER, folder)
    venv.create(folder / "venv", with_pip=True)
    pip = [
        str(folder / "venv" / "bin" / "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--no-deps",
    ]
    locked = [
        "--no-compile",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        str(DEPLOY / "locks" / "reviewer.txt"),
    ]
    for arguments in (locked, ["--no-compile", "--no-index", str(wheel)]):
        subprocess.run([*pip, *arguments], env=for_pip(folder), check=True, capture_output=True)
    return Alone("reviewer", folder / "venv" / "bin")


IMPORT_ALL = """
import importlib, pkgutil, sys
for package in sys.argv[1:]:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if "migrations" not in module.name:  # Alembic runs these, with what they need in place
            importlib.import_module(module.name)
"""
FIND_ANY = """
import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) for name in sys.argv[1:]))
"""
FORBIDDEN = {
    "intake": ["reviewer", "crypto.panel", "shamir_mnemonic", "hatchling", "pytest"],
    "reviewer": ["intake", "webauthn", "psycopg", "hatchling", "pytest"],
}


@pytest.fixture(params=["intake", "reviewer"])
def side(request: pytest.FixtureRequest) -> Alone:
    chosen: Alone = request.getfixturevalue(request.param)
    return chosen


def test_its_command_explains_itself(side: Alone) -> None:
    done = side.run(side.name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: {side.name}" in done.stdout


def test_nothing_of_the_other_side_can_be_imported(side: Alone) -> None:
    assert side.run("python", "-c", FIND_ANY, *FORBIDDEN[side.name]).returncode == 0
    assert side.run("python", "-c", FIND_ANY, side.name).returncode == 1


def test_all_of_its_own_can_be_imported(side: Alone) -> None:
    done = side.run("python", "-W", "error", "-c", IMPORT_ALL, side.name, "crypto")
    assert done.returncode == 0, done.stderr


def test_the_packages_fit_together(side: Alone) -> None:
    done = side.run("python", "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_the_installed_intake_serves_the_form_and_takes_an_account(intake: Alone, tmp_path: Path) -> None:
    today = dt.date.today()
    panel = PanelRoot.random().issue_card(
        inquiry="heard-demonstration",
        epoch=1,
        valid_from=today - dt.timedelta(days=2),
        valid_to=today + dt.timedelta(days=100),
        threshold=2,
        custodians=3,
        demonstration=False,
    )
    (tmp_path / "panel.card").write_bytes(encode_card(panel))
    (tmp_path / "settings.toml").write_text(f'data = "{tmp_path}/data"\n')
    settings = {"HEARD_CONFIG": str(tmp_path / "settings.toml")}
    command, port = str(intake.programs / "intake"), free_port()
    for arguments in (["init"], ["migrate"], ["card", str(tmp_path / "panel.card")]):
        subprocess.run([command, *arguments], env=settings, check=True, capture_output=True)
    with running([command, "serve", "--port", str(port)], lambda: accepts(("127.0.0.1", port)), environment=settings):
        for path, expected in (("/", b"</html>"), ("/share", b"<form"), ("/healthz", b"ok\n")):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                assert expected in answer.read()
        account = urllib.parse.urlencode({"account": "I told a teacher.", "words": "yes"}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/share", data=account, timeout=30) as answer:
            assert answer.status == 200
    checked = subprocess.run([command, "check"], env=settings, check=False, capture_output=True, text=True)
    assert checked.stdout.startswith("All is well.\n")


def test_an_installation_holds_units_and_settings_and_no_data(target: Path) -> None:
    units = {path.name for path in (target / "etc" / "systemd" / "system").iterdir()}
    assert {
        "heard-intake.service",
        "heard-intake.socket",
        "heard-intake-door.service",
        "heard-intake-check.timer",
        "heard-line.service",
        "heard-line.socket",
        "heard-line-door.service",
    } <= units
    assert (target / "etc" / "sysusers.d" / "heard-intake.conf").is_file()
    assert (target / "etc" / "heard" / "intake.toml").read_text() == "port = 8001\n"
    assert sorted(path.name for path in target.iterdir()) == ["etc", "opt"]
