"""What every test shares: skipped tests are counted against the run in CI, and properties can be searched for longer."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["pytester", "tests.skips"]

settings.register_profile("default", deadline=None, derandomize=False)
settings.register_profile("long", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches a test; each sets what it needs."""
    for name in [name for name in os.environ if name.startswith("HEARD_")]:
        monkeypatch.delenv(name)
