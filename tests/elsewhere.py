"""Other sites than ours: the one that "Leave now" leads to, and one that lets browsers keep what is typed."""

import http.server
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.crypto import samples
from tests.deploy.upstream import write_certificate
from tests.intake.inquiries import changed
from tests.intake.installed import Installed

CARELESS: Final = (
    b"<!doctype html><html lang=en><title>Careless</title><link rel=icon href=data:,>"
    b"<textarea id=kept></textarea><a id=on href=/other>On</a>"
)
PAGE: Final = b"<!doctype html><html lang=en><title>Weather</title><link rel=icon href=data:,><h1>Weather</h1>"


@dataclass
class Elsewhere:
    """Another origin, under encryption. `url` is its one page; `visits` has the Referer of each visit, "" for none; `holds` back its answers while cleared."""

    url: str = ""
    visits: list[str] = field(default_factory=list)
    holds: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Answer nobody for a while."""
        self.holds.clear()
        try:
            yield
        finally:
            self.holds.set()


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_details: object) -> None:
        """Say nothing of browsers that hang up on a certificate that nobody signed."""


@contextmanager
def somewhere_else(folder: Path) -> Iterator[Elsewhere]:
    """Serve the other site; its certificate is signed by nobody."""
    there = Elsewhere()
    there.holds.set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.visits.append(self.headers.get("Referer", ""))
            there.holds.wait(60)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *arguments: object) -> None:
            pass

    certificate, key = write_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with _Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        there.url = f"https://localhost:{server.server_address[1]}/weather"
        try:
            yield there
        finally:
            there.holds.set()
            server.shutdown()


@contextmanager
def leading_to(there: Elsewhere, folder: Path) -> Iterator[Installed]:
    """Run our own site with a way out that leads there; it lives in `folder`."""
    inquiry = changed(folder / "inquiry", leads_to=there.url)
    here = Installed(folder / "data", {"HEARD_INQUIRY": str(inquiry)})
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here


@contextmanager
def careless(headers: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """A page that lets the browser keep what is typed into it, with a link to another; `headers` go with both."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(CARELESS)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
