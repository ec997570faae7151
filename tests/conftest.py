"""What every test shares: skipped tests are counted against the run in CI, and properties can be searched for longer."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.databases", "tests.skips"]

# How long it takes to make examples says something about the machine, not about the code.
_BUSY_MACHINE = [HealthCheck.too_slow]
settings.register_profile("default", deadline=None, suppress_health_check=_BUSY_MACHINE)
settings.register_profile("long", deadline=None, suppress_health_check=_BUSY_MACHINE, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
_LEFT_OUT: Final = "left out"


class LeftOut:
    """Tests of the larger matrix that were not chosen, counted by file. Each process that tests collects all of them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._counts.update(item.location[0] for item in items if item.get_closest_marker("all"))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_LEFT_OUT] = dict(self._counts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A process that crashed has none.
        self._counts |= Counter(getattr(node, "workeroutput", {}).get(_LEFT_OUT, {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._counts:
            terminalreporter.section("left to `make test-all`")
            for name, count in sorted(self._counts.items()):
                terminalreporter.line(f"{name}: {count}")


def pytest_configure(config: pytest.Config) -> None:
    """Count what `make test` leaves to `make test-all`, and say so at the end."""
    config.pluginmanager.register(LeftOut())


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches a test; each sets what it needs."""
    for name in [name for name in os.environ if name.startswith("HEARD_")]:
        monkeypatch.delenv(name)
