"""The only time that this side uses: the date."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the date in UTC, so that a letter's day says nothing about a place."""
    return datetime.now(UTC).date()


def week_of(day: date) -> int:
    """Return the ISO week of `day` as year * 100 + week: the finest time that leaves this side."""
    year, week, _ = day.isocalendar()
    return year * 100 + week
