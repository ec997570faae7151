"""Commands killed (kill -9) at every step of carrying: the same command once more comes to what one run would have come to."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from crypto.bundle import BundleReader, RecordKind
from crypto.constants import THREAD_STATES
from tests.exchange import Exchange
from tests.intake.installed import ROOT
from tests.reviewer.panel import Panel

# Runs a command and dies at the Nth call of a function, before or after it.
DIES = """
import importlib, os, sys
module, path, when, number, program, *arguments = sys.argv[1:]
owner = importlib.import_module(module)
*names, last = path.split(".")
for name in names:
    owner = getattr(owner, name)
real, calls = getattr(owner, last), [0]
def die(*given, **named):
    calls[0] += 1
    if calls[0] < int(number):
        return real(*given, **named)
    if when == "after":
        real(*given, **named)
    os.kill(os.getpid(), 9)
setattr(owner, last, die)
main = importlib.import_module(program).main
sys.exit(main(arguments))
"""

Step = tuple[str, str, str, int]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return Panel.held(tmp_path_factory.mktemp("panel") / "shares")


@pytest.fixture
def exchange(panel: Panel, tmp_path: Path) -> Exchange:
    return Exchange(tmp_path / "exchange", panel)


def some_then_all(steps: Sequence[Step]) -> list[object]:
    """Every step in the larger matrix, the first in every run."""
    ids = [f"{when} {path} {number}" for _, path, when, number in steps]
    return [
        pytest.param(step, id=name, marks=[pytest.mark.all] if place else [])
        for place, (step, name) in enumerate(zip(steps, ids, strict=True))
    ]


def killed(exchange: Exchange, step: Step, program: str, *arguments: str) -> None:
    """Run a command that dies at a step, and be sure that it did."""
    module, path, when, number = step
    environment = {**os.environ, **exchange.intake.environment, "HEARD_STATION": str(exchange.station.root)}
    done = subprocess.run(
        [sys.executable, "-c", DIES, module, path, when, str(number), program, *arguments],
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def confirmed(bundle: Path) -> int:
    with bundle.open("rb") as source:
        return sum(record.kind == RecordKind.CONFIRMATION for record in BundleReader(source))


EXPORT_STEPS: list[Step] = [
    ("intake.exporting", "sign_bundle", "after", 1),
    ("intake.store.bundles", "Bundles.begin_bundle", "after", 1),
    ("intake.exporting", "BundleWriter.add", "after", 2),
    ("intake.exporting", "write_file", "after", 1),
    ("intake.store.bundles", "Bundles.finish_bundle", "before", 1),
    ("intake.store.bundles", "Bundles.finish_bundle", "after", 1),
]


@pytest.mark.parametrize("step", some_then_all(EXPORT_STEPS))
def test_an_export_of_the_intake(exchange: Exchange, step: Step) -> None:
    first = [exchange.write() for _ in range(3)]
    killed(exchange, step, "intake.cli", "export", "--to", str(exchange.medium))
    gone, letter = first[0]
    exchange.put(gone, gone.withdrawal())  # between the two runs somebody takes all back
    exchange.export()
    for number in (1, 2):
        exchange.take(exchange.medium / f"intake-0001-{number:06}.heard")
    statuses = exchange.statuses()
    assert [statuses[digest.hex()] for _, digest in first[1:]] == ["imported"] * 2
    # On the medium only where the bundle was whole before; written again, it stands there without that letter.
    was_whole = step == EXPORT_STEPS[-1]
    assert statuses[letter.hex()] == ("withdrawn" if was_whole else "destroyed")
    with exchange.store() as store:
        assert store.count()[1] == 0
    names = sorted(path.name for path in exchange.medium.glob("*.heard"))
    assert names == ["intake-0001-000001.heard", "intake-0001-000002.heard"]
    assert not list(exchange.medium.glob(".*"))


IMPORT_STEPS: list[Step] = [
    ("intake.store.bundles", "place_notice", "after", 1),
    ("intake.importing", "_private_copy", "after", 1),
    ("intake.store.bundles", "Bundles.accept_bundle", "after", 1),
    ("intake.store.bundles", "close_as_told", "before", 1),
]


@pytest.mark.parametrize("step", some_then_all(IMPORT_STEPS))
def test_an_import_of_the_intake(exchange: Exchange, step: Step) -> None:
    (person, letter), (gone, _) = exchange.write(), exchange.write()
    exchange.put(gone, gone.withdrawal())
    exchange.carry()
    bundle = exchange.answer()
    killed(exchange, step, "intake.cli", "import", str(bundle))
    again = exchange.intake.run("import", str(bundle), check=False)
    assert again.status == (1 if step[1] == "Bundles.accept_bundle" else 0)
    assert "imported before" in exchange.intake.run("import", str(bundle), check=False).err
    index = exchange.index(person)
    assert index is not None
    assert len(index.entries) == 2
    assert exchange.fetch(person, letter) is not None
    assert not list(exchange.intake.data.glob(".incoming*"))


GENERATION_STEPS: list[Step] = [
    ("intake.store.generations", "_reconcile", "after", 1),
    ("intake.store.closings", "Closings.replay_if_there", "after", 1),
    ("intake.store.generations", "Generations.accept_generation", "after", 1),
    ("intake.store.closings", "Closings.renew_log", "after", 1),
]


@pytest.mark.parametrize("step", some_then_all(GENERATION_STEPS))
def test_a_new_generation_at_the_intake(exchange: Exchange, step: Step) -> None:
    gone, gone_letter = exchange.write()
    exchange.carry()
    backup = exchange.backup()
    exchange.put(gone, gone.withdrawal())
    exchange.carry()
    exchange.restore(backup, with_log=False)
    bundle = exchange.resync()
    killed(exchange, step, "intake.cli", "import", str(bundle), "--new-generation")
    begun = step[1] in {"Generations.accept_generation", "Closings.renew_log"}
    exchange.intake.run("import", str(bundle), "--new-generation", check=not begun)
    if step[1] == "Generations.accept_generation":
        assert "log of closings is missing" in exchange.intake.run("check", check=False).out
        exchange.intake.run("replay", "--new-log")
    assert exchange.intake.run("check").status == 0
    index = exchange.index(gone)
    assert index is not None
    assert index.state == THREAD_STATES["withdrawn"]
    new, new_letter = exchange.write()
    exchange.put(new, new.withdrawal())
    exchange.carry()
    assert exchange.statuses()[gone_letter.hex()] == "withdrawn"
    assert new_letter.hex() not in exchange.statuses()


REPLAY_STEPS: list[Step] = [
    ("intake.store.closings", "redo", "after", 2),
    ("intake.store.closings", "clear_condition", "before", 1),
    ("intake.store.closings", "set_condition", "after", 2),
]


@pytest.mark.parametrize("step", some_then_all(REPLAY_STEPS))
def test_a_replay(exchange: Exchange, step: Step) -> None:
    people = [exchange.write()[0] for _ in range(3)]
    backup = exchange.backup()
    for person in people:
        exchange.put(person, person.withdrawal())
    log = exchange.log.read_bytes()
    exchange.restore(backup, with_log=False)
    exchange.log.write_bytes(log)
    killed(exchange, step, "intake.cli", "replay")
    assert "was restored" in exchange.intake.run("check", check=False).out
    exchange.intake.run("replay")
    assert {exchange.index(person).state for person in people} == {THREAD_STATES["withdrawn"]}  # type: ignore[union-attr]  # a test that found none fails
    assert exchange.log.read_bytes() == log


RETURN_STEPS: list[Step] = [
    ("reviewer.ledger", "Ledger.add_return", "after", 1),
    ("reviewer.exporting", "sign_bundle", "after", 1),
    ("reviewer.exporting", "write_new", "after", 1),
    ("reviewer.exporting", "copy_file", "after", 1),
    ("reviewer.exporting", "copy_file", "after", 2),
]


@pytest.mark.parametrize("step", some_then_all(RETURN_STEPS))
def test_an_export_of_the_station(exchange: Exchange, panel: Panel, step: Step) -> None:
    letters = [exchange.write()[1] for _ in range(2)]
    exchange.carry()
    back = exchange.folder / "back"
    command = ("export", f"--to={back}", *panel.shares(1, 2))
    killed(exchange, step, "reviewer.cli", *command)
    killed_early = step[1] in {"sign_bundle", "write_new"}
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", *(command if killed_early else command[:2])],
        env={**os.environ, "HEARD_STATION": str(exchange.station.root)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("interrupted" in done.stderr) != killed_early
    (bundle,) = back.glob("*.heard")
    assert bundle.name == "station-0001-000001.heard"
    assert confirmed(bundle) == len(letters)
    assert exchange.intake.run("import", str(bundle), "--json").json["confirmed"] == len(letters)
    with exchange.desk() as desk:
        assert (last := desk.ledger.newest_bundle("station to intake")) is not None
        assert (last.sequence, last.finished) == (1, True)


RESYNC_STEPS: list[Step] = [
    ("reviewer.ledger", "Ledger.add_resync", "after", 1),
    ("reviewer.exporting", "sign_bundle", "after", 1),
    ("reviewer.exporting", "copy_file", "after", 1),
]


@pytest.mark.parametrize("step", some_then_all(RESYNC_STEPS))
def test_a_resync(exchange: Exchange, panel: Panel, step: Step) -> None:
    _, letter = exchange.write()
    exchange.carry()
    exchange.confirm()
    to = exchange.folder / "resync"
    command = ("resync", f"--to={to}", *panel.shares(1, 3))
    killed(exchange, step, "reviewer.cli", *command)
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", *command],
        env={**os.environ, "HEARD_STATION": str(exchange.station.root)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (bundle,) = to.glob("*.heard")
    assert bundle.name == "station-0001-g2-000001.heard"
    assert exchange.begin(bundle)["both"] == 1
    assert exchange.statuses() == {letter.hex(): "imported"}


TAKE_STEPS: list[Step] = [
    ("reviewer.ledger", "Ledger.add_letters", "after", 1),
    ("reviewer.vault", "Vault.keep", "after", 2),
    ("reviewer.importing", "confirm_arrival", "after", 1),
]


@pytest.mark.parametrize("step", some_then_all(TAKE_STEPS))
def test_an_import_of_the_station(exchange: Exchange, panel: Panel, step: Step) -> None:
    letters = {exchange.write()[1].hex() for _ in range(3)}
    (bundle,) = exchange.export()
    killed(exchange, step, "reviewer.cli", "import", str(bundle), *panel.shares(1, 2))
    assert exchange.take(bundle).resumed
    assert exchange.statuses() == dict.fromkeys(letters, "imported")
    exchange.confirm()
    assert exchange.export() == []
