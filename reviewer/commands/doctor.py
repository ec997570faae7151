"""`reviewer doctor`: look whether this machine may be unlocked."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from reviewer.commands.options import Commands, add_command, station
from reviewer.desk import Desk, open_desk
from reviewer.doctor.checks import Finding, examine
from reviewer.doctor.machine import Machine
from reviewer.doctor.rules import RULES
from reviewer.errors import MachineError
from reviewer.terminal import say, say_json

_MARKS = {"ok": "ok    ", "warn": "WARN  ", "refuse": "REFUSE"}
_EXAMPLE = """\
  reviewer doctor

  It changes nothing. What it refuses, `reviewer unlock` refuses too, unless --despite names it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(
        commands, "doctor", "check this machine: swap, network, clock, encryption, room, file modes, sleep", _EXAMPLE
    )
    parser.add_argument(
        "--root", type=Path, default=Path("/"), metavar="DIR", help="where /proc, /sys and /etc are (default /)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Tell what was found; fail when anything is refused."""
    with open_desk(station(options), options.json) as desk:
        findings = examine(desk, Machine(options.root), date.today())
        if options.json:
            say_json({"demonstration": desk.demonstration, "checks": [asdict(finding) for finding in findings]})
        else:
            for finding in findings:
                say(f"{_MARKS[finding.level]}  {finding.check:10}  {finding.sentence}")
    refused = names(findings)
    if refused:
        raise MachineError(f"{len(refused)} check(s) refuse this machine: {', '.join(refused)}. Mend that first.")


def names(findings: Sequence[Finding]) -> list[str]:
    """Return the names of the checks that refuse."""
    return [finding.check for finding in findings if finding.level == "refuse"]


def add_despite_option(parser: argparse.ArgumentParser) -> None:
    """Add --despite, repeated once a check."""
    parser.add_argument(
        "--despite",
        action="append",
        choices=sorted(RULES),
        default=[],
        metavar="CHECK",
        help="unlock although this check of `reviewer doctor` refuses the machine; repeat for each",
    )


def require_machine(desk: Desk, despite: Sequence[str]) -> None:
    """Raise MachineError when a check refuses this machine, apart from those in `despite`. A demonstration runs anywhere."""
    findings = [] if desk.demonstration else examine(desk, Machine(), date.today())
    refused = [finding for finding in findings if finding.level == "refuse" and finding.check not in despite]
    if refused:
        first = refused[0]
        more = f" Also: {', '.join(names(refused[1:]))}." if refused[1:] else ""
        raise MachineError(
            f"{first.sentence}{more} Nothing was unlocked. See `reviewer doctor`; --despite {first.check} unlocks all the same."
        )
