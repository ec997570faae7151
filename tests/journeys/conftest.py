"""What the journeys share: the locked packages, and the four ways in which people come."""

import pytest

from tests.browser import node
from tests.journeys.driver import Browser

FOUR = [Browser(name, scripts) for name in ("chrome", "firefox") for scripts in (True, False)]


@pytest.fixture(scope="session", autouse=True)
def node_modules() -> None:
    """The locked packages, puppeteer-core among them."""
    if not (node.BROWSER / "node_modules" / "puppeteer-core").exists():
        node.run([*node.npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])


@pytest.fixture(params=FOUR, ids=str)
def browser(request: pytest.FixtureRequest) -> Browser:
    """Chromium and Firefox, scripts on and off."""
    chosen: Browser = request.param
    return chosen
