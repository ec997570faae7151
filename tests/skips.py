"""A test that CI must run cannot be skipped quietly.

Skips are printed with their reasons. With `CI=true`, a skip that is not marked `@pytest.mark.may_skip("why")` fails the run,
although each single test is still reported as skipped.
"""

import os
from collections.abc import Iterator

import pytest

MARK = "may_skip"
_NOT_RUN = pytest.StashKey[list[str]]()


def in_ci() -> bool:
    """Whether this run decides what lands."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(reason): this test may be skipped in CI, for this reason")
    config.stash[_NOT_RUN] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a hook wrapper yields nothing and is sent the report
    if report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker(MARK) is None:
        item.config.stash[_NOT_RUN].append(item.nodeid)
    return report  # type: ignore[return-value]  # as above


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: pytest.CollectReport = yield  # type: ignore[assignment]  # as above
    if report.skipped:
        collector.config.stash[_NOT_RUN].append(collector.nodeid)
    return report  # type: ignore[return-value]  # as above


def pytest_sessionfinish(session: pytest.Session) -> None:
    if in_ci() and session.config.stash[_NOT_RUN] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    not_run = config.stash[_NOT_RUN]
    if in_ci() and not_run:
        terminalreporter.section("skipped, and CI must run them", red=True)
        for name in not_run:
            terminalreporter.line(name)
