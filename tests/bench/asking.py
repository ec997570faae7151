"""Many requests at /thread at once, each one timed from its last byte sent to its last byte received."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from crypto.constants import VISIT_ANSWER_BYTES

Heads = Callable[[], bytes]
Times = dict[str, list[float]]


def ask_all(url: str, kinds: Mapping[str, Heads], slot: bytes, *, each: int, connections: int) -> Times:
    """POST `each` requests of every kind to `url`, mixed at random, on so many kept connections.

    A request is what its kind's function returns, and then `slot`. Returns the milliseconds of each answer by kind. Raises
    AssertionError when one is not 200 or not of the one size.
    """
    # All are made before the first is sent: what it costs to make one kind must not show in the times of another.
    requests = [(kind, make()) for kind, make in kinds.items() for _ in range(each)]
    secrets.SystemRandom().shuffle(requests)
    times: Times = {kind: [] for kind in kinds}

    async def all_of_them() -> None:
        waiting = iter(requests)
        await asyncio.gather(*(_connection(url, waiting, slot, times) for _ in range(connections)))

    asyncio.run(all_of_them())
    return times


async def _connection(url: str, waiting: Iterator[tuple[str, bytes]], slot: bytes, times: Times) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for kind, head in waiting:
            fields = (
                f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
                f"Content-Type: application/octet-stream\r\nContent-Length: {len(head) + len(slot)}\r\n\r\n"
            )
            writer.write(fields.encode("ascii") + head + slot)
            await writer.drain()
            start = time.perf_counter()
            await _read_answer(reader)
            times[kind].append((time.perf_counter() - start) * 1_000)
    finally:
        writer.close()
        await writer.wait_closed()


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    assert status.split(" ")[1] == "200", status
    fields = dict(line.lower().split(": ", 1) for line in lines if line)
    assert int(fields["content-length"]) == VISIT_ANSWER_BYTES, fields
    await reader.readexactly(VISIT_ANSWER_BYTES)
