"""One real site and one real Chromium for all tests of the form."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests import chromium
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.wire import Wire

SMALL_PHONE = ViewportSize(width=320, height=640)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here


@pytest.fixture
def site(served: Installed) -> str:
    return served.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """A function that makes a new profile: nothing is in it that another left."""
    made = []

    def make() -> BrowserContext:
        made.append(browser.new_context(viewport=SMALL_PHONE))
        made[-1].set_default_timeout(chromium.PATIENCE)
        return made[-1]

    yield make
    for context in made:
        for page in context.pages:
            page.unroute_all(behavior="wait")
        context.close()


@pytest.fixture
def context(fresh: Callable[[], BrowserContext]) -> BrowserContext:
    return fresh()


@pytest.fixture
def wire(context: BrowserContext) -> Wire:
    return Wire(context)


@pytest.fixture
def page(context: BrowserContext, wire: Wire) -> Page:
    assert wire.context is context
    return context.new_page()


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(java_script_enabled=False, viewport=SMALL_PHONE)
    yield made.new_page()
    made.close()
