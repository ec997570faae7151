"""The phone line's pages as HTML, in English. Their strings go through gettext, in a collection of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from babel.dates import format_date

from intake.inquiry import Inquiry
from intake.inquiry.hours import now as now_aware
from intake.language import ENGLISH
from intake.line.guard import SignedIn
from intake.opening_times import OpeningTimes
from intake.pages import AssetNames, Problem
from intake.templating import environment_in

_DAYS: Final = 14
_DATES: Final = "en_GB"


@dataclass(frozen=True)
class ComingDay:
    """The hours of a day to come, in words; "" says that the line is closed."""

    day: str
    hours: str


class LinePages:
    """Renders every page of the phone line. `now` gives the time, for what is said about the hours."""

    def __init__(
        self, inquiry: Inquiry, assets: AssetNames, idle_minutes: int, now: Callable[[], datetime] = now_aware
    ) -> None:
        self.language = ENGLISH
        self._inquiry = inquiry
        self._times = OpeningTimes(inquiry.hours, ENGLISH)
        self._now = now
        self._environment = environment_in(ENGLISH)
        self._environment.globals |= {
            "inquiry": inquiry,
            "language": ENGLISH,
            "asset": assets.url,
            "integrity": assets.integrity,
            "idle_minutes": idle_minutes,
            "line_now": self.line_now,
            "line_weekly": self.line_weekly,
            "coming_days": self.coming_days,
        }

    def describe(self, **facts: Any) -> None:
        """Let every page know something of this line: whether it takes calls, for example, or is for practice."""
        self._environment.globals |= facts

    def render(
        self, template: str, /, signed: SignedIn | None = None, problem: Problem | None = None, **context: Any
    ) -> str:
        """Return a page by the name of its template. `signed`: whose it is; `problem`: what is to be put right on it."""
        return self._environment.get_template(f"line/{template}.html").render(signed=signed, problem=problem, **context)

    def line_now(self) -> str:
        """Return what the public page says: whether the line is open, and until when or from when."""
        return self._times.now(self._inquiry.hours.state(self._now()))

    def line_weekly(self) -> str:
        """Return the ordinary hours, as the public page says them."""
        return self._times.weekly(self._inquiry.hours.state(self._now()).today)

    def coming_days(self) -> Sequence[ComingDay]:
        """Return the hours of today and the thirteen days after it: what a worker's rota needs and a week's rule hides."""
        hours, gettext = self._inquiry.hours, self.language.gettext
        today = hours.state(self._now()).today
        days = []
        for day in (today + timedelta(days=ahead) for ahead in range(_DAYS)):
            opening = hours.on(day)
            times = (
                {"opens": self._times.clock(opening.opens), "closes": self._times.clock(opening.closes)}
                if opening
                else {}
            )
            said = gettext("%(opens)s to %(closes)s") % times if opening else ""
            days.append(ComingDay(format_date(day, "EEEE, d MMMM", locale=_DATES), said))
        return days
