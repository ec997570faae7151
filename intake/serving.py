"""How both of this side's sites listen and answer: uvicorn with h11, no log of requests, no header of a server's."""

import socket
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from intake.errors import SettingsError

_BACKLOG: Final = 2_048
_SECONDS_TO_END: Final = 15
# More than a proxy's own, so that it never sends on a connection that this side is closing.
_SECONDS_KEPT_ALIVE: Final = 75


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises SettingsError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio sends small answers at once (TCP_NODELAY) only on sockets that say it is TCP;
    # without, every answer on a connection that is kept waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return listener
    except OSError as error:
        listener.close()
        raise SettingsError(f"This side cannot listen on {host} port {port} ({error.strerror}).") from None


def url_of(listener: socket.socket) -> str:
    """Return where a socket listens, as an address."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configure(app: ASGIApp, connections: int) -> uvicorn.Config:
    """Return a server that writes no log of requests, adds no headers, and believes no header about a client."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=connections,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
