"""What is said about the hours of the phone line, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from intake.inquiry.hours import Hours, LineState, Week
from intake.language import Language


@dataclass(frozen=True)
class OpeningTimes:
    """Sentences about a line's hours. GOV.UK style: "8am", "10:30am", "12 noon"."""

    hours: Hours
    language: Language

    def weekly(self, today: date) -> str:
        """Return the ordinary hours: "Monday to Friday, 8am to 8pm. Saturday, 10am to 12 noon."."""
        return " ".join(self._week(week) for week in self.hours.week(today))

    def now(self, state: LineState) -> str:
        """Return whether somebody answers now, and until when or from when."""
        gettext = self.language.gettext
        if state.until is not None:
            return gettext("The line is open now, until %(time)s.") % {"time": self.clock(state.until)}
        if state.next_day is None or state.next_time is None:
            return gettext("The line is closed at the moment.")
        opens = {"day": self._day(state.next_day, state.today), "time": self.clock(state.next_time)}
        return gettext("The line is closed now. It opens %(day)s at %(time)s.") % opens

    def clock(self, moment: time) -> str:
        """Return a time of day as people say it."""
        gettext = self.language.gettext
        if moment == time(12):
            return gettext("12 noon")
        if moment == time(0):
            return gettext("midnight")
        shown = f"{(moment.hour - 1) % 12 + 1}" + (f":{moment.minute:02}" if moment.minute else "")
        return (gettext("%(time)sam") if moment.hour < 12 else gettext("%(time)spm")) % {"time": shown}

    def _week(self, week: Week) -> str:
        gettext = self.language.gettext
        days = self._names()
        first, last = days[week.first], days[week.last]
        named = first if first == last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}
        times = {"opens": self.clock(week.opening.opens), "closes": self.clock(week.opening.closes)}
        return gettext("%(days)s, %(opens)s to %(closes)s.") % {"days": named, **times}

    def _day(self, day: date, today: date) -> str:
        gettext = self.language.gettext
        if day == today:
            return gettext("today")
        if day == today + timedelta(days=1):
            return gettext("tomorrow")
        named = self._names()[day.weekday()]
        if day - today < timedelta(days=7):
            return gettext("on %(weekday)s") % {"weekday": named}
        return gettext("on %(weekday)s, %(day)s %(month)s") % {
            "weekday": named,
            "day": day.day,
            "month": self._months()[day.month - 1],
        }

    def _names(self) -> Sequence[str]:
        gettext = self.language.gettext
        return (
            gettext("Monday"),
            gettext("Tuesday"),
            gettext("Wednesday"),
            gettext("Thursday"),
            gettext("Friday"),
            gettext("Saturday"),
            gettext("Sunday"),
        )

    def _months(self) -> Sequence[str]:
        gettext = self.language.gettext
        return (
            gettext("January"),
            gettext("February"),
            gettext("March"),
            gettext("April"),
            gettext("May"),
            gettext("June"),
            gettext("July"),
            gettext("August"),
            gettext("September"),
            gettext("October"),
            gettext("November"),
            gettext("December"),
        )
