"""Measuring a first visit works, and sees what it must see; how much may cross is in tests/intake/browser/test_light.py."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests import chromium
from tests.bench import server
from tests.bench.visit import LATENCY_MILLISECONDS, readable, visit

pytestmark = pytest.mark.alone

TEXT = b"<p>words of a page</p>"
HEAVY = b"<!-- " + b"x" * 60_000 + b" -->"


class Answer(BaseHTTPRequestHandler):
    """Two pages: /light, and /heavy with 60 KB before its text."""

    def do_GET(self) -> None:
        """Answer with either."""
        body = (HEAVY if self.path == "/heavy" else b"") + TEXT
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_the_slow_line_is_slow() -> None:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=served.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{served.server_port}"
    try:
        with chromium.launch() as browser:
            light, heavy = (readable(browser, f"{url}/{page}") for page in ("light", "heavy"))
            seen = visit(browser, f"{url}/heavy")
    finally:
        served.shutdown()
        served.server_close()
    # 60 KB take 1.2 s at 50 KB a second; a busy machine only adds to it.
    assert light >= LATENCY_MILLISECONDS / 1000
    assert heavy >= 1.4
    assert seen[0].raw == seen[0].crossed == len(HEAVY + TEXT)


def test_the_site_can_be_measured() -> None:
    with server.service() as served, chromium.launch() as browser:
        # The page and its styles, one after the other.
        assert readable(browser, f"{served.url}/") >= 2 * LATENCY_MILLISECONDS / 1000
        seen = visit(browser, f"{served.url}/share")
    assert [each.kind for each in seen].count("document") == 1
    assert any(each.is_worker for each in seen)
    assert all(0 < each.crossed < each.raw for each in seen)
