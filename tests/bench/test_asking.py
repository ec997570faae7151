"""The timing test itself: it finds a planted difference, and none where there is none."""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from crypto.constants import VISIT_ANSWER_BYTES
from tests.bench.asking import ask_all
from tests.bench.auc import separation

pytestmark = pytest.mark.alone

KINDS = {"known": lambda: b"k", "unknown": lambda: b"u"}
SLOT = bytes(999)


@dataclass
class Answering:
    """A server that answers after 50 ms, and what is known `delay` seconds later."""

    delay: float = 0.0
    status: str = "200 OK"
    size: int = VISIT_ANSWER_BYTES
    port: "queue.Queue[int]" = field(default_factory=queue.Queue)
    stop: Callable[[], object] = field(init=False)

    @contextlib.contextmanager
    def started(self) -> Iterator[str]:
        thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        thread.start()
        try:
            yield f"http://127.0.0.1:{self.port.get(timeout=10)}/thread"
        finally:
            self.stop()
            thread.join()

    async def _serve(self) -> None:
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.stop = lambda: loop.call_soon_threadsafe(end.set)
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port.put(server.sockets[0].getsockname()[1])
        async with server:
            await end.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {self.status}\r\nContent-Length: {self.size}\r\n\r\n".encode()
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(1_000)
                await asyncio.sleep(0.05 + (self.delay if body.startswith(b"k") else 0))
                writer.write(head + os.urandom(self.size))
                await writer.drain()
        writer.close()


@pytest.mark.parametrize(("delay", "found"), [(0.0, False), (0.01, True)])
def test_a_difference_is_found_only_where_there_is_one(delay: float, found: bool) -> None:
    with Answering(delay).started() as url:
        times = ask_all(url, KINDS, SLOT, each=300, connections=8)
    assert [len(times[kind]) for kind in KINDS] == [300, 300]
    assert all(50 <= time < 1_000 for kind in KINDS for time in times[kind])
    seen = separation(times["known"], times["unknown"])
    assert (seen.low > 0.6) is found
    assert (seen.high < 0.6) is not found


@pytest.mark.parametrize("other", [Answering(status="404 Not Found"), Answering(size=VISIT_ANSWER_BYTES - 1)])
def test_an_answer_that_differs_in_itself_ends_the_measurement(other: Answering) -> None:
    with other.started() as url, pytest.raises(AssertionError):
        ask_all(url, KINDS, SLOT, each=2, connections=1)
