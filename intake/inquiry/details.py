"""Who the inquiry is and how it can be reached, as its files say it."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta

from intake.inquiry.questions import Choices, Name, Part, Text

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$")]
# 24 hours, "08:00".
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class About(Part, frozen=True):
    """What the inquiry is about, why people are asked, who reads what they send, and when."""

    what: Text
    why: Text
    readers: Text
    when: Text


class Age(Part, frozen=True):
    """Whom the service is for, and where those who are younger can turn."""

    minimum: Annotated[int, Meta(ge=0, le=120)]
    text: Text


class Limits(Part, frozen=True):
    """What cannot be kept private: when a child is in danger, by law, and where someone is named."""

    danger: Text
    law: Text
    names: Text


class Keeping(Part, frozen=True):
    """How long accounts are kept, and what a legal hold means."""

    text: Text
    hold: Text


class Privacy(Part, frozen=True):
    """Who answers for what is done with what people share, and by what right."""

    controller: Text
    basis: Text


class Complaints(Part, frozen=True):
    """How to complain, and where to after that."""

    text: Text
    beyond: Text


class Accessibility(Part, frozen=True):
    """Whom to tell that a page is hard to use, and when the pages were last looked over."""

    contact: Text
    checked: dt.date


class Exit(Part, frozen=True):
    """Where the exit button leads."""

    address: Annotated[str, Meta(pattern=r"^https://[^\s\"'<>]+$")]


class Post(Part, frozen=True):
    """The postal address, and what to say about it."""

    address: Annotated[tuple[Text, ...], Meta(min_length=1)]
    note: str = ""


class InquiryFile(Part, frozen=True):
    """`inquiry.toml`."""

    id: Name
    name: Text
    service: Text
    source: Text
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    question_files: Annotated[tuple[Text, ...], Meta(min_length=1)]
    about: About
    age: Age
    limits: Limits
    keeping: Keeping
    privacy: Privacy
    complaints: Complaints
    accessibility: Accessibility
    exit: Exit
    post: Post


class DayHours(Part, frozen=True):
    """When somebody answers on one day of the week."""

    day: Weekday
    opens: Clock
    closes: Clock


class Timetable(Part, frozen=True, rename={"first": "from"}):
    """The hours of every week from the date `first` on; `on_holidays` is "closed" or the weekday whose hours then hold."""

    first: dt.date
    days: Annotated[tuple[DayHours, ...], Meta(min_length=1)]
    on_holidays: Literal["closed"] | Weekday = "closed"


class ExceptionalDay(Part, frozen=True):
    """One day with hours of its own; without any the line is closed."""

    date: dt.date
    opens: Clock | None = None
    closes: Clock | None = None

    def __post_init__(self) -> None:
        """Refuse half of the hours."""
        if (self.opens is None) != (self.closes is None):
            raise ValueError("a day has both `opens` and `closes`, or neither")


class Holidays(Part, frozen=True):
    """Whose bank holidays count: a country's code (ISO 3166), and a part of it where they differ."""

    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
    part: str = ""


class Line(Part, frozen=True):
    """`line.toml`: the phone line."""

    number: Text
    cost: Text
    time_zone: Text
    holidays: Holidays
    hours: Annotated[tuple[Timetable, ...], Meta(min_length=1)]
    exceptions: tuple[ExceptionalDay, ...] = ()


class Helpline(Part, frozen=True, rename={"is_example": "example"}):
    """Someone to call. `is_example`: the number is made up and is to be replaced; pages say so."""

    name: Text
    number: Text
    about: Text
    hours: str = ""
    is_example: bool = False


class Urgent(Part, frozen=True):
    """What is said to someone who answers that a child may be at risk, before anything is sent."""

    text: Text
    routes: Annotated[tuple[Helpline, ...], Meta(min_length=1)]


class Support(Part, frozen=True):
    """`support.toml`: who can help now."""

    danger: Text
    services: Annotated[tuple[Helpline, ...], Meta(min_length=1)]
    urgent: Urgent


class ChoicesFile(Choices, frozen=True):
    """`choices.toml`."""
