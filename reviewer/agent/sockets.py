"""Unix sockets by a short way (a path may be longer than the 107 bytes of an address), and who is at the other end."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reviewer.files import FILE_MODE

_CREDENTIALS: Final = struct.Struct("3i")
_WAITING: Final = 16
_CONNECT_SECONDS: Final = 5.0


def listen_at(path: Path) -> socket.socket:
    """Return a listening socket (0600) at `path`, whose folder is there. What an agent that was killed left is removed."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(path) as address:
        before = os.umask(0o777 & ~FILE_MODE)
        try:
            listener.bind(address)
        finally:
            os.umask(before)
    listener.listen(_WAITING)
    return listener


def connect_to(path: Path) -> socket.socket:
    """Return a connection to `path`. Raises OSError when nobody listens there, BlockingIOError or TimeoutError when whoever does takes nobody."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_CONNECT_SECONDS)
    try:
        with _short(path) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def is_ours(connection: socket.socket) -> bool:
    """Say whether the process at the other end is this person's. unix(7), SO_PEERCRED."""
    return _credentials(connection)[1] == os.geteuid()


def peer_process(connection: socket.socket) -> int:
    """Return the number of the process that listened where this connection leads."""
    return _credentials(connection)[0]


def is_open(connection: socket.socket) -> bool:
    """Say whether the other end has not hung up. The connection does not wait any more after that."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _credentials(connection: socket.socket) -> tuple[int, int, int]:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    process, user, group = _CREDENTIALS.unpack(raw)
    return process, user, group


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Yield an address that leads to `path` by its open folder."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
