"""The floor: the least that a durable write of one letter's size costs on this machine, with nothing of Heard in it.

Starlette and one writer that shares a commit among whoever waits; SQLite through its driver, PostgreSQL through asyncpg.
Run as `FLOOR_URL=… uvicorn tests.bench.floor:app`.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MOST_PER_COMMIT = 256
Store = Callable[[list[bytes]], Awaitable[None]]


def sqlite_store(path: str) -> Store:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=wal", "synchronous=full"):
        connection.execute(f"pragma {pragma}")
    connection.execute("create table if not exists letter(id integer primary key, body blob not null)")

    def store(bodies: list[bytes]) -> None:
        connection.execute("begin immediate")
        connection.executemany("insert into letter(body) values(?)", [(body,) for body in bodies])
        connection.execute("commit")

    return lambda bodies: asyncio.to_thread(store, bodies)


async def postgresql_store(url: str) -> Store:
    connection = await asyncpg.connect(url)
    await connection.execute("create table if not exists floor(id bigserial primary key, body bytea not null)")
    statement = await connection.prepare("insert into floor(body) select unnest($1::bytea[])")

    async def store(bodies: list[bytes]) -> None:
        await statement.fetch(bodies)

    return store


class Writer:
    """Drains its queue into one transaction at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: asyncio.Queue[tuple[bytes, asyncio.Future[None]]] = asyncio.Queue()

    async def put(self, body: bytes) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((body, done))
        await done

    async def run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_PER_COMMIT and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._store([body for body, _ in batch])
            for _, done in batch:
                done.set_result(None)


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    url = os.environ["FLOOR_URL"]
    store = await postgresql_store(url) if url.startswith("postgresql") else sqlite_store(url)
    app.state.writer = Writer(store)
    task = asyncio.create_task(app.state.writer.run())
    yield
    task.cancel()


async def post(request: Request) -> Response:
    await request.app.state.writer.put(await request.body())
    return Response(b"ok", 201)


app = Starlette(routes=[Route("/letters", post, methods=["POST"])], lifespan=lifespan)
