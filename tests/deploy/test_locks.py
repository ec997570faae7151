"""The lock files: every package by hash, no place named, and all of them of one mind."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.programs import DEPLOY, ROOT

LOCKS = DEPLOY / "locks"
NAMES = ("build", "dev", "intake", "reviewer")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ENTRY = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[\w.+!]+)(?: ; [^\\\n]+)?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


def entries(text: str) -> dict[str, str]:
    """Locked name and version; raises ValueError for anything that is not a package with its hashes."""
    found = dict[str, str]()
    end = 0
    for match in ENTRY.finditer(text):
        if match.start() != end:
            break
        found[canonicalize_name(match["name"])] = match["version"]
        end = match.end()
    if end != len(text):
        raise ValueError(f"not a package with hashes: {text[end : end + 60]!r}")
    return found


def wanted(name: str) -> list[Requirement]:
    """What the project asks for, by lock file."""
    extras = PROJECT["project"]["optional-dependencies"]
    shared = PROJECT["project"]["dependencies"]
    lines = {
        "build": PROJECT["build-system"]["requires"],
        "dev": [*shared, *extras["intake"], *extras["reviewer"], *extras["dev"]],
        "intake": [*shared, *extras["intake"]],
        "reviewer": [*shared, *extras["reviewer"]],
    }
    return [Requirement(line) for line in lines[name]]


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_locked_by_hash(name: str) -> None:
    assert len(entries((LOCKS / f"{name}.txt").read_text("utf-8"))) > 5


GOOD = f"invented==1.0 ; python_version > '3' \\\n    --hash=sha256:{'a' * 64}\n"


@pytest.mark.parametrize(
    "bad",
    ["invented==1.0\n", "invented>=1\n", "--index-url somewhere\n", "invented @ file:///somewhere\n", "# a remark\n"],
)
def test_anything_else_would_be_noticed(bad: str) -> None:
    assert entries(GOOD) == {"invented": "1.0"}
    for text in (bad, GOOD + bad, bad + GOOD):
        with pytest.raises(ValueError, match="not a package"):
            entries(text)


@pytest.mark.parametrize("name", NAMES)
def test_the_locks_agree_with_one_another(name: str) -> None:
    everything = entries((LOCKS / "dev.txt").read_text("utf-8"))
    assert entries((LOCKS / f"{name}.txt").read_text("utf-8")).items() <= everything.items()


@pytest.mark.parametrize("name", NAMES)
def test_the_locks_fit_the_project(name: str) -> None:
    locked = entries((LOCKS / f"{name}.txt").read_text("utf-8"))
    for requirement in wanted(name):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {name}.txt: run `make lock`"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{requirement}, but {version}: run `make lock`"
        )


def test_each_side_has_only_its_own() -> None:
    intake, reviewer = (set(entries((LOCKS / f"{name}.txt").read_text("utf-8"))) for name in ("intake", "reviewer"))
    assert {"webauthn", "psycopg"} <= intake - reviewer
    assert {"shamir-mnemonic", "sqlcipher3"} <= reviewer - intake
    assert not {"pytest", "playwright", "hatchling"} & (intake | reviewer)


def test_the_build_requirements_are_printed_for_the_lock() -> None:
    command = [sys.executable, "-m", "deploy.wheels.requires"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == PROJECT["build-system"]["requires"]


def test_npm_packages_are_locked_without_places() -> None:
    lock = (ROOT / "browser" / "package-lock.json").read_text("utf-8")
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock


# Names that any client for packages is told by its own configuration, never by this project.
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg|debian|jsdelivr|unpkg)\.(org|com|net)", re.IGNORECASE)
PLACES = (
    "Makefile",
    ".ci",
    "deploy",
    "pyproject.toml",
    "browser/package.json",
    "browser/package-lock.json",
    "browser/.npmrc",
)


def places_named(root: Path) -> list[str]:
    """Files that set the project up and name a registry."""
    chosen = [path for place in PLACES for path in [root / place, *(root / place).rglob("*")] if path.is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in chosen}
    return [str(path.relative_to(root)) for path, text in texts.items() if REGISTRY.search(text)]


def test_no_registry_is_named() -> None:
    assert places_named(ROOT) == []


def test_a_registry_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("pip install --index-url https://pypi.org/simple\n")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "x.txt").write_text("https://files.pythonhosted.org/packages/x.whl\n")
    assert places_named(tmp_path) == ["Makefile", "deploy/x.txt"]
