"""`make run`: set up, say where to look, and become the service."""

import os
import socket
from typing import NoReturn

from deploy.demonstration.place import PROGRAMS, DemonstrationError, Place
from deploy.demonstration.setup import set_up

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 1, 65_535


def serve(place: Place, port: str, repeat: str) -> NoReturn:
    """Replace this process by `intake serve`. `repeat` is the command for the second shell.

    Raises DemonstrationError, before anything is written when the port is not to be had.
    """
    number = _check(port)
    set_up(place)
    address = f"http://{HOST}:{number}/"
    print(
        f"Heard, a demonstration: anyone with {place.root} can open what is sent. Never use it for real accounts.",
        f"  Open {address} in a browser, and share something invented.",
        f"  Then, in a second shell:  {repeat}",
        "  Stop with Ctrl-C.",
        sep="\n",
        flush=True,
    )
    environment = place.environment() | {"HEARD_DATA": str(place.intake)}
    program = str(PROGRAMS / "intake")
    os.execve(program, [program, "serve", "--host", HOST, "--port", str(number)], environment)  # noqa: S606 - our own command


def _check(port: str) -> int:
    if not (port.isascii() and port.isdigit() and FIRST_PORT <= int(port) <= LAST_PORT):
        raise DemonstrationError(f"HEARD_PORT must be a whole number from {FIRST_PORT} to {LAST_PORT}.")
    try:
        # As the service itself will: a port that a stopped service has just left is free.
        with socket.create_server((HOST, int(port))):
            return int(port)
    except OSError as error:
        raise DemonstrationError(
            f"Port {port} cannot be used ({error.strerror}); choose another:  make run HEARD_PORT={_another(int(port))}"
        ) from None


def _another(port: int) -> int:
    with socket.create_server((HOST, 0)) as free:
        return port + 1 if FIRST_PORT < port < LAST_PORT and _is_free(port + 1) else int(free.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex((HOST, port)) != 0
