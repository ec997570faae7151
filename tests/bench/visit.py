"""What a first visit asks for, seen by a real browser: requests, and bytes raw, gzip and brotli."""

import gzip
from dataclasses import dataclass

import brotli
from playwright.sync_api import Request

from tests.chromium import launch


@dataclass(frozen=True)
class Visit:
    """Requests of one page and the bytes of all their bodies."""

    requests: int
    raw: int
    gzip: int
    brotli: int


def visit(url: str) -> Visit:
    """Open `url` in a fresh profile and add up what it loads until nothing more comes."""
    with launch() as browser:
        page = browser.new_page()
        requests: list[Request] = []
        page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - a built-in method is no listener
        page.goto(url)
        page.wait_for_load_state("networkidle")
        bodies = [body_of(request) for request in requests]
    return Visit(
        len(bodies),
        sum(map(len, bodies)),
        sum(len(gzip.compress(body, 9)) for body in bodies),
        sum(len(brotli.compress(body)) for body in bodies),
    )


def body_of(request: Request) -> bytes:
    response = request.response()
    return response.body() if response else b""
