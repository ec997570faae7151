"""`make station`: carry what was submitted to the demonstration's station, unlock that, and open its reading room."""

import os
import subprocess

from deploy.demonstration.place import PROGRAMS, Place
from deploy.demonstration.reading import carry_in
from deploy.demonstration.setup import set_up


def open_room(place: Place) -> int:
    """Return the exit status of the room, once it is closed. HEARD_BROWSER names another browser. Raises DemonstrationError."""
    set_up(place)
    carry_in(place)
    place.call_reviewer("lock")
    place.call_reviewer("unlock", *place.unlock())
    command = [str(PROGRAMS / "reviewer"), "room"]
    if named := os.environ.get("HEARD_BROWSER"):
        command += ["--browser", named]
    try:
        environment = place.environment() | {"HEARD_STATION": str(place.station)}
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    finally:
        place.call_reviewer("lock")
