"""Watching what a browser sends: every request of a page, searched for what was typed."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Request

from tests.leaks import spellings


@dataclass
class Wire:
    """All requests of a browser context since it was watched."""

    context: BrowserContext
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - a built-in method is no listener

    def carries(self, secret: str) -> list[str]:
        """Return the URL of each request that holds `secret` in its URL, headers or body."""
        forms = spellings(secret)
        return [request.url for request in self.requests if any(form in sent_by(request) for form in forms)]

    @property
    def posts(self) -> list[bytes]:
        """The bodies of all POST requests."""
        return [request.post_data_buffer or b"" for request in self.requests if request.method == "POST"]


def sent_by(request: Request) -> bytes:
    """Return everything that one request puts on the wire."""
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return request.url.encode() + b"\n" + headers.encode() + b"\n" + (request.post_data_buffer or b"")
