"""Debian's Chromium, for every test that needs a real browser: `with chromium.launch() as browser: browser.new_page()`."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

FLAGS: Final = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Chromium's sandbox refuses to run for root, which is who runs tests in a container.
FLAGS_FOR_ROOT: Final = ("--no-sandbox",)

# How long a page may take for what it will do in the end (milliseconds): other tests use the machine as well.
PATIENCE: Final = 60_000
expect.set_options(timeout=PATIENCE)


def executable() -> str:
    """Return the path of the browser. Raises FileNotFoundError, which names the package."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise FileNotFoundError("Chromium is not installed; install the package `chromium` (Debian).")
    return found


def flags() -> tuple[str, ...]:
    """Return the flags that every test's browser starts with."""
    return (*FLAGS, *(FLAGS_FOR_ROOT if os.geteuid() == 0 else ()))


@contextmanager
def launch(*more: str) -> Iterator[Browser]:
    """Start a headless browser with flags added, and close it in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*flags(), *more])
        try:
            yield browser
        finally:
            browser.close()
