"""The browser's own tests, its committed bundle, and what is generated from Python."""

import base64
import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.browser.node import BROWSER, ROOT, node_command, npm_command, run

STATIC = ROOT / "intake" / "static"
HOST = re.compile(r"https?://[^\"]*\.tgz|registry\.", re.IGNORECASE)


def python(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that the builds read and write, in another folder, to spoil."""
    folder = tmp_path_factory.mktemp("copy")
    for part in ("browser", "crypto", "deploy/wordlist", "intake/static", "reviewer/room/static", "tests/vectors"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@contextlib.contextmanager
def one_byte_more(path: Path) -> Iterator[None]:
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    yield
    path.write_bytes(content)


def test_its_own_tests_pass() -> None:
    output = run([*npm_command(), "test"]).stdout
    counts = dict(re.findall(r"^ℹ (\w+) (\d+)$", output, re.MULTILINE))
    assert int(counts["pass"]) == int(counts["tests"]) > 200


def test_committed_files_are_what_the_sources_build() -> None:
    assert run([*node_command(), "build.js", "--check"]).stderr == ""


def test_the_same_bytes_are_built_elsewhere_and_one_changed_byte_is_found(copy: Path) -> None:
    command = [*node_command(), str(copy / "browser" / "build.js"), "--check"]
    assert run(command).stderr == ""
    for name in ("form.js", "worker.js", "site.css", "manifest.json"):
        with one_byte_more(copy / "intake" / "static" / name):
            done = run(command, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith(f"intake/static/{name} differs")
        assert done.stderr.count("differs") == 1


def test_a_missing_entry_is_named(copy: Path) -> None:
    entry = copy / "browser" / "src" / "form.js"
    content = entry.read_bytes()
    entry.unlink()
    done = run([*node_command(), str(copy / "browser" / "build.js"), "--check"], check=False)
    entry.write_bytes(content)
    assert (done.returncode, done.stderr) == (
        1,
        "The browser bundle could not be built: browser/src/form.js is missing\n",
    )


def compressed_wrongly(folder: Path) -> list[str]:
    """Name the files of the manifest whose compressed copy does not hold them, and copies of nothing."""
    names = set(json.loads((folder / "manifest.json").read_text()))
    return sorted(
        {path.stem for path in folder.glob("*.br")} ^ names
        | {
            name
            for name in names
            if brotli.decompress((folder / f"{name}.br").read_bytes()) != (folder / name).read_bytes()
        }
    )


def test_compressed_copies_hold_the_files_and_one_that_holds_another_is_found(copy: Path) -> None:
    assert compressed_wrongly(STATIC) == []
    folder = copy / "intake" / "static"
    assert compressed_wrongly(folder) == []
    kept = (folder / "leave.js.br").read_bytes()
    # Other settings write other bytes for the same content.
    (folder / "leave.js.br").write_bytes(brotli.compress((folder / "leave.js").read_bytes(), quality=5))
    assert compressed_wrongly(folder) == []
    assert run([*node_command(), str(copy / "browser" / "build.js"), "--check"]).stderr == ""
    (folder / "leave.js.br").write_bytes(brotli.compress(b"something else"))
    assert compressed_wrongly(folder) == ["leave.js"]
    assert (
        "leave.js.br differs"
        in run([*node_command(), str(copy / "browser" / "build.js"), "--check"], check=False).stderr
    )
    (folder / "leave.js.br").write_bytes(kept)


def test_manifest_lists_everything_that_is_served() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    assert set(manifest) == {path.name for path in STATIC.iterdir() if path.suffix in (".js", ".css", ".svg")}
    assert set(manifest) >= {"form.js", "worker.js", "worker-return.js", "site.css"}
    for name, entry in manifest.items():
        digest = hashlib.sha256((STATIC / name).read_bytes()).digest()
        expected = {"sha256": digest.hex(), "integrity": "sha256-" + base64.b64encode(digest).decode()}
        assert entry == expected


GENERATED = (BROWSER / "constants.py", ROOT / "tests" / "vectors" / "build.py")


@pytest.mark.parametrize("script", GENERATED, ids=lambda path: path.name)
def test_generated_files_are_up_to_date(script: Path) -> None:
    done = python(script, "--check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("browser/constants.py", "browser/src/constants.generated.js"),
        ("browser/constants.py", "browser/src/wordlist.generated.js"),
        ("tests/vectors/build.py", "tests/vectors/cards.json"),
    ],
)
def test_one_changed_byte_of_a_generated_file_is_found(copy: Path, script: str, output: str) -> None:
    assert python(copy / script, "--check").returncode == 0
    with one_byte_more(copy / output):
        done = python(copy / script, "--check")
    assert done.returncode == 1
    assert Path(output).name in done.stderr


def unlocked(lock: str) -> list[str]:
    """Return the packages that a lock file names without a hash, or with the host they came from."""
    packages = json.loads(lock)["packages"]
    loose = [name for name, entry in packages.items() if name and not entry.get("integrity", "").startswith("sha512-")]
    return loose + HOST.findall(lock)


def test_every_package_is_locked_by_its_hash_and_no_host_is_named() -> None:
    lock = (BROWSER / "package-lock.json").read_text()
    assert unlocked(lock) == []
    planted = json.loads(lock)
    name = next(name for name in planted["packages"] if name.endswith("age-encryption"))
    planted["packages"][name]["resolved"] = "https://registry.example/age-encryption-0.3.1.tgz"
    del planted["packages"][name]["integrity"]
    assert len(unlocked(json.dumps(planted))) >= 2


def test_installing_runs_no_script_of_any_package() -> None:
    assert "ignore-scripts=true" in (BROWSER / ".npmrc").read_text().splitlines()
