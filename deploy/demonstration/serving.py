"""`make run`: set up, say where to look, and keep the two services running side by side until told to end."""

import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Final, Self

from deploy.demonstration.place import PROGRAMS, DemonstrationError, Place
from deploy.demonstration.setup import set_up
from deploy.demonstration.workers import sign_ins

HOST: Final = "127.0.0.1"
# Browsers take the cookie of a session without encryption, and passkeys, under this name alone.
LINE_HOST: Final = "localhost"
FIRST_PORT, LAST_PORT = 1, 65_535
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Ports:
    """Where the survivors' site and the phone line listen."""

    site: int
    line: int

    @classmethod
    def read(cls, site: str, line: str) -> Self:
        """Return both, free now; the line's is one more than the site's where none is named. Raises DemonstrationError."""
        first = _check("HEARD_PORT", site)
        second = _check("HEARD_LINE_PORT", line or str(first + 1))
        if first == second:
            raise DemonstrationError("HEARD_PORT and HEARD_LINE_PORT must be two different ports.")
        return cls(first, second)


def serve(place: Place, ports: Ports, repeat: Callable[[str], str]) -> int:
    """Run `intake serve` and `intake line serve`, and return the exit status when both have ended.

    `repeat` gives the command for the second shell. One goes on when the other fails. Raises DemonstrationError.
    """
    set_up(place)
    _announce(place, ports, repeat)
    settings = place.environment() | {"HEARD_DATA": str(place.intake), "HEARD_LINE_PRACTICE": "yes"}
    commands = {
        "The survivors' site": ["serve", "--host", HOST, "--port", str(ports.site)],
        "The phone line": ["line", "serve", "--host", HOST, "--port", str(ports.line)],
    }
    return Pair(commands, settings).run()


class Pair:
    """Services that run side by side, each in a process of its own, and end together when this one is told to end."""

    def __init__(self, commands: Mapping[str, list[str]], environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._is_ending = False

    def run(self) -> int:
        """Start all, wait until the last has ended, and return 0, or 1 when one ended by itself."""
        for number in _ENDING:
            signal.signal(number, self._end)
        program = str(PROGRAMS / "intake")
        for name, arguments in self._commands.items():
            if not self._is_ending:
                self._running[name] = subprocess.Popen([program, *arguments], env=self._environment)
        status = 0
        while self._running:
            for name, process in list(self._running.items()):
                if self._has_ended(process):
                    del self._running[name]
                    status = status or self._say(name)
        return status

    def _has_ended(self, process: "subprocess.Popen[bytes]") -> bool:
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _say(self, name: str) -> int:
        if self._is_ending:
            return 0
        left = next(iter(self._running), "")
        print(f"heard: {name} has ended. {left + ' goes on.' if left else 'Nothing is left running.'}", flush=True)
        return 1

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches the services as well; they end once, however often they are told.
        self._is_ending = True
        for process in self._running.values():
            process.terminate()


def _announce(place: Place, ports: Ports, repeat: Callable[[str], str]) -> None:
    workers = [f"    {one.name}, password: {one.password}" for one in sign_ins(place)]
    print(
        f"Heard, a demonstration: anyone with {place.root} can open what is sent. Never use it for real accounts.",
        f"  Open http://{HOST}:{ports.site}/ in a browser, and share something invented.",
        f"  The phone line, for practice: http://{LINE_HOST}:{ports.line}/. A worker and a supervisor sign in there:",
        *workers,
        f"    and the code that an app would show:  {repeat('line-code')}",
        f"  Then, in a second shell:  {repeat('read')}",
        "  Stop with Ctrl-C.",
        sep="\n",
        flush=True,
    )


def _check(name: str, port: str) -> int:
    if not (port.isascii() and port.isdigit() and FIRST_PORT <= int(port) <= LAST_PORT):
        raise DemonstrationError(f"{name} must be a whole number from {FIRST_PORT} to {LAST_PORT}.")
    try:
        # As the service itself will: a port that a stopped service has just left is free.
        with socket.create_server((HOST, int(port))):
            return int(port)
    except OSError as error:
        raise DemonstrationError(
            f"Port {port} cannot be used ({error.strerror}); choose another:  make run {name}={_another(int(port))}"
        ) from None


def _another(port: int) -> int:
    with socket.create_server((HOST, 0)) as free:
        return port + 1 if FIRST_PORT < port < LAST_PORT and _is_free(port + 1) else int(free.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex((HOST, port)) != 0
