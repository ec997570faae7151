"""The agent's process. `reviewer unlock` starts it and hands it the keys through its standard input: never by argument or environment."""

import fcntl
import os
import sys
from typing import Final

from crypto.panel import PanelRoot
from reviewer.agent.handover import Handover
from reviewer.agent.holder import Holder
from reviewer.agent.serving import Server
from reviewer.agent.sockets import listen_at
from reviewer.agent.watch import Watch
from reviewer.files import FILE_MODE, PRIVATE_UMASK
from reviewer.hardening import forbid_dumps, lock_memory

READY, BUSY, FAILED = b"ready\n", b"busy\n", b"failed\n"
_OUT: Final = 1


def main() -> int:
    """Take the keys, say that they are held, and serve."""
    if os.fork():
        return 0  # whoever started this goes on; what holds the keys is nobody's child
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    memory_locked = lock_memory()
    taken = Handover.parse(sys.stdin.buffer.read())
    place = taken.place
    descriptor = os.open(place.lock, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.write(_OUT, BUSY)
        return 1
    roots = {epoch: PanelRoot.from_bytes(root) for epoch, root, _ in taken.epochs}
    custodians = {epoch: numbers for epoch, _, numbers in taken.epochs}
    with listen_at(place.socket) as listener:
        try:
            server = Server(listener, Holder(roots, custodians, Watch(taken.seconds), memory_locked))
            os.write(_OUT, READY)
            nothing = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(nothing, standard)
            server.serve()
        finally:
            place.socket.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - no traceback: nothing of what this process holds may be printed
        os.write(_OUT, FAILED)
        code = 1
    # Nothing is left to tidy: the keys go with the process.
    os._exit(code)
