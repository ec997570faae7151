"""Each step of the exchange, ended at every one of its moments, and gone on with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.machines import findings, people
from tests.machines.machine import newest, quieten
from tests.machines.people import Person
from tests.machines.running import IS_LONG
from tests.machines.world import World

_MOST_MOMENTS = 100


@contextmanager
def world() -> Iterator[tuple[World, Person]]:
    """Somebody sent an account and an addition; another person is there as well."""
    here = World()
    try:
        for choice in ("yes", "no"):
            person = Person.new()
            here.people.append(person)
            sent = people.account(person, "I told a teacher.", choice)
            person.sent.append(sent)
            here.deliver(person, sent)
        _add(here, person)
        yield here, person
        quieten(here)
        findings.check_end(here)
    finally:
        here.close()


def _add(here: World, person: Person) -> None:
    here.write(
        person,
        lambda _: people.letter(person, person.now.addition("Nobody wrote it down."), text="Nobody wrote it down."),
    )


def _withdraw(here: World, person: Person, keep: str = "nothing") -> None:
    person.keep = keep
    here.write(person, lambda _: people.letter(person, person.now.withdrawal(keep)))


def _carry_out(here: World) -> None:
    here.export()
    here.take(here.outward[-1])


def _import(here: World, _person: Person, crash: int) -> bool:
    here.export()
    return here.take(here.outward[-1], crash)


def _import_of_what_is_taken_back_meanwhile(here: World, person: Person, crash: int) -> bool:
    here.export()
    ended = here.take(here.outward[-1], crash)
    _withdraw(here, person)
    here.export(again=1)
    if ended and here.station.unfinished():
        here.take(here.outward[-1])
    return ended


def _repeated_import_after_destruction(here: World, person: Person, crash: int) -> bool:
    _carry_out(here)
    _withdraw(here, person)
    _carry_out(here)
    here.destroy()
    ended = here.take(here.outward[0], crash)
    here.destroy()
    return ended


def _destruction(here: World, person: Person, crash: int) -> bool:
    _carry_out(here)
    _withdraw(here, person, "statistics")
    _carry_out(here)
    return here.destroy(crash)


def _destruction_under_other_words(here: World, person: Person, crash: int) -> bool:
    here.replace_words(person)
    _add(here, person)
    return _destruction(here, person, crash)


def _export(here: World, person: Person, crash: int) -> bool:
    ended = here.export(crash)
    _withdraw(here, person)
    return ended


def _return(here: World, _person: Person, crash: int) -> bool:
    _carry_out(here)
    return here.export_back(crash)


def _taking_in(here: World, _person: Person, crash: int) -> bool:
    _carry_out(here)
    here.export_back()
    return here.take_back_in(here.inward[-1], crash)


def _withdrawal(here: World, person: Person, crash: int) -> bool:
    _carry_out(here)
    person.keep = "nothing"
    here.write(person, lambda _: people.letter(person, person.now.withdrawal()), crash)
    return not person.withdrawn


def _replacement(here: World, person: Person, crash: int) -> bool:
    here.replace_words(person, 0, crash)
    return person.pending is not None


# Each of the others takes some seconds.
_EVERY_TIME = (_import_of_what_is_taken_back_meanwhile, _destruction)
_STEPS = (
    *_EVERY_TIME,
    _import,
    _repeated_import_after_destruction,
    _destruction_under_other_words,
    _export,
    _return,
    _taking_in,
    _withdrawal,
    _replacement,
)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            step,
            marks=() if step in _EVERY_TIME else pytest.mark.all,
            id=step.__name__.strip("_").replace("_", " "),
        )
        for step in _STEPS
    ],
)
def test_a_step_that_ends_at_any_moment_goes_on(step: Callable[[World, Person, int], bool]) -> None:
    for moment in range(1, _MOST_MOMENTS, 1 if IS_LONG else 4):
        with world() as (here, person):
            ended = step(here, person, moment)
        if not ended:
            assert moment > 1, "there was no moment to end at"
            return
    raise AssertionError("a step without an end")


def test_the_copy_of_an_interrupted_import_is_destroyed_with_the_letters() -> None:
    """It stands in the station until the next import, which may never come."""
    for moment in range(1, 4):
        with world() as (here, person):
            assert _repeated_import_after_destruction(here, person, moment) or moment > 1
            assert newest(here.outward, (1, 1)) is not None
            for path in here.station.root.rglob("*.heard"):
                here.must_not_hold(path.read_bytes(), path.name)
