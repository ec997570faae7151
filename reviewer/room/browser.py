"""The station's own browser, with a profile that lives in memory and ends with the room.

What Chromium would keep goes where its profile, its home and its caches are: all in one folder that `memory` gave. Its answers have
`no-store` and its fields `autocomplete="off"`, since with the first alone it keeps what was typed for going back.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from reviewer.errors import RoomError
from reviewer.room.entrance import ENTER, FIELD

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
# What a browser needs to reach the screen and a screen reader; nothing else of the environment is passed on.
_PASSED: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "AT_SPI_BUS_ADDRESS",
)
_FLAGS: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication,InterestFeedContentSuggestions",
    "--no-pings",
    "--no-service-autorun",
    "--password-store=basic",
    "--incognito",
)
# Chromium's preference: 3 lets nothing be downloaded.
_PREFERENCES: Final = {
    "download_restrictions": 3,
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False, "default_content_setting_values": {"notifications": 2}},
    "autofill": {"enabled": False, "profile_enabled": False, "credit_card_enabled": False},
    "browser": {"enable_spellchecking": False},
    "search": {"suggest_enabled": False},
    "translate": {"enabled": False},
}
_SECONDS_TO_END: Final = 10
# Of util-linux: the browser must not outlive a room that was killed.
_SETPRIV: Final = "setpriv"
# A file, so that the key stands in no command line, address or history. It has a button for where no script runs.
_LAUNCH: Final = Template("""\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Reading room</title>
<form method="post" action="$action"><input type="hidden" name="$field" value="$key"><button>Enter the reading room</button></form>
<script>document.forms[0].submit()</script>
</html>
""")


def find_browser(named: Path | None, environment: Mapping[str, str]) -> str:
    """Return the browser's path. Raises RoomError, which names what to install, or why Chromium could not start."""
    if named is None and os.geteuid() == 0:
        raise RoomError(
            "Chromium does not start as root, because its sandbox cannot: read as a user of its own, or name a browser with --browser."
        )
    if named is None and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise RoomError("There is no screen for a browser here: sit at the station itself, or use --no-browser.")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if shutil.which(_SETPRIV) is None:
        raise RoomError(
            f"There is no {_SETPRIV} on this machine, which lets the browser end with the room: install util-linux."
        )
    if found is None:
        missing = f"{named} is no program here" if named else "There is no Chromium on this machine"
        raise RoomError(f"{missing}: install Debian's package `chromium`, or name one with --browser.")
    return found


def write_launch_file(folder: Path, address: str, key: str) -> Path:
    """Write the page (0600) that shows the key at the door of the room at `address`, and return its path."""
    path = folder / "launch.html"
    page = _LAUNCH.substitute(action=escape(f"http://{address}{ENTER}"), field=FIELD, key=escape(key))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
    return path


@contextmanager
def browser_at(
    executable: str, folder: Path, launch: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the browser on the launch file, everything it writes below `folder`; end it, with all its processes, afterwards."""
    profile, home = folder / "profile", folder / "home"
    (profile / "Default").mkdir(parents=True)
    home.mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(_PREFERENCES), "utf-8")
    own = {name: environment[name] for name in _PASSED if name in environment}
    own |= {"HOME": str(home), "TMPDIR": str(home)}
    own |= {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
    started = subprocess.Popen(  # noqa: S603 - the operator's browser, with words of ours alone
        [_SETPRIV, "--pdeathsig", "KILL", executable, *_FLAGS, f"--user-data-dir={profile}", launch.as_uri()],
        env=own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A group of its own: a browser is several processes.
        start_new_session=True,
    )
    try:
        yield started
    finally:
        _end(started)


def _end(started: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        started.terminate()
        started.wait(_SECONDS_TO_END)
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()
