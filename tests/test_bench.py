"""The benchmark itself works: the same code, small, without a threshold."""

import pytest

from tests.bench.__main__ import report


@pytest.mark.timeout(280)
def test_the_report_has_every_figure() -> None:
    text = "\n".join(report(seconds=0.3))
    for name in (
        "floor, SQLite",
        "Heard, SQLite",
        "floor, PostgreSQL",
        "Heard, PostgreSQL",
        "Opens",
        "`/share`",
        "`/return`",
        "Cold start",
    ):
        assert name in text
