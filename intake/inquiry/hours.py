"""When the phone line is open: weekly hours that change from a date on, bank holidays, single days, and the clock of one place."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intake.inquiry.details import DayHours, Line
from intake.inquiry.places import Fault

# How far ahead the next opening is looked for, in days.
FAR = 60
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Opening:
    """From when to when the line is answered on a day, by the clock of the line's place."""

    opens: time
    closes: time


@dataclass(frozen=True)
class LineState:
    """Whether the line is open. `today` is the day at the line's place.

    While it is open, `until` is when it closes; else `next_day` and `next_time` are when it opens (None: not in the next
    sixty days).
    """

    today: date
    until: time | None = None
    next_day: date | None = None
    next_time: time | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody answers now."""
        return self.until is not None


@dataclass(frozen=True)
class Week:
    """Days (0 is Monday) that follow each other with the same hours."""

    first: int
    last: int
    opening: Opening


class Hours:
    """The opening hours of one line. Raises Fault, naming the place in the file, for what cannot be."""

    def __init__(self, line: Line) -> None:
        self._line = line
        try:
            self._zone = ZoneInfo(line.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise Fault(("time_zone",), f"there is no time zone {line.time_zone}") from None
        try:
            _bank_holidays(line.holidays.country, line.holidays.part, 2026)
        except NotImplementedError:
            raise Fault(("holidays",), "the bank holidays of this place are not known") from None
        self._check_timetables()
        self._check_exceptions()
        self._firsts = [table.first for table in line.hours]

    def _check_timetables(self) -> None:
        for at, table in enumerate(self._line.hours):
            if at and table.first <= self._line.hours[at - 1].first:
                raise Fault(("hours", at, "from"), "hours must be in the order of their dates")
            days = [day.day for day in table.days]
            for number, day in enumerate(table.days):
                if days.index(day.day) != number:
                    raise Fault(("hours", at, "days", number), f"{day.day} is named twice")
                if day.opens >= day.closes:
                    raise Fault(("hours", at, "days", number), "a day must open before it closes")

    def _check_exceptions(self) -> None:
        seen: set[date] = set()
        for at, one in enumerate(self._line.exceptions):
            if one.date in seen:
                raise Fault(("exceptions", at, "date"), f"{one.date} is named twice")
            if one.opens is not None and one.closes is not None and one.opens >= one.closes:
                raise Fault(("exceptions", at), "a day must open before it closes")
            seen.add(one.date)

    def on(self, day: date) -> Opening | None:
        """Return the hours of a day, None when the line is closed all day."""
        exception = next((one for one in self._line.exceptions if one.date == day), None)
        if exception is not None:
            return _opening(exception.opens, exception.closes)
        at = bisect_right(self._firsts, day) - 1
        if at < 0:
            return None
        table = self._line.hours[at]
        holidays = _bank_holidays(self._line.holidays.country, self._line.holidays.part, day.year)
        wanted = table.on_holidays if day in holidays else _WEEKDAYS[day.weekday()]
        return next((_opening(hours.opens, hours.closes) for hours in table.days if hours.day == wanted), None)

    def state(self, now: datetime) -> LineState:
        """Return whether the line is open at `now` (aware of its time zone), and until when or from when."""
        here = now.astimezone(self._zone)
        today, clock = here.date(), here.time()
        opening = self.on(today)
        if opening is not None and opening.opens <= clock < opening.closes:
            return LineState(today, until=opening.closes)
        if opening is not None and clock < opening.opens:
            return LineState(today, next_day=today, next_time=opening.opens)
        for ahead in range(1, FAR + 1):
            later = self.on(today + timedelta(days=ahead))
            if later is not None:
                return LineState(today, next_day=today + timedelta(days=ahead), next_time=later.opens)
        return LineState(today)

    def week(self, day: date) -> Sequence[Week]:
        """Return the ordinary hours that hold on `day`, days with the same hours that follow each other together."""
        at = max(0, bisect_right(self._firsts, day) - 1)
        by_day: dict[str, DayHours] = {hours.day: hours for hours in self._line.hours[at].days}
        weeks: list[Week] = []
        for number, name in enumerate(_WEEKDAYS):
            hours = by_day.get(name)
            if hours is None:
                continue
            opening = _of_day(hours)
            if weeks and weeks[-1].last == number - 1 and weeks[-1].opening == opening:
                weeks[-1] = Week(weeks[-1].first, number, opening)
            else:
                weeks.append(Week(number, number, opening))
        return weeks


def now() -> datetime:
    """Return the time, aware of its zone."""
    return datetime.now(UTC)


def _of_day(hours: DayHours) -> Opening:
    return Opening(time.fromisoformat(hours.opens), time.fromisoformat(hours.closes))


def _opening(opens: str | None, closes: str | None) -> Opening | None:
    return None if opens is None or closes is None else Opening(time.fromisoformat(opens), time.fromisoformat(closes))


@lru_cache(maxsize=16)
def _bank_holidays(country: str, part: str, year: int) -> frozenset[date]:
    # Here, because it brings date parsing of every country along.
    from holidays import country_holidays

    return frozenset(country_holidays(country, subdiv=part or None, years=year))
