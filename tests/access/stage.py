"""A page of the site under a look, and the states that it can be brought to."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, Page, ViewportSize

from intake.pages import Pages
from tests import chromium
from tests.access.site import Site

NARROW: Final = ViewportSize(width=320, height=640)
MIDDLE: Final = ViewportSize(width=768, height=1024)
WIDE: Final = ViewportSize(width=1280, height=800)


@dataclass(frozen=True)
class Look:
    """How somebody looks at a page: `options` are those of a browser's profile."""

    name: str
    options: Mapping[str, Any]

    def __str__(self) -> str:
        return self.name


LIGHT: Final = Look("light", {"viewport": NARROW, "color_scheme": "light"})
DARK: Final = Look("dark", {"viewport": NARROW, "color_scheme": "dark"})
LARGE: Final = Look("wide", {"viewport": WIDE, "color_scheme": "light"})
FORCED: Final = Look("forced-colours", {"viewport": NARROW, "forced_colors": "active"})


@dataclass
class Stage:
    """One page in one language."""

    page: Page
    site: Site
    code: str

    @property
    def url(self) -> str:
        return self.site.url(self.code)

    @property
    def pages(self) -> Pages:
        return self.site.pages(self.code)

    def show(self, path: str, html: str) -> None:
        """Show `html` as if the site had answered with it."""
        self.page.route(self.url + path, lambda route: route.fulfill(content_type="text/html", body=html))
        self.page.goto(self.url + path)
        self.page.unroute(self.url + path)


Walk = Callable[[Stage], Iterator[str]]
Check = Callable[[Page], list[str]]


def take(walk: Walk, stage: Stage, checks: Collection[Check], chosen: Collection[str] | None = None) -> list[str]:
    """Take a walk; return what `checks` find in each state, with the state's name before it.

    Of a walk whose states were `chosen`, only these are looked at, and nobody walks on after the last.
    """
    found = []
    left = None if chosen is None else set(chosen)
    for state in walk(stage):
        if left is None or state in left:
            found += [f"{stage.code}, {state}: {fault}" for check in checks for fault in check(stage.page)]
        if left is not None:
            left.discard(state)
            if not left:
                return found
    return found + [f"{stage.code}: never came to {state}" for state in left or ()]


@contextlib.contextmanager
def stage(browser: Browser, site: Site, code: str, look: Look = LIGHT, *, scripts: bool = True) -> Iterator[Stage]:
    """Yield one stage in a profile of its own."""
    context = browser.new_context(java_script_enabled=scripts, **look.options)
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    try:
        yield Stage(page, site, code)
    finally:
        page.unroute_all(behavior="ignoreErrors")
        context.close()
