"""A test that CI must run cannot be skipped quietly.

Skips are printed with their reasons. With `CI=true`, a skip that is not marked `@pytest.mark.may_skip("why")` fails the run,
although each single test is still reported as skipped.
"""

import os

import pytest

MARK = "may_skip"


def in_ci() -> bool:
    """Whether this run decides what lands."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


class Skips:
    """What was skipped without leave. It goes by reports, which reach the run from every process that tests."""

    def __init__(self) -> None:
        self._not_run: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail") and MARK not in report.keywords:
            self._not_run.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._not_run.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if in_ci() and self._not_run and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if in_ci() and self._not_run:
            terminalreporter.section("skipped, and CI must run them", red=True)
            for name in self._not_run:
                terminalreporter.line(name)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(reason): this test may be skipped in CI, for this reason")
    config.pluginmanager.register(Skips())
