"""Attackers who hold what the online side holds, and words that were replaced."""

import re

import pytest

from tests.machines.attack import Attack, AttackWithOldWords
from tests.machines.faults import ATTACK_FAULTS
from tests.machines.running import found_by, run

_EVERY_TIME = ("the server can open notices",)


@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("attack", [Attack, AttackWithOldWords])
def test_attackers_open_count_change_and_forge_nothing(attack: type[Attack]) -> None:
    run(attack, runs=6, steps=16, many_runs=500)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=() if name in _EVERY_TIME else pytest.mark.all) for name in ATTACK_FAULTS]
)
def test_a_planted_weakness_is_found(fault: str) -> None:
    plant, says = ATTACK_FAULTS[fault]
    with plant():
        found = found_by(AttackWithOldWords, runs=300, steps=20)
    assert re.search(says, found), found or "nothing was found"
