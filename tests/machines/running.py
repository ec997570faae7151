"""How long the state machines run: a few fixed runs each time, many new ones with HYPOTHESIS_PROFILE=long."""

import os
import sys
import traceback
from contextlib import suppress
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


class Machine(RuleBasedStateMachine):
    """Remembers what it found first: a run that is repeated is sealed anew, and may go another way."""

    found: ClassVar[list[str]] = []

    def teardown(self) -> None:
        """Check the end of a run that went well, and tidy up after every one."""
        try:
            if sys.exc_info()[1] is None:
                self.end()
        finally:
            error = sys.exc_info()[1]
            if isinstance(error, Exception):
                Machine.found.append("".join(traceback.format_exception(error)))
            self.close()

    def end(self) -> None:
        """Let everything come to rest and check it."""

    def close(self) -> None:
        """Leave nothing behind."""


def run(machine: type[Machine], *, runs: int, steps: int, many_runs: int = 0) -> None:
    """Run a machine `runs` times, the same each time, or `many_runs` times and never twice the same.

    What it finds is not made shorter: that would take minutes.
    """
    is_long = IS_LONG and many_runs > 0
    Machine.found.clear()
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=many_runs if is_long else runs,
                derandomize=not is_long,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:
        for text in Machine.found[:1]:
            error.add_note(text)
        raise


def found_by(machine: type[Machine], *, runs: int, steps: int) -> str:
    """Run a machine over a planted fault and return what it found first, "" when it found nothing."""
    with suppress(Exception):
        run(machine, runs=runs, steps=steps)
    return Machine.found[0] if Machine.found else ""
