"""What a first visit loads and how soon it can be read, by a real browser: requests, what crosses the line, the first text."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request

# A slow line and an old telephone.
KILOBITS: Final = 400
LATENCY_MILLISECONDS: Final = 400
SLOWER: Final = 6
# Chromium notes when text was first painted, which takes its style sheet. It may do so after the load event.
PAINTED: Final = """() => new Promise((resolve) => new PerformanceObserver((list, observer) => {
  const [painted] = list.getEntriesByName("first-contentful-paint");
  if (painted) { observer.disconnect(); resolve(painted.startTime); }
}).observe({ type: "paint", buffered: true }))"""


@dataclass(frozen=True)
class Loaded:
    """One answer: its path, kind ("document", "script", ...), and the bytes of its body as it is and as it crossed the line."""

    path: str
    kind: str
    raw: int
    crossed: int

    @property
    def is_worker(self) -> bool:
        """Say whether it is the bundle that seals."""
        return self.path.startswith("/static/worker")


def visit(browser: Browser, url: str) -> list[Loaded]:
    """Open `url` in a fresh profile and return what it loads until nothing more comes, the document first."""
    context = browser.new_context()
    try:
        page = context.new_page()
        requests: list[Request] = []
        page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - a built-in method is no listener
        page.goto(url)
        page.wait_for_load_state("networkidle")
        return [loaded(request) for request in requests]
    finally:
        context.close()


def loaded(request: Request) -> Loaded:
    """Return what came for a request."""
    response = request.response()
    assert response is not None
    # The browser's own count leaves out a Worker's script.
    crossed = int(response.headers["content-length"])
    return Loaded(urlsplit(request.url).path, request.resource_type, len(response.body()), crossed)


def page_weight(seen: list[Loaded]) -> int:
    """Return the bytes that must cross before a page can be used: all but the bundle, which comes while one reads."""
    return sum(each.crossed for each in seen if not each.is_worker)


def bundle_weight(seen: list[Loaded]) -> int:
    """Return the bytes of the bundle that seals."""
    return sum(each.crossed for each in seen if each.is_worker)


def readable(browser: Browser, url: str) -> float:
    """Return the seconds from asking for `url` to its first text, in a fresh profile on the slow line and the old telephone."""
    context = browser.new_context()
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        bytes_a_second = KILOBITS * 1000 / 8
        line = {
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
            "latency": LATENCY_MILLISECONDS,
        }
        session.send("Network.emulateNetworkConditions", {"offline": False, **line})
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url, wait_until="commit")
        return float(page.evaluate(PAINTED)) / 1000
    finally:
        context.close()
