"""The controls: a page that does everything that it must not is caught at each of it, and steps that no person could take fail."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.journeys.driver import Browser, walk
from tests.journeys.faults import faults

SECRET: Final = "corridor of coats"
POLICY: Final = "default-src 'none'; script-src 'self'; img-src http://127.0.0.1:*"
PAGE: Final = """<!doctype html><title>Planted</title><link rel="icon" href="data:,">
<h1>Planted</h1><style>h1 {{ color: red }}</style><button id="hidden" hidden>Hidden</button>
<img src="{elsewhere}/picture" alt=""><script src="/planted.js"></script>"""
SCRIPT: Final = (
    "localStorage.kept = 1; console.error('planted'); document.querySelector('h1').textContent += ' by script'"
)


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the planted page, whatever is asked for, and its script."""

    elsewhere = ""

    def do_GET(self) -> None:
        is_script = self.path.endswith(".js")
        body = (SCRIPT if is_script else PAGE.format(elsewhere=self.elsewhere)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "unsafe-url")
        self.send_header("Set-Cookie", "planted=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def served(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def test_every_fault_is_found_where_it_was_planted(browser: Browser, tmp_path: Path) -> None:
    with served(Handler) as elsewhere, served(type("Planted", (Handler,), {"elsewhere": elsewhere})) as site:
        steps = [("go", f"{site}/?text={SECRET.replace(' ', '+')}"), ("says", "h1", "Planted"), ("text", "title", "h1")]
        visit = walk(browser, steps, tmp_path)
        found = faults(visit, tmp_path / "profile", site, [SECRET], posts=not browser.scripts)
    assert visit.seen["title"] == ("Planted by script" if browser.scripts else "Planted")
    by_script = {"storage", "console"} if browser.scripts else set()
    assert set(found) == {"external", "cookie", "policy", "address", "referer", "history", "profile"} | by_script


def test_a_step_that_no_person_could_take_fails(tmp_path: Path) -> None:
    """What is there but hidden cannot be clicked."""
    with served(Handler) as site, pytest.raises(AssertionError, match=r"step 2, .*click") as caught:
        walk(
            Browser("firefox"),
            [("go", site), ("count", "hidden", "#hidden"), ("click", "#hidden")],
            tmp_path,
            seconds=3,
        )
    assert "waited too long for #hidden" in str(caught.value)
    assert '"hidden": 1' in str(caught.value)
