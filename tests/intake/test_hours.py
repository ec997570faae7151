"""The line's hours: a whole year against the configuration, the change of clocks, bank holidays, single days, and what is said."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.inquiry import load_inquiry
from intake.inquiry.hours import Hours, LineState, Opening
from intake.language import ENGLISH
from intake.opening_times import OpeningTimes

HOURS = load_inquiry().hours
TIMES = OpeningTimes(HOURS, ENGLISH)
LONDON = ZoneInfo("Europe/London")
# gov.uk/bank-holidays, England and Wales, 2026 and 2027, by hand.
BANK_HOLIDAYS = {
    date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31),
    date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30),
    date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip
SHORT_DAYS = {date(2026, 12, 24), date(2026, 12, 31)}


def expected(day: date) -> Opening | None:
    """Return what line.toml says of a day, written down once more by hand."""
    if day in SHORT_DAYS:
        return Opening(time(8), time(14))
    # 26 December 2026 is a Saturday: the bank holiday moves to Monday, and Boxing Day itself is a holiday too.
    if day in BANK_HOLIDAYS or day.weekday() == 6 or day in {date(2026, 12, 26), date(2027, 12, 25)}:
        return None
    return Opening(time(10), time(12)) if day.weekday() == 5 else Opening(time(8), time(20))


def test_every_day_of_two_years_is_what_the_configuration_says() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
    assert [day for day in days if HOURS.on(day) != expected(day)] == []


def test_every_quarter_of_an_hour_of_a_year_is_open_or_closed_as_its_day_says() -> None:
    """By the clock of the place, through both changes of it."""
    wrong = []
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        here = moment.astimezone(LONDON)
        hours = expected(here.date())
        is_open = hours is not None and hours.opens <= here.time() < hours.closes
        if HOURS.state(moment).is_open != is_open:
            wrong.append(moment)
        moment += timedelta(minutes=15)
    assert wrong == []


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026: 8am is another hour of UTC.
        ("2026-03-27T08:00+00:00", True),
        ("2026-03-27T07:59+00:00", False),
        ("2026-03-30T07:00+00:00", True),
        ("2026-03-30T06:59+00:00", False),
        ("2026-10-23T18:59+00:00", True),
        ("2026-10-23T19:00+00:00", False),
        ("2026-10-26T19:59+00:00", True),
        ("2026-10-26T20:00+00:00", False),
        ("2026-12-25T12:00+00:00", False),
        ("2026-12-24T13:59+00:00", True),
        ("2026-12-24T14:00+00:00", False),
    ],
)
def test_the_clock_is_that_of_the_place(moment: str, is_open: bool) -> None:
    assert HOURS.state(datetime.fromisoformat(moment)).is_open is is_open


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)))
def test_what_is_said_next_is_true_and_the_first(moment: datetime) -> None:
    state = HOURS.state(moment)
    here = moment.astimezone(LONDON)
    if state.until is not None:
        last = datetime.combine(here.date(), state.until, LONDON) - timedelta(seconds=1)
        assert HOURS.state(last).is_open
        assert not HOURS.state(last + timedelta(seconds=1)).is_open
        return
    assert state.next_day is not None
    assert state.next_time is not None
    opens = datetime.combine(state.next_day, state.next_time, LONDON)
    assert HOURS.state(opens).is_open
    days = (state.next_day - here.date()).days
    between = [here.date() + timedelta(days=n) for n in range(1, days)]
    assert [day for day in between if HOURS.on(day)] == []


def test_it_says_until_when_and_from_when() -> None:
    def said(moment: str) -> str:
        return TIMES.now(HOURS.state(datetime.fromisoformat(moment)))

    assert said("2026-11-26T18:00+00:00") == "The line is open now, until 8pm."
    assert said("2026-11-28T11:00+00:00") == "The line is open now, until 12 noon."
    assert said("2026-11-26T07:00+00:00") == "The line is closed now. It opens today at 8am."
    assert said("2026-11-26T21:00+00:00") == "The line is closed now. It opens tomorrow at 8am."
    assert said("2026-11-28T12:00+00:00") == "The line is closed now. It opens on Monday at 8am."
    assert TIMES.now(LineState(date(2026, 11, 26))) == "The line is closed at the moment."
    far = LineState(date(2026, 12, 1), next_day=date(2026, 12, 15), next_time=time(8, 30))
    assert TIMES.now(far) == "The line is closed now. It opens on Tuesday, 15 December at 8:30am."
    assert TIMES.clock(time(0)) == "midnight"
    assert TIMES.weekly(date(2026, 11, 26)) == "Monday to Friday, 8am to 8pm. Saturday, 10am to 12 noon."


def test_hours_may_change_from_a_day_on() -> None:
    import msgspec

    line = load_inquiry().line
    later = msgspec.structs.replace(line.hours[0], first=date(2027, 6, 1), days=line.hours[0].days[:1])
    hours = Hours(msgspec.structs.replace(line, hours=(*line.hours, later)))
    assert hours.on(date(2027, 5, 28)) is not None
    assert hours.on(date(2027, 6, 4)) is None
    assert hours.on(date(2027, 6, 7)) == Opening(time(8), time(20))
    assert hours.on(date(2025, 12, 1)) is None
    assert OpeningTimes(hours, ENGLISH).weekly(date(2027, 6, 7)) == "Monday, 8am to 8pm."
