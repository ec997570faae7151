"""The serving process starts itself anew with memory that is overwritten when freed, and leaves no dump or file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intake import process

ROOT = Path(__file__).parents[2]

RENEWED = """
import os, sys
from intake.process import renew
warnings = renew()
print(os.environ["PYTHONMALLOC"], os.environ["GLIBC_TUNABLES"], os.environ["TMPDIR"], warnings)
print(sorted(name for name in os.environ if name.startswith("PYTHON")), len(sys.orig_argv))
"""

# Frees many short texts and one long one, then counts what of them is still in this process's memory.
SEARCHED = """
import gc, secrets, sys
from pathlib import Path
if sys.argv[1] == "renewed":
    from intake.process import renew
    assert renew() == []
marker = secrets.token_hex(12)
texts = [marker + "x" * (length - len(marker) - 6) + f"{length:06}" for length in [200, 900, 4_000, 70_000] * 50]
encoded = [text.encode() for text in texts]
wanted = marker.encode()[4:]
del texts, encoded, marker
gc.collect()
found = 0
with Path("/proc/self/maps").open() as maps, Path("/proc/self/mem").open("rb", 0) as memory:
    for line in maps:
        place, rights, *rest = line.split()
        if rights[0] != "r" or rest[-1].startswith("[v"):
            continue
        start, end = (int(part, 16) for part in place.split("-"))
        memory.seek(start)
        content = memory.read(end - start)
        found += content.count(wanted)
        del content
print(found)
"""

HARDENED = """
import resource, tempfile
from pathlib import Path
from intake.process import harden
assert harden() == []
print(resource.getrlimit(resource.RLIMIT_CORE), Path("/proc/self/status").stat().st_uid)
for make in (tempfile.TemporaryFile, tempfile.NamedTemporaryFile, tempfile.mkdtemp):
    try:
        make()
    except OSError as error:
        print(type(error).__name__)
spool = tempfile.SpooledTemporaryFile(max_size=10)
try:
    spool.write(b"more than ten bytes")
except OSError as error:
    print(type(error).__name__)
import ctypes
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def run(script: str, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GLIBC_"))}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_starts_itself_anew_once_with_the_same_arguments() -> None:
    said = run(
        RENEWED, "an argument", PYTHONFAULTHANDLER="1", PYTHONASYNCIODEBUG="1", GLIBC_TUNABLES="glibc.malloc.check=1"
    )
    first, second = said.splitlines()
    tunables = "glibc.malloc.check=1:glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
    assert first == f"malloc {tunables} /dev/null/no-temporary-files []"
    assert second == "['PYTHONMALLOC', 'PYTHONPATH'] 4"


def test_other_values_of_our_tunables_are_replaced() -> None:
    wanted = process.wanted_environment({"GLIBC_TUNABLES": "glibc.malloc.perturb=0:glibc.cpu.x86_ibt=on"})
    assert wanted["GLIBC_TUNABLES"] == "glibc.cpu.x86_ibt=on:glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
    assert process.wanted_environment(wanted) == wanted


def test_without_glibc_it_warns_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_has_glibc", lambda: False)
    (warning,) = process.renew()
    assert "no glibc" in warning


def test_when_it_cannot_start_anew_it_warns_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "execve", refuse)
    (warning,) = process.renew()
    assert "could not be made" in warning


def test_freed_text_is_overwritten() -> None:
    plain, renewed = int(run(SEARCHED, "plain")), int(run(SEARCHED, "renewed"))
    # The losing control: without the settings most of the 400 copies are still there.
    assert plain > 100
    # What remains are the marker's own few copies, which the search itself holds.
    assert renewed < 20


def test_no_core_dump_no_tracing_no_temporary_file() -> None:
    limits, *refused, dumpable = run(HARDENED).splitlines()
    assert limits.startswith("(0, 0)")
    assert refused == ["NotADirectoryError"] * 4
    assert dumpable == "0"
