"""The site's own Worker in Chromium, asked one thing at a time, and each answer timed inside the page."""

import base64
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route

from tests import chromium

ALLOWING = "'wasm-unsafe-eval'"
# Bodies cross as base64, outside the time that is measured.
START = """() => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
  const text = (buffer) => {
    let all = "";
    for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
    return btoa(all);
  };
  const { worker: address, cards, today } = document.querySelector("[data-worker]").dataset;
  const worker = new Worker(address);
  let last = 0;
  window.askWorker = (request) => new Promise((resolve, reject) => {
    const told = [];
    const answers = request.answers?.map(bytes);
    const id = (last += 1);
    worker.onerror = (event) => reject(new Error(event.message));
    const start = performance.now();
    let [beat, held] = [start, 0];
    const tick = () => {
      const now = performance.now();
      [beat, held] = [now, Math.max(held, now - beat)];
    };
    const beating = setInterval(tick, 10);
    worker.onmessage = ({ data }) => {
      if (data.id !== id) return;
      if (data.progress) { told.push(data); return; }
      const milliseconds = performance.now() - start;
      clearInterval(beating);
      tick();
      if (data.requests) data.requests = data.requests.map(text);
      resolve({ answer: data, milliseconds, told, held });
    };
    worker.postMessage({ ...request, ...(answers && { answers }), id }, answers ?? []);
  });
  return { cards, today };
}"""


@dataclass(frozen=True)
class Answered:
    """What the Worker answered, after how many milliseconds, and what it told of its progress before.

    `held` is the longest that the page itself stood still meanwhile, in milliseconds.
    """

    answer: dict[str, Any]
    milliseconds: float
    told: list[dict[str, Any]]
    held: float

    @property
    def requests(self) -> list[bytes]:
        """The bodies that it wants posted."""
        return [base64.b64decode(body) for body in self.answer["requests"]]


@dataclass(frozen=True)
class SiteWorker:
    """A Worker of the site, started in `page`, which holds these cards."""

    page: Page
    cards: str

    def ask(self, kind: str, **request: Any) -> Answered:
        """Send one message and wait for its answer. Raises AssertionError when it is a refusal."""
        if "answers" in request:
            request["answers"] = [base64.b64encode(body).decode("ascii") for body in request["answers"]]
        answered = Answered(**self.page.evaluate("request => window.askWorker(request)", {"type": kind, **request}))
        assert answered.answer["ok"], (kind, answered.answer)
        return answered


@dataclass(frozen=True)
class Way:
    """How browsers differ: Chromium's flags, and whether WebAssembly may be compiled; `fast` says whether it then can."""

    name: str = "WebAssembly"
    flags: tuple[str, ...] = ()
    allows: bool = True
    fast: bool = True


@contextlib.contextmanager
def site_worker(url: str, way: Way = Way()) -> Iterator[SiteWorker]:
    """Start Chromium, load the page at `url`, and start and prepare a Worker as that page does."""
    with chromium.launch(*way.flags) as browser:
        context = browser.new_context()
        if not way.allows:
            context.route("**/static/worker*", without_wasm)
        page = context.new_page()
        page.set_default_timeout(200_000)
        page.goto(url)
        found = page.evaluate(START)
        worker = SiteWorker(page, found["cards"])
        prepared = worker.ask("prepare", card=found["cards"], today=found["today"])
        assert prepared.answer["fast"] is way.fast
        yield worker


def without_wasm(route: Route) -> None:
    """Serve the Worker with a content policy that does not let it compile WebAssembly."""
    response = route.fetch()
    policy = response.headers["content-security-policy"]
    assert ALLOWING in policy
    headers = response.headers | {"content-security-policy": policy.replace(ALLOWING, "")}
    route.fulfill(response=response, headers=headers)
