"""One real site and one real Chromium for all tests of the form."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests import chromium
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.wire import Wire

SMALL_PHONE = ViewportSize(width=320, height=640)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield here.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=SMALL_PHONE)
    made.set_default_timeout(20_000)
    yield made
    for page in made.pages:
        page.unroute_all(behavior="wait")
    made.close()


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
