"""How the room listens: uvicorn with h11 on loopback, no log of requests, and an end when its browser is closed."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from reviewer.agent.client import Agent
from reviewer.errors import RoomError

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 64
_SECONDS_TO_END: Final = 2
# So that the page of good-bye arrives before its browser ends.
_SECONDS_OF_GOODBYE: Final = 1.5


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback; with 0, on a port that was free. Raises RoomError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
        return listener
    except OSError as error:
        listener.close()
        raise RoomError(f"The reading room cannot listen on port {port} of this machine ({error.strerror}).") from None


class Server:
    """One room that is served until it is closed, its browser ends, `agent` hangs up, or somebody presses Ctrl-C."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._end = asyncio.Event()
        self._is_closed = False

    def close(self) -> None:
        """Let the room end soon: the answer that says so still arrives."""
        self._is_closed = True
        self._end.set()

    def run(self, app: ASGIApp, listener: socket.socket, browser: subprocess.Popen[bytes] | None) -> None:
        """Serve `app` until the end; without `browser`, until it is closed by a page or from the keyboard."""
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        asyncio.run(self._serve(uvicorn.Server(config), listener, browser))

    async def _serve(
        self, server: uvicorn.Server, listener: socket.socket, browser: subprocess.Popen[bytes] | None
    ) -> None:
        with self._watching(browser):
            ending = asyncio.create_task(self._wait(server))
            await server.serve(sockets=[listener])
            ending.cancel()

    async def _wait(self, server: uvicorn.Server) -> None:
        await self._end.wait()
        if self._is_closed:
            await asyncio.sleep(_SECONDS_OF_GOODBYE)
        server.should_exit = True

    @contextmanager
    def _watching(self, browser: subprocess.Popen[bytes] | None) -> Iterator[None]:
        """Let the end of the browser's process, and that of the agent, be the end of the room."""
        loop, agent = asyncio.get_running_loop(), self._agent.fileno()
        # Its answers are read where they were asked for; what the loop sees of it is its end.
        loop.add_reader(agent, self._end.set)
        process = os.pidfd_open(browser.pid) if browser is not None else None
        if process is not None:
            loop.add_reader(process, self._end.set)
        try:
            yield
        finally:
            loop.remove_reader(agent)
            if process is not None:
                loop.remove_reader(process)
                os.close(process)
