"""No state of a thread can be told by the time of an answer; a planted difference can, by the same test."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.bench.asking import Times
from tests.bench.returning import AREA_LIMIT, timed, told_apart
from tests.bench.thread import PLANTED, STATES, UNKNOWN, States
from tests.crypto import samples
from tests.intake.installed import Installed

pytestmark = pytest.mark.alone

# A tenth of the bench's: enough for an interval of 0.08 around 0.5.
REQUESTS = 250


@contextlib.contextmanager
def served(here: Installed) -> Iterator[States]:
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield States(here, http)


def test_each_state_is_what_it_says(installed_in: Installed) -> None:
    """The control: the five are answered differently to who holds the words. Two letters each, and two notices."""
    with served(installed_in) as states:
        seen = {state: states.look(state) for state in (*STATES, PLANTED)}
    assert seen.pop("withdrawn").startswith("2, ")
    assert seen == {
        UNKNOWN: "miss",
        "known, without news": "1, 2",
        "known, with news": "1, 4",
        "replaced": "miss",
        PLANTED: "1, 2",
    }


@pytest.fixture
def installed_in(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("timing") / "data")


def intervals(times: Times) -> dict[str, tuple[float, float]]:
    return {told.state: (told.low, told.high) for told in told_apart(times) if told.state != UNKNOWN}


def test_on_the_grid_no_state_is_told_from_unknown_words() -> None:
    found = intervals(timed(STATES, REQUESTS))
    assert len(found) == len(STATES) - 1
    assert {state: interval for state, interval in found.items() if interval[0] > AREA_LIMIT} == {}


def test_a_planted_difference_is_found() -> None:
    found = intervals(timed((UNKNOWN, PLANTED), REQUESTS, planted=True))
    assert found[PLANTED][0] > AREA_LIMIT
