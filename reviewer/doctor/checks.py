"""The checks: each says which state it found (a key of its rules) and what exactly."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from reviewer.desk import Desk
from reviewer.display import safe_line
from reviewer.doctor.machine import Machine
from reviewer.doctor.rules import RULES, Level
from reviewer.files import OTHERS, show

_NO_CORES: Final = frozenset({"", "/dev/null", "|/bin/false", "|/usr/bin/false"})
_LEAST_BYTES: Final = 64 << 20
_ENOUGH_BYTES: Final = 1 << 30
_FAR_DAYS: Final = 400
_NOBODY: Final = "/dev/null"
_SLEEP_TARGETS: Final = ("suspend.target", "sleep.target")
_HIBERNATION_TARGETS: Final = ("hibernate.target", "hybrid-sleep.target")

Found = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """What one check found: its name, the state, what the rules think of it, and a sentence for people."""

    check: str
    state: str
    level: Level
    sentence: str


def examine(desk: Desk, machine: Machine, today: date) -> list[Finding]:
    """Make every check. `today` is what the clock says."""
    root = desk.station.root
    found: dict[str, Found] = {
        "swap": check_swap(machine),
        "cores": check_cores(machine),
        "network": check_network(machine),
        "clock": check_clock(today, known_days(desk), last_day=desk.newest.valid_to),
        "encryption": (machine.storage_of(os.path.realpath(root)), ""),
        "space": check_space(os.statvfs(root).f_bavail * os.statvfs(root).f_frsize),
        "modes": check_modes(root),
        "sleep": check_sleep(machine),
    }
    return [_judge(check, *state) for check, state in found.items()]


def _judge(check: str, state: str, detail: str) -> Finding:
    rule = RULES[check][state]
    return Finding(check, state, rule.level, rule.sentence.replace("{}", safe_line(detail)))


def check_swap(machine: Machine) -> Found:
    """Look at every swap area."""
    swaps = list(machine.swaps())
    for state in ("plain", "unknown"):
        if names := [name for name, storage in swaps if storage == state]:
            return state, ", ".join(names)
    return ("safe" if swaps else "none"), ""


def check_cores(machine: Machine) -> Found:
    """Look where the system puts core dumps. core(5)."""
    pattern = machine.text("proc/sys/kernel/core_pattern")
    if pattern is None:
        return "unknown", ""
    return ("off", "") if pattern in _NO_CORES else ("on", pattern)


def check_network(machine: Machine) -> Found:
    """Look at the network interfaces."""
    up = machine.interfaces_up()
    return ("up", ", ".join(up)) if up else ("off", "")


def known_days(desk: Desk) -> list[date]:
    """Return days that are over for sure: those of letters' weeks, and when this station last wrote its ledger and cards."""
    weeks = {entry.week for entry in desk.ledger.letters() if entry.week}
    mondays = [date.fromisocalendar(*divmod(week, 100), 1) for week in weeks]
    return mondays + [_written(path) for path in (desk.station.ledger, *desk.station.cards.iterdir())]


def _written(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def check_clock(today: date, known: list[date], last_day: date) -> Found:
    """Hold the clock against the newest day that is known, and the last day of the newest card. A day's difference is no fault."""
    newest = max(known)
    if today < newest - timedelta(days=1):
        return "behind", f"it says {today}, and {newest} is over"
    if today > max(newest, last_day) + timedelta(days=_FAR_DAYS):
        return "ahead", f"it says {today}, and the newest day here is {max(newest, last_day)}"
    return "plausible", str(today)


def check_space(free: int) -> Found:
    """Look at the free bytes of the station's disk."""
    state = "none" if free < _LEAST_BYTES else "little" if free < _ENOUGH_BYTES else "enough"
    return state, f"{free >> 20} MiB"


def check_modes(root: Path) -> Found:
    """Look at the owner and mode of everything in the station's folder."""
    for path in _all(root):
        found = path.lstat()
        if found.st_uid != os.geteuid():
            return "foreign", show(path)
        if not stat.S_ISLNK(found.st_mode) and found.st_mode & OTHERS:
            return "open", show(path)
    return "private", ""


def _all(root: Path) -> Iterator[Path]:
    yield root
    yield from sorted(root.rglob("*"))


def check_sleep(machine: Machine) -> Found:
    """Look whether the machine can write its memory to disk, or sleep with it. sysfs power/state; systemd's masks."""
    states = (machine.text("sys/power/state") or "").split()
    if "disk" in states and not _are_masked(machine, _HIBERNATION_TARGETS):
        return "hibernates", ""
    if {"mem", "standby", "freeze"} & set(states) and not _are_masked(machine, _SLEEP_TARGETS):
        return "suspends", ""
    return "off", ""


def _are_masked(machine: Machine, targets: tuple[str, ...]) -> bool:
    return all(machine.target(f"etc/systemd/system/{target}") == _NOBODY for target in targets)
