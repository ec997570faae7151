"""`python -m deploy.demonstration run|read`; HEARD_PORT and HEARD_DATA are read as the Makefile says."""

import os
import shlex
import sys
from pathlib import Path

from deploy.demonstration.place import DemonstrationError, Place
from deploy.demonstration.reading import read
from deploy.demonstration.serving import serve


def main(arguments: list[str]) -> int:
    """Run one of the two and return the exit status."""
    data = os.environ.get("HEARD_DATA") or "demonstration"
    place = Place(Path(data).absolute())
    try:
        match arguments:
            case ["run"]:
                serve(place, os.environ.get("HEARD_PORT") or "8000", _repeat(data))
            case ["read"]:
                read(place)
            case _:
                raise DemonstrationError("Say run or read.")
    except DemonstrationError as error:
        print(f"heard: {error}", file=sys.stderr)
        return 1
    return 0


def _repeat(data: str) -> str:
    return "make read" if data == "demonstration" else f"make read HEARD_DATA={shlex.quote(data)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
