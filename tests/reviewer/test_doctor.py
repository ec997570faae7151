"""The doctor before machines that are folders: files as Linux shows them, good ones and one fault at a time."""

import json
import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

import reviewer.commands.doctor as doctor
from reviewer.doctor.checks import check_clock, check_modes, check_space
from reviewer.doctor.machine import Machine
from reviewer.doctor.rules import RULES
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, reviewer
from tests.reviewer.test_importing import take

SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
MOUNTS = """\
22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/system rw
23 22 0:21 / /proc rw,relatime - proc proc rw
24 22 0:25 / /dev/shm rw,nosuid - tmpfs tmpfs rw
25 22 8:17 / /media/a\\040stick rw,relatime - vfat /dev/sdb1 rw
26 22 0:40 / /srv rw - btrfs /dev/mapper/system rw
27 22 0:41 / /far rw - nfs server:/far rw
"""


def machine(folder: Path, **changes: str) -> Machine:
    """A machine as the guide wants it: LVM on an encrypted disk, swap on the same; `changes` are files, `__` for `/`."""
    files = {
        "proc/swaps": SWAPS + "/dev/dm-2                               partition\t1000\t\t0\t\t-2\n",
        "proc/self/mountinfo": MOUNTS,
        "proc/sys/kernel/core_pattern": "|/bin/false\n",
        "sys/class/net/lo/flags": "0x9\n",
        "sys/class/net/eth0/flags": "0x1002\n",
        "sys/block/sda/sda1/partition": "1\n",
        "sys/block/sda/sda2/partition": "2\n",
        "sys/block/sdb/sdb1/partition": "1\n",
        "sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-0123456789abcdef-disk\n",
        "sys/block/dm-0/dm/name": "disk\n",
        "sys/block/dm-0/slaves/sda2/partition": "2\n",
        "sys/block/dm-1/dm/uuid": "LVM-invented\n",
        "sys/block/dm-1/dm/name": "system\n",
        "sys/block/dm-1/slaves/dm-0/dev": "253:0\n",
        "sys/block/dm-2/dm/uuid": "LVM-invented-too\n",
        "sys/block/dm-2/dm/name": "swap\n",
        "sys/block/dm-2/slaves/dm-0/dev": "253:0\n",
        "sys/power/state": "freeze mem disk\n",
    }
    for name, content in {**files, **{key.replace("__", "/"): value for key, value in changes.items()}}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    for target in ("sleep", "suspend", "hibernate", "hybrid-sleep"):
        link = folder / "etc/systemd/system" / f"{target}.target"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("/dev/null")
    numbers = folder / "sys/dev/block"
    numbers.mkdir(parents=True)
    for number, block in (("253:1", "dm-1"), ("253:2", "dm-2"), ("8:17", "sdb/sdb1")):
        (numbers / number).symlink_to(Path("../../block") / block)
    return Machine(folder)


@pytest.mark.parametrize(
    ("path", "storage"),
    [
        ("/home/station", "encrypted"),
        ("/", "encrypted"),
        ("/dev/shm/station", "memory"),  # noqa: S108 - a name, not a file
        ("/dev/shmother", "encrypted"),  # noqa: S108 - the same
        ("/media/a stick/station", "plain"),
        ("/srv/station", "encrypted"),
        ("/far/station", "unknown"),
    ],
)
def test_what_a_folder_lies_on(path: str, storage: str, tmp_path: Path) -> None:
    assert machine(tmp_path).storage_of(path) == storage


def test_no_mounts_say_nothing(tmp_path: Path) -> None:
    assert Machine(tmp_path).storage_of("/home/station") == "unknown"


def levels(station: Station, root: Path, code: int) -> dict[str, tuple[str, str]]:
    done = reviewer("doctor", f"--root={root}", "--json", station=station.root, code=code)
    return {check["check"]: (check["state"], check["level"]) for check in json.loads(done.stdout)["checks"]}


def test_a_good_machine(station: Station, tmp_path: Path) -> None:
    root = machine(tmp_path / "machine").root
    found = levels(station, root, 0)
    assert found.keys() == RULES.keys()
    del found["space"]  # of the machine that runs this
    assert {level for _, level in found.values()} == {"ok"}
    said = reviewer("doctor", f"--root={root}", station=station.root).stdout
    assert "ok      network     No network interface is up." in said


@pytest.mark.parametrize(
    ("check", "state", "level", "changes"),
    [
        ("swap", "none", "ok", {"proc__swaps": SWAPS}),
        ("swap", "plain", "refuse", {"proc__swaps": SWAPS + "/dev/sda1 partition 1 0 -2\n"}),
        ("swap", "plain", "refuse", {"proc__swaps": SWAPS + "/media/a\\040stick/swap file 1 0 -2\n"}),
        ("swap", "safe", "ok", {"proc__swaps": SWAPS + "/swapfile file 1 0 -2\n/dev/zram0 partition 1 0 5\n"}),
        ("swap", "unknown", "warn", {"proc__swaps": SWAPS + "/dev/sdz9 partition 1 0 -2\n"}),
        ("cores", "on", "warn", {"proc__sys__kernel__core_pattern": "|/usr/lib/systemd/systemd-coredump %P\n"}),
        ("cores", "on", "warn", {"proc__sys__kernel__core_pattern": "core\n"}),
        ("network", "up", "refuse", {"sys__class__net__wlan0__flags": "0x1003\n"}),
        ("encryption", "plain", "refuse", {"proc__self__mountinfo": "22 1 8:17 / / rw - ext4 /dev/sdb1 rw\n"}),
        ("encryption", "unknown", "warn", {"proc__self__mountinfo": "22 1 0:50 / / rw - overlay overlay rw\n"}),
        ("encryption", "memory", "warn", {"proc__self__mountinfo": "22 1 0:25 / / rw - tmpfs tmpfs rw\n"}),
        ("encryption", "plain", "refuse", {"sys__block__dm-1__slaves__sda1__dev": "8:1\n"}),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)
def test_one_fault_at_a_time(
    check: str, state: str, level: str, changes: dict[str, str], station: Station, tmp_path: Path
) -> None:
    root = machine(tmp_path / "machine", **changes).root
    assert levels(station, root, int(level == "refuse"))[check] == (state, level)


@pytest.mark.parametrize(("state", "targets"), [("suspends", ["suspend"]), ("hibernates", ["hibernate", "suspend"])])
def test_sleep_that_is_not_forbidden(state: str, targets: list[str], station: Station, tmp_path: Path) -> None:
    root = machine(tmp_path / "machine").root
    for target in targets:
        (root / "etc/systemd/system" / f"{target}.target").unlink()
    assert levels(station, root, 0)["sleep"] == (state, "warn")


def test_refusing_is_an_error_with_names(station: Station, tmp_path: Path) -> None:
    root = machine(tmp_path / "machine", sys__class__net__wlan0__flags="0x1003", proc__swaps=SWAPS + "/dev/sda1 x").root
    said = reviewer("doctor", f"--root={root}", station=station.root, code=1)
    assert "REFUSE  network     The network is up (wlan0)" in said.stdout
    assert "2 check(s) refuse this machine: swap, network." in said.stderr


def test_modes(station: Station) -> None:
    assert check_modes(station.root)[0] == "private"
    (station.root / "intake.pub").chmod(0o640)
    state, path = check_modes(station.root)
    assert (state, path) == ("open", str(station.root / "intake.pub"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.may_skip("only root can give a file to somebody else")
def test_files_of_somebody_else(station: Station) -> None:
    os.chown(station.root / "intake.pub", 65_534, 65_534)
    assert check_modes(station.root) == ("foreign", str(station.root / "intake.pub"))


def test_the_clock_against_what_the_station_knows(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = machine(tmp_path / "machine").root
    take(station, panel.unlocked, intake.export([panel.record(panel.write())]))
    assert levels(station, root, 0)["clock"][0] == "plausible"

    class Clock:
        """Set by a custodian, and wrong."""

        shift = timedelta()

        @classmethod
        def today(cls) -> date:
            return date.fromtimestamp(time.time()) + cls.shift

    monkeypatch.setattr(doctor, "date", Clock)
    Clock.shift = timedelta(days=-400)
    assert levels(station, root, 1)["clock"] == ("behind", "refuse")
    Clock.shift = timedelta(days=4_000)
    assert levels(station, root, 0)["clock"] == ("ahead", "warn")


@pytest.mark.parametrize(
    ("today", "state"),
    [("2026-11-26", "plausible"), ("2026-11-25", "behind"), ("2029-12-06", "ahead"), ("2029-12-05", "plausible")],
)
def test_the_borders_of_a_plausible_clock(today: str, state: str) -> None:
    known = [date(2026, 11, 27), date(2026, 11, 23)]
    assert check_clock(date.fromisoformat(today), known, date(2028, 10, 31))[0] == state


@pytest.mark.parametrize(("mebibytes", "state"), [(63, "none"), (64, "little"), (1_023, "little"), (1_024, "enough")])
def test_room(mebibytes: int, state: str) -> None:
    assert check_space(mebibytes << 20) == (state, f"{mebibytes} MiB")


def test_unlock_refuses_what_the_doctor_refuses(station: Station, panel: Panel) -> None:
    (station.root / "intake.pub").chmod(0o640)
    despite = [f"--despite={check}" for check in RULES if check != "modes"]
    said = reviewer("unlock", *despite, *panel.shares(1, 2), station=station.root, code=1).stderr
    assert "Others can look into" in said
    assert "--despite modes unlocks all the same" in said


def test_every_state_has_a_sentence_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "station-guide.md").read_text("utf-8")
    for check, rules in RULES.items():
        refuses = ", ".join(state for state, rule in rules.items() if rule.level == "refuse") or "-"
        warns = ", ".join(state for state, rule in rules.items() if rule.level == "warn") or "-"
        assert f"| `{check}` | {refuses} | {warns} |" in guide
