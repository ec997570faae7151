"""The phone line measured: how soon the page for calls is ready, what an autosave costs the page, and many workers who save at once."""

import asyncio
import contextlib
import secrets
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
from playwright.sync_api import Browser

from crypto.constants import LETTER_KINDS
from crypto.frame import Frame
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_letter
from intake.line.codes import new_token, token_digest
from intake.line.installation import open_line_store
from intake.line.rows import Session
from intake.settings import Settings
from tests import chromium
from tests.bench import server
from tests.crypto import samples
from tests.line.call.calling import CallPage
from tests.line.call.conftest import DESK
from tests.line.call.office import Office

SLOWER: Final = 4
WORKERS: Final = 200
# How often a page saves while somebody types without a pause.
EVERY_SECONDS: Final = 2.0
MILLISECONDS: Final = 1_000
# Counted in the page: how long the main thread was held by one task, from 50 ms on, and how long each save kept it.
WATCH: Final = """() => {
  globalThis.held = [];
  new PerformanceObserver((list) => held.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
}"""


@contextlib.contextmanager
def line() -> Iterator[Office]:
    """A line with one worker, on the disk that the clone is on."""
    with server.folder() as name:
        office = Office.found(name)
        office.add("jo.b")
        office.begin()
        try:
            yield office
        finally:
            office.end()


@dataclass(frozen=True)
class Page:
    """Seconds until the page can be typed into, and the longest that one task held its main thread while it saved (ms; 0: under 50)."""

    ready: float
    held: float


def page(browser: Browser, office: Office, seconds: float) -> Page:
    """Open the page on a processor `SLOWER` times slower, and type for some seconds while it saves."""
    context = browser.new_context(viewport=DESK)
    office.let_in(context, "jo.b")
    made = context.new_page()
    session = context.new_cdp_session(made)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    call = CallPage(made).open(office.url)
    ready = made.evaluate("performance.now()")
    call.begin().take_words().go_to("account")
    call.type("A first sentence. ").wait_until_saved()
    made.evaluate(WATCH)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        call.type("More of it. ")
        made.wait_for_timeout(100)
    held = [float(one) for one in made.evaluate("held")]
    context.close()
    return Page(float(ready) / MILLISECONDS, max(held, default=0.0))


def sessions(office: Office, count: int) -> list[str]:
    """Sign so many workers in, and return their cookies."""
    store = open_line_store(Settings.read(office.installed.environment))
    worker = store.worker_named("jo.b")
    assert worker is not None
    minute, tokens = int(time.time() // 60), [new_token() for _ in range(count)]
    for token in tokens:
        store.begin(Session(token_digest(token), worker.id, "open", minute, minute, minute), count + 8, None)
    store.close()
    return tokens


@dataclass(frozen=True)
class Saves:
    """How long saves took, in ms, and how many were refused."""

    p50: float
    p95: float
    count: int
    failed: int


def saves(office: Office, workers: int, seconds: float) -> Saves:
    """Let so many workers save every `EVERY_SECONDS`, each into the one place of their call."""
    return asyncio.run(_save_all(office.url, sessions(office, workers), seconds))


async def _save_all(url: str, tokens: list[str], seconds: float) -> Saves:
    letters = [
        seal_letter(samples.letter(), [samples.ROOT.identity.recipient, throwaway_recipient()]) for _ in range(8)
    ]
    took: list[float] = []
    failed = 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as client:

        async def worker(number: int, token: str) -> None:
            nonlocal failed
            frame = Frame(LETTER_KINDS["unfinished"], secrets.token_bytes(16), secrets.token_bytes(32)).encode()
            headers: dict[str, Any] = {"Cookie": f"__Host-line={token}", "Content-Type": "application/octet-stream"}
            headers |= {"Accept": "application/json", "Sec-Fetch-Site": "same-origin", "Origin": url}
            await asyncio.sleep(EVERY_SECONDS * number / len(tokens))
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                # Other bytes each time, as another save has: only what a header of age would not show differs.
                sealed = bytearray(letters[number % len(letters)])
                sealed[-32:] = secrets.token_bytes(32)
                start = time.perf_counter()
                answer = await client.post("/letters", content=frame + bytes(sealed), headers=headers)
                took.append((time.perf_counter() - start) * MILLISECONDS)
                failed += answer.status_code != 201
                await asyncio.sleep(max(0.0, EVERY_SECONDS - (time.perf_counter() - start)))

        await asyncio.gather(*(worker(number, token) for number, token in enumerate(tokens)))
    return Saves(statistics.median(took), statistics.quantiles(took, n=20)[-1], len(took), failed)


def section(seconds: float, workers: int = WORKERS, runs: int = 3) -> Iterator[str]:
    """Yield the report of the phone line."""
    yield "## The phone line\n"
    yield f"Aim: a worker's page ready in 1 s with the processor {SLOWER} times slower; no autosave holds the page for 50 ms; {workers} workers who"
    yield "save at once, each about every two seconds, have p95 under 200 ms, server and load on the same cores.\n"
    with line() as office:
        with chromium.launch() as browser:
            pages = [page(browser, office, seconds) for _ in range(runs)]
        ready, held = statistics.median(one.ready for one in pages), max(one.held for one in pages)
        yield f"Page ready in {ready:.2f} s (median of {runs}). Longest task while saving: {f'{held:.0f} ms' if held else 'under 50 ms'}."
        found = saves(office, workers, seconds)
        yield f"{found.count} saves of {workers} workers: p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms, {found.failed} failed."
    yield ""
