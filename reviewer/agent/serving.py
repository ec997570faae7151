"""The agent's loop: connections of this person alone, one request at a time, until the keys must go."""

import selectors
import signal
import socket
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from reviewer.agent.holder import Holder
from reviewer.agent.protocol import LENGTH, MOST_BYTES, Locked, Refusal, framed, parse
from reviewer.agent.sockets import is_ours
from reviewer.errors import AgentError

_TICK_SECONDS: Final = 1.0
_SEND_SECONDS: Final = 5.0
_MOST_CONNECTIONS: Final = 16
_BLOCK: Final = 65_536


@dataclass(eq=False)
class _Connection:
    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)

    def next_request(self) -> bytes | None:
        """Take one whole request out of what came. Raises AgentError for one that is too long."""
        if len(self.received) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self.received)
        if length > MOST_BYTES:
            raise AgentError("too long")
        end = LENGTH.size + length
        if len(self.received) < end:
            return None
        request = bytes(self.received[LENGTH.size : end])
        del self.received[:end]
        return request


class Server:
    """Answers at a listening socket, and heeds the system's signals to end from the start."""

    def __init__(self, listener: socket.socket, holder: Holder) -> None:
        self._listener = listener
        self._holder = holder
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._ended = False
        # Before anybody hears that the keys are held: a process that ends unheeded would leave its socket.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)

    def serve(self) -> None:
        """Answer until somebody locks, the time is over, the machine slept, or the system ends this process."""
        while not self._ended:
            ready = self._selector.select(_TICK_SECONDS)
            # Before any answer: whoever wakes the machine up finds it locked.
            if self._holder.watch.is_over():
                return
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._serve_one(key.data)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ended = True

    def _accept(self) -> None:
        accepted, _ = self._listener.accept()
        if not is_ours(accepted) or len(self._selector.get_map()) > _MOST_CONNECTIONS:
            accepted.close()
            return
        accepted.settimeout(_SEND_SECONDS)
        self._selector.register(accepted, selectors.EVENT_READ, _Connection(accepted))

    def _serve_one(self, connection: _Connection) -> None:
        try:
            block = connection.socket.recv(_BLOCK)
            connection.received += block
            while block and not self._ended and (request := connection.next_request()) is not None:
                self._reply(connection, request)
        except (OSError, AgentError):
            block = b""
        if not block:
            self._selector.unregister(connection.socket)
            connection.socket.close()

    def _reply(self, connection: _Connection, request: bytes) -> None:
        try:
            answer = self._holder.answer(parse(request))
        except AgentError:
            answer = Refusal("request")
        self._ended = self._ended or isinstance(answer, Locked)
        connection.socket.sendall(framed(answer))
