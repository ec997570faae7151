"""The same vectors, and the real Worker, in a real browser: with WebAssembly, and where it is off in two ways."""

import base64
import contextlib
import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from crypto.frame import Frame, parse_submission
from crypto.letter import Letter, Thread
from crypto.opening import open_letter
from crypto.panel import PanelRoot
from tests import chromium
from tests.browser.node import ROOT, node_command, run
from tests.vectors.build import seed

VECTORS = ROOT / "tests" / "vectors"
THREADS = json.loads((VECTORS / "threads.json").read_text())
CARD = json.loads((VECTORS / "cards.json").read_text())[0]
LETTER = json.loads((VECTORS / "letters.json").read_text())[0]["letter"]
STRICT = "default-src 'none'; script-src 'self'; worker-src 'self'"
WITH_WASM = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"
SECONDS = 120_000

# How the site's policy, a stricter one, and a hardened browser (no compiler at all, as in Tor's safest mode with scripts)
# differ: flags, policy, whether WebAssembly works.
WAYS = {
    "WebAssembly": ((), WITH_WASM, True),
    "policy without WebAssembly": ((), STRICT, False),
    "browser without WebAssembly": (("--js-flags=--jitless",), WITH_WASM, False),
}

RUN_TRIAL = """digits => new Promise((resolve, reject) => {
  const worker = new Worker("/trial.js");
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(digits);
})"""

ASK = """requests => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js");
  const answers = [];
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => {
    if (data.progress) return;
    if (data.body) data.body = btoa(Array.from(new Uint8Array(data.body), (byte) => String.fromCharCode(byte)).join(""));
    answers.push(data);
    if (answers.length === requests.length) resolve(answers);
    else worker.postMessage(requests[answers.length]);
  };
  worker.postMessage(requests[0]);
})"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves one folder under one content policy, and keeps quiet."""

    def __init__(self, *arguments: Any, policy: str, **options: Any) -> None:
        self.policy = policy
        super().__init__(*arguments, **options)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path, policy: str) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(folder), policy=policy)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundles, built from the sources, and an empty page."""
    folder = tmp_path_factory.mktemp("site")
    run([*node_command(), "test/bundle_for_trial.js", str(folder)])
    (folder / "index.html").write_text("<!doctype html><html lang=en><title>Trial</title></html>")
    (folder / "favicon.ico").write_bytes(b"")
    return folder


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, site: Path) -> Iterator[tuple[Page, bool]]:
    flags, policy, fast = WAYS[request.param]
    with served(site, policy) as url, chromium.launch(*flags) as browser:
        page = browser.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(url)
        yield page, fast


# The hardened browser takes minutes for the vectors; its keys are checked by what it seals, below.
@pytest.mark.parametrize("way", ["WebAssembly", "policy without WebAssembly"], indirect=True)
def test_vectors_and_keys_in_a_worker(way: tuple[Page, bool]) -> None:
    page, fast = way
    result = page.evaluate(RUN_TRIAL, [thread["digits"] for thread in THREADS[:2]])
    assert result["fast"] is fast
    opened = [vector for vector in result["vectors"] if not vector["refused"]]
    assert (len(result["vectors"]), len(opened)) == (143, 86)
    assert [v["name"] for v in result["vectors"] if v["observed"] != v["expected"]] == []
    for derived, expected in zip(result["threads"], THREADS[:2], strict=True):
        assert derived == {name: expected[name] for name in derived}


def test_the_worker_seals_what_the_panel_opens(way: tuple[Page, bool]) -> None:
    page, fast = way
    thread = THREADS[1]
    requests = [
        {"id": 1, "type": "prepare", "card": CARD["card"], "today": CARD["today"]},
        {"id": 2, "type": "words"},
        {"id": 3, "type": "check", "typed": " ".join(thread["words"])},
        {"id": 4, "type": "seal", "letter": LETTER, "words": thread["words"], "readBack": True},
        {"id": 5, "type": "seal", "letter": LETTER, "words": None, "readBack": False},
        {"id": 6, "type": "prepare", "card": CARD["card"].replace('"epoch":1', '"epoch":2'), "today": CARD["today"]},
    ]
    prepared, words, checked, *sealed, refused = page.evaluate(ASK, requests)
    assert prepared["fast"] is fast
    assert prepared["fingerprint"] == CARD["fingerprint"]
    assert len(words["words"]) == 7
    assert checked["numbers"] == thread["numbers"]
    assert refused == {"id": 6, "ok": False, "error": "card"}
    frames, letters = zip(*map(opened, sealed), strict=True)
    assert [letter.answers[0].text for letter in letters] == [LETTER["answers"][0]["text"]] * 2
    assert (frames[0].locator.hex(), frames[0].access_hash.hex()) == (thread["locator"], thread["access_hash"])
    assert letters[0].thread == Thread(thread["recipient"], thread["verify_key"], True)
    assert letters[1].thread is None


def opened(answer: dict[str, Any]) -> tuple[Frame, Letter]:
    frame, file = parse_submission(base64.b64decode(answer["body"]))
    return frame, open_letter(file, PanelRoot.from_bytes(seed("panel 1")).identity)


def test_the_page_told_nobody(way: tuple[Page, bool]) -> None:
    """Sealing asks for nothing but the Worker's own script; a request made on purpose is seen."""
    page, _ = way
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.method + " " + request.url.rsplit("/", 1)[1]))
    requests = [
        {"id": 1, "type": "prepare", "card": CARD["card"], "today": CARD["today"]},
        {"id": 2, "type": "seal", "letter": LETTER, "words": None, "readBack": False},
    ]
    assert page.evaluate(ASK, requests)[1]["ok"]
    assert seen == ["GET worker.js"]
    page.goto(page.url + "index.html")
    assert seen == ["GET worker.js", "GET index.html"]
