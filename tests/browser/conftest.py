"""What the browser's tests share: its installed packages."""

import pytest

from tests.browser import node


@pytest.fixture(scope="session", autouse=True)
def node_modules() -> None:
    node.install()
