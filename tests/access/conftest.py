"""What the checks of access share: the locked packages, one site in every language, one browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import chromium
from tests.access.site import Site, serve
from tests.browser import node


@pytest.fixture(scope="session", autouse=True)
def node_modules() -> None:
    node.install()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched
