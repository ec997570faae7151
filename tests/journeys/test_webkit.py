"""WebKitGTK, whose engine iPhones and iPads have: written, read back in a fresh profile, added to and taken back."""

import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.crypto import samples
from tests.intake.installed import Installed
from tests.journeys.driver import Step
from tests.journeys.pages import Scripted
from tests.journeys.webkit import walk
from tests.leaks import leaks

# selenium's own way of asking its driver is one that it warns of.
pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr in RemoteConnection:DeprecationWarning")
TEXT = "I told a teacher about it in the spring. Nobody wrote it down."
FURTHER = "One more thing: the office kept a diary of visits."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    here = Installed(tmp_path / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here.url


def visited(url: str, secrets: list[str], *parts: list[Step]) -> dict[str, Any]:
    """Take the steps in a browser that has never been here, and hold against it what a visit must not do."""
    with tempfile.TemporaryDirectory(prefix="heard-webkit-") as name:
        seen = walk([step for part in parts for step in part], Path(name))
        given = [" ".join(seen["words"])] if "words" in seen else []
        assert leaks([Path(name)], [*secrets, *given]) == []
    assert faults(seen, url) == []
    return seen


def faults(seen: dict[str, Any], url: str) -> list[str]:
    """Name what a visit left behind, complained of, or asked others for."""
    external = [address for address in seen["requests"] if not address.startswith(f"{url}/")]
    return [*(f"cookie {one['name']}" for one in seen["cookies"]), *seen["stored"], *seen["console"], *external]


class Faulty(BaseHTTPRequestHandler):
    """A page that does what none of ours may, as soon as it is clicked."""

    def do_GET(self) -> None:
        """Answer with it."""
        self.send_response(200)
        self.send_header("set-cookie", "planted=1")
        self.send_header("content-type", "text/html")
        self.send_header("content-security-policy", "font-src 'none'")
        self.end_headers()
        elsewhere = f"http://localhost:{self.headers['host'].split(':')[1]}/elsewhere"
        script = f"""onclick = async () => {{
          localStorage.setItem("stored", "1");
          console.error("complained");
          document.fonts.add(await new FontFace("a", "url(/font)").load().catch(() => new FontFace("b", "local(b)")));
          await fetch("{elsewhere}", {{ mode: "no-cors" }});
          document.body.append("done");
          throw new Error("thrown");
        }}"""
        self.wfile.write(f"<body><button>go</button><p></p><script>{script}</script></body>".encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_a_visit_that_does_what_it_must_not_is_found(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        steps: list[Step] = [("go", f"{url}/"), ("click", "button"), ("says", "body", "done")]
        found = "\n".join(faults(walk(steps, tmp_path), url))
    finally:
        server.shutdown()
        server.server_close()
    for planted in ("cookie planted", "stored", "complained", "font-src", "thrown", "/elsewhere"):
        assert planted in found


@pytest.mark.timeout(280)
def test_written_read_back_and_taken_back(site: str) -> None:
    pages, secrets = Scripted(site), [TEXT, FURTHER]
    sent = visited(site, secrets, pages.write(TEXT))
    words = sent["words"]
    assert len(words) == 7
    assert all(word in sent["sent"] for word in words)
    secrets.append(" ".join(words))
    parts = [pages.look(), pages.add(FURTHER), pages.look(), pages.withdraw()]
    opened = visited(site, secrets, pages.enter(words), *parts)
    assert [said in part for said, part in zip((TEXT, FURTHER), opened["letters"], strict=True)] == [True] * 2
    assert opened["warnings"] == []
    last = visited(site, secrets, pages.enter(words), pages.look())
    assert last["letters"] == []
    assert "You took back what you sent" in last["opened"]
