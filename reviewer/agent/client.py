"""The agent as commands see it: whether there is one, what it holds, and its keys, which are used as if they were at hand."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from crypto.constants import AGE_STANZA
from crypto.errors import HeaderError
from crypto.header import Stanza
from reviewer.agent.handover import Handover
from reviewer.agent.place import agent_places
from reviewer.agent.protocol import (
    LENGTH,
    MOST_BYTES,
    Answer,
    AskState,
    FileKey,
    Lock,
    Locked,
    Refusal,
    Request,
    Sign,
    Signature,
    SignBundle,
    State,
    Unwrap,
    framed,
    parse,
)
from reviewer.agent.sockets import connect_to, is_open, is_ours, peer_process
from reviewer.errors import AgentError, AlreadyUnlockedError, LockedError
from reviewer.files import make_folder
from reviewer.station import Station

_SECONDS: Final = 30.0
_LOCK_SECONDS: Final = 3.0
# As the intake side's processes: what is freed is overwritten, at once, also the small pieces.
_MEMORY: Final = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
}
_LOCKED: Final = "The station was locked meanwhile; run `reviewer unlock`, then the same command again."


class Agent:
    """A connection to the agent of a station."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.settimeout(_SECONDS)

    @classmethod
    def find(cls, station: Station) -> Self | None:
        """Return a connection to the agent of `station`, or None when nothing is unlocked. Raises AgentError for one that hangs."""
        for place in agent_places(station):
            try:
                connection = connect_to(place.socket)
            except (BlockingIOError, TimeoutError):
                raise AgentError(
                    "The agent of this station takes nobody; end its process or switch the machine off."
                ) from None
            except OSError:
                continue
            if is_ours(connection):
                return cls(connection)
            connection.close()
        return None

    def state(self) -> State:
        """Return what is unlocked. Raises LockedError, AgentError."""
        answer = self.ask(AskState())
        if not isinstance(answer, State):
            raise AgentError("The agent does not say what it holds; run `reviewer lock`.")
        return answer

    def lock(self) -> None:
        """Let the keys go, and wait for the end of the process that had them: only then are they out of memory.

        An agent that does not answer or end, since it hangs or was stopped, is killed: what is locked is locked.
        """
        self._connection.settimeout(_LOCK_SECONDS)
        with suppress(AgentError, OSError):
            if isinstance(self.ask(Lock()), Locked) and not self._connection.recv(1):
                return
        # While the connection is open, the number is that of the agent and nobody else's.
        if is_open(self._connection):
            os.kill(peer_process(self._connection), signal.SIGKILL)
            self._connection.settimeout(_LOCK_SECONDS)
            with suppress(OSError):
                self._connection.recv(1)

    def ask(self, request: Request) -> Answer:
        """Send one request and return the answer. Raises LockedError when the agent is gone, AgentError for no answer."""
        try:
            self._connection.sendall(framed(request))
            (length,) = LENGTH.unpack(self._read(LENGTH.size))
            if length > MOST_BYTES:
                raise AgentError("The agent's answer is too long; run `reviewer lock`.")
            answer = parse(self._read(length))
        except OSError:
            raise LockedError(_LOCKED) from None
        if not isinstance(answer, Answer):
            raise AgentError("The agent asks instead of answering; run `reviewer lock`.")
        return answer

    def fileno(self) -> int:
        """Return the descriptor of the connection: between two questions it can be read only when the agent has ended."""
        return self._connection.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up; the agent stays."""
        self._connection.close()

    def _read(self, length: int) -> bytes:
        received = bytearray()
        while len(received) < length:
            block = self._connection.recv(length - len(received))
            if not block:
                raise LockedError(_LOCKED)
            received += block
        return bytes(received)


@dataclass(frozen=True)
class AgentKeys:
    """The keys of one epoch, held by the agent. Each use raises LockedError once it is gone."""

    agent: Agent
    epoch: int

    @property
    def identity(self) -> Self:
        """What opens the letters of the epoch."""
        return self

    @property
    def minisign_key(self) -> Self:
        """What signs the bundles that go back to the intake side."""
        return self

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key (16 bytes) of a header, or None. Raises HeaderError for a malformed one, LockedError."""
        ours = tuple(stanza for stanza in stanzas if stanza.kind == AGE_STANZA)
        answer = self.agent.ask(Unwrap(self.epoch, ours))
        if isinstance(answer, FileKey):
            return answer.key
        if isinstance(answer, Refusal) and answer.reason == "header":
            raise HeaderError("The file's header is damaged (recipient).")
        raise _refused(answer)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of an answer or a hold."""
        answer = self.agent.ask(Sign(self.epoch, message))
        if isinstance(answer, Signature):
            return answer.signature
        raise _refused(answer)

    def sign_prehashed(self, digest: bytes, trusted_comment: str) -> bytes:
        """Return the `.minisig` file of a return bundle with this digest (64 bytes)."""
        answer = self.agent.ask(SignBundle(self.epoch, digest, trusted_comment))
        if isinstance(answer, Signature):
            return answer.signature
        raise _refused(answer)


def start_agent(station: Station, seconds: float, epochs: Sequence[tuple[int, bytes, tuple[int, ...]]]) -> Agent:
    """Start the agent of `station` with these roots and return a connection. Raises AlreadyUnlockedError, AgentError."""
    places = agent_places(station)
    make_folder(places[0].folder)
    process = subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "reviewer.agent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**{name: value for name, value in os.environ.items() if name in {"LANG", "LC_ALL"}}, **_MEMORY},
        cwd="/",
        start_new_session=True,
    )
    said, _ = process.communicate(Handover(places[0], seconds, tuple(epochs)).encode(), _SECONDS)
    if said == b"busy\n":
        raise AlreadyUnlockedError("This station is unlocked already; `reviewer lock` locks it.")
    agent = Agent.find(station) if said == b"ready\n" else None
    if agent is None:
        raise AgentError("The agent could not be started, so nothing is unlocked; look at `reviewer doctor`.")
    return agent


def _refused(answer: Answer) -> AgentError:
    reason = answer.reason if isinstance(answer, Refusal) else "request"
    return AgentError(f"The agent does not do that ({reason}); unlock with shares for this one command (--share).")
