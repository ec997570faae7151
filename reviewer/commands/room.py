"""`reviewer room`: read in the station's own browser, while the station is unlocked."""

import argparse
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reviewer.commands.options import Commands, add_command, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.errors import LockedError
from reviewer.room.app import create_app
from reviewer.room.browser import browser_at, find_browser, write_launch_file
from reviewer.room.entrance import Key
from reviewer.room.letters import Letters
from reviewer.room.memory import memory_folder
from reviewer.room.serving import HOST, Server, listen
from reviewer.terminal import note, say_json
from reviewer.unlocking import held_by_agent

_EXAMPLE: Final = """\
  reviewer unlock
  reviewer room --reader robin

  The room ends with its window, with "Close the room", with Ctrl-C, and when the station is locked; then its browser's profile is gone, which was in memory alone.
  --no-browser prints the launch file's path instead: open it in a browser of yours, whose profile you must destroy yourself."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "room", "read in the station's own browser", _EXAMPLE)
    parser.add_argument("--browser", type=Path, metavar="FILE", help="the browser to start (default: Chromium)")
    parser.add_argument("--no-browser", action="store_true", help="start none; print where the launch file is")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: any that is free)")
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open the room, and wait for its end."""
    executable = "" if options.no_browser else find_browser(options.browser, os.environ)
    with open_desk(station(options), options.json) as desk, memory_folder(os.environ) as folder:
        desk.require("panel")
        panel = held_by_agent(desk)
        if desk.agent is None or not panel:
            raise LockedError("The station is locked: run `reviewer unlock` first, then `reviewer room` again.")
        with at_work(desk, options, panel) as work:
            server, key = Server(desk.agent), Key()
            with listen(options.port) as listener:
                address = f"{HOST}:{listener.getsockname()[1]}"
                launch = write_launch_file(folder, address, key.text)
                app = create_app(Letters(desk, work, panel), key, address, server.close)
                with _browser(executable, folder, launch) as browser:
                    server.run(app, listener, browser)
        demonstration = desk.demonstration
    note("The reading room is closed; its browser's profile is gone.")
    if options.json:
        say_json({"demonstration": demonstration, "closed": True})


@contextmanager
def _browser(executable: str, folder: Path, launch: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    if not executable:
        note(f"Open {launch} in a browser; it lets one window in, once. Ctrl-C ends the room.")
        yield None
        return
    with browser_at(executable, folder, launch, os.environ) as browser:
        note("The reading room is open. It ends with its window, or with Ctrl-C.")
        yield browser
