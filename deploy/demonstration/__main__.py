"""`python -m deploy.demonstration run|read|station|code`; HEARD_PORT, HEARD_LINE_PORT and HEARD_DATA are read as the Makefile says."""

import os
import shlex
import sys
from pathlib import Path

from deploy.demonstration.place import DemonstrationError, Place
from deploy.demonstration.reading import read
from deploy.demonstration.room import open_room
from deploy.demonstration.serving import Ports, serve
from deploy.demonstration.workers import show_codes


def main(arguments: list[str]) -> int:
    """Run one of them and return the exit status."""
    data = os.environ.get("HEARD_DATA") or "demonstration"
    place = Place(Path(data).absolute())
    try:
        match arguments:
            case ["run"]:
                ports = Ports.read(os.environ.get("HEARD_PORT") or "8000", os.environ.get("HEARD_LINE_PORT") or "")
                return serve(place, ports, lambda target: _repeat(target, data))
            case ["read"]:
                read(place)
            case ["station"]:
                return open_room(place)
            case ["code"]:
                show_codes(place)
            case _:
                raise DemonstrationError("Say run, read, station or code.")
    except DemonstrationError as error:
        print(f"heard: {error}", file=sys.stderr)
        return 1
    return 0


def _repeat(target: str, data: str) -> str:
    return f"make {target}" if data == "demonstration" else f"make {target} HEARD_DATA={shlex.quote(data)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
