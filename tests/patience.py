"""Waiting for what will happen, however busy the machine is: `soon(lambda: shown, page)`."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import httpx
from playwright.sync_api import Page

SECONDS: Final = 60
_REST_SECONDS: Final = 0.1


def soon(found: Callable[[], object], page: Page | None = None) -> None:
    """Wait until `found` returns something. What a page says reaches a test only while that waits in `page`."""
    end = time.monotonic() + SECONDS
    while not _tried(found):
        assert time.monotonic() < end, "waited in vain"
        if page is None:
            time.sleep(_REST_SECONDS)
        else:
            page.wait_for_timeout(_REST_SECONDS * 1_000)


def _tried(found: Callable[[], object]) -> object:
    # A file or an answer that is not there yet.
    with suppress(OSError, httpx.HTTPError, ValueError):
        return found()
    return None
