"""The two sides under everything that may happen between them: nothing is lost, doubled, resurrected or misread."""

import re

import pytest

from tests.machines.faults import FAULTS
from tests.machines.machine import Exchange, LongExchange
from tests.machines.running import found_by, run

# The others belong to the larger matrix: each takes some seconds.
_EVERY_TIME = ("notices go elsewhere",)


@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("exchange", [Exchange, LongExchange])
def test_nothing_is_lost_doubled_resurrected_or_misread(exchange: type[Exchange]) -> None:
    run(exchange, runs=6, steps=25, many_runs=500)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=() if name in _EVERY_TIME else pytest.mark.all) for name in FAULTS]
)
def test_a_planted_fault_is_found(fault: str) -> None:
    plant, says = FAULTS[fault]
    with plant():
        found = found_by(Exchange, runs=100, steps=25)
    assert re.search(says, found), found or "nothing was found"
