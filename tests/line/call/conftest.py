"""One line and one Chromium for all tests of the page for calls, two workers, and a browser profile for each visit."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests import chromium
from tests.line.call.calling import CallPage
from tests.line.call.office import Office
from tests.wire import Wire

DESK = ViewportSize(width=1280, height=900)
Fresh = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office.found(tmp_path_factory.mktemp("office"))
    for name in ("jo.b", "sam"):
        made.add(name)
    made.add("kit", "supervisor")
    made.begin()
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def fresh(browser: Browser, office: Office) -> Iterator[Fresh]:
    """A function that makes a profile in which a worker is signed in."""
    made: list[BrowserContext] = []

    def make(name: str = "jo.b") -> BrowserContext:
        made.append(browser.new_context(viewport=DESK))
        made[-1].set_default_timeout(chromium.PATIENCE)
        office.let_in(made[-1], name)
        return made[-1]

    yield make
    for context in made:
        for page in context.pages:
            page.unroute_all(behavior="wait")
        context.close()


@pytest.fixture
def context(fresh: Fresh) -> BrowserContext:
    return fresh()


@pytest.fixture
def wire(context: BrowserContext) -> Wire:
    return Wire(context)


@pytest.fixture
def page(context: BrowserContext, wire: Wire) -> Page:
    assert wire.context is context
    return context.new_page()


@pytest.fixture
def call(page: Page, office: Office) -> CallPage:
    """The page, before a call."""
    return CallPage(page).open(office.url)
