"""The two wheels: what is in them, that they are the same bytes each time, and that each works alone."""

import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from deploy.wheels.build import build_wheel
from deploy.wheels.project import SIDES, Side, WheelError, root_project, side_files
from tests.deploy.programs import ROOT

INTAKE, REVIEWER = SIDES
PROJECT = root_project()["project"]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return {side.name: build_wheel(side, folder) for side in SIDES}


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        message = Parser().parsestr(archive.read(name).decode())
    return {key: message.get_all(key, []) for key in ("Name", "Version", "Requires-Dist", "License-Expression")}


def test_the_intake_wheel_holds_one_side(wheels: dict[str, Path]) -> None:
    names = contents(wheels["intake"])
    assert {name.split("/")[0] for name in names} == {"crypto", "intake", "templates"}
    assert "crypto/panel.py" not in names
    # For somebody's own words, in the one package that may: which modules that is, import contracts hold.
    assert {"crypto/opening.py", "intake/unscripted/opening.py"} <= names
    assert not [name for name in names if name.startswith("templates/station/")]
    assert {"crypto/sealing.py", "intake/cli.py", "intake/static/manifest.json", "intake/static/worker.js"} <= names
    assert [name for name in names if name.startswith("intake/migrations/versions/")]
    assert [name for name in names if name.startswith("templates/survivor/")]


def test_the_reviewer_wheel_holds_the_other(wheels: dict[str, Path]) -> None:
    names = contents(wheels["reviewer"])
    assert {name.split("/")[0] for name in names} <= {"crypto", "reviewer", "templates"}
    assert {"crypto/opening.py", "crypto/panel.py", "reviewer/cli.py"} <= names
    assert not [name for name in names if name.startswith(("templates/survivor/", "intake"))]


def test_nothing_is_in_a_wheel_by_chance(wheels: dict[str, Path]) -> None:
    for name, wheel in wheels.items():
        for packed in contents(wheel):
            assert (ROOT / packed).is_file(), name
            assert not packed.endswith((".pyc", ".sqlite", ".key", ".env", "~"))


@pytest.mark.parametrize("side", SIDES, ids=lambda side: str(side.name))
def test_the_metadata_comes_from_the_project(wheels: dict[str, Path], side: Side) -> None:
    told = metadata(wheels[side.name])
    assert told["Name"] == [f"heard-{side.name}"]
    assert told["Version"] == [PROJECT["version"]]
    assert told["License-Expression"] == [PROJECT["license"]]
    expected = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"][side.name]}
    assert set(told["Requires-Dist"]) == expected
    with zipfile.ZipFile(wheels[side.name]) as archive:
        folder = f"heard_{side.name}-{PROJECT['version']}.dist-info"
        commands = archive.read(f"{folder}/entry_points.txt").decode().strip()
        assert commands == f"[console_scripts]\n{side.name} = {PROJECT['scripts'][side.name]}"
        for name in PROJECT["license-files"]:
            assert archive.read(f"{folder}/licenses/{name}") == (ROOT / name).read_bytes()


def test_the_same_tree_gives_the_same_bytes(wheels: dict[str, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.wheels.build", "--to", str(tmp_path)]
    # Another process with another mask for modes, another time zone, another order of hashes, at another time.
    other = {**os.environ, "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, cwd=ROOT, env=other, umask=0o077, capture_output=True, text=True, check=True)
    built = [Path(line) for line in done.stdout.splitlines()]
    assert [path.read_bytes() for path in built] == [wheel.read_bytes() for wheel in wheels.values()]
    subprocess.run(command, cwd=ROOT, env={**other, "SOURCE_DATE_EPOCH": "1700000000"}, check=True, capture_output=True)
    assert [path.read_bytes() for path in built] != [wheel.read_bytes() for wheel in wheels.values()]


def test_a_template_folder_that_nobody_claims_is_noticed(tmp_path: Path) -> None:
    for package in ("crypto", "intake", "templates/surprise"):
        (tmp_path / package).mkdir(parents=True)
    (tmp_path / "templates" / "surprise" / "page.html").write_text("")
    with pytest.raises(WheelError, match="templates/surprise"):
        side_files(INTAKE, tmp_path)
