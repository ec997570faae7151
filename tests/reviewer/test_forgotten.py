"""Letters that the intake side forgot after they were confirmed: never taken for taken back, and never lost in silence."""

import io
import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import BundleWriter, RecordKind, sign_bundle
from crypto.records import LetterRecord
from reviewer.choices import Standing
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, new_station, reviewer, signature_of
from tests.reviewer.test_taking_back import bundle_with_erased
from tests.reviewer.test_threads import account, sent_back, signed, states, take
from tests.threads.survivor import Survivor


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def without(intake: Intake, gone: Sequence[LetterRecord], kept: Sequence[LetterRecord] = ()) -> Path:
    """A bundle written again after retention erased letters in it."""
    target, header = io.BytesIO(), intake.header()
    writer = BundleWriter(target, header)
    for one in gone:
        writer.add_erased(RecordKind.LETTER, one.digest, sha256(one.encode()).digest(), forgotten=True)
    for one in kept:
        writer.add(RecordKind.LETTER, one.encode())
    summary = writer.finish()
    path = intake.medium / f"again-{header.sequence}.heard"
    path.write_bytes(target.getvalue())
    signature_of(path).write_bytes(sign_bundle(target, summary, intake.key))
    intake.sequence, intake.previous = header.sequence, summary.chain
    return path


def imported(station: Station, panel: Panel, path: Path) -> Any:
    return json.loads(reviewer("import", str(path), "--json", *panel.shares(1, 2), station=station.root).stdout)


def status(station: Station) -> Any:
    return json.loads(reviewer("status", "--json", station=station.root).stdout)["letters"]


def test_what_is_here_stays_as_it_is(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first = account(person)
    take(station, panel, intake, [first])
    sent_back(station, panel, tmp_path / "back")
    told = imported(station, panel, without(intake, [first]))
    assert (told["missing"], told["destroyed"], told["duplicates"]) == (0, 0, 1)
    assert states(station, [first]) == ["imported"]
    assert (status(station)["open"], status(station)["missing"]) == (0, 0)
    reviewer("read", first.digest.hex(), *panel.shares(1, 2), station=station.root)


def test_a_station_restored_from_an_older_copy_is_not_told_to_destroy(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    """It says what it lacks, and takes the letter in if it comes after all: from a newer copy, or on another medium."""
    first, second = account(person), signed(person, person.addition("More."))
    take(station, panel, intake, [panel.record(panel.write())])
    shutil.copytree(station.root, tmp_path / "older")
    older, sequence, previous = Station(tmp_path / "older"), intake.sequence, intake.previous
    take(station, panel, intake, [first, second])
    intake.sequence, intake.previous = sequence, previous
    told = imported(older, panel, without(intake, [first], [second]))
    assert (told["missing"], told["destroyed"]) == (1, 0)
    assert states(older, [first]) == ["missing"]
    assert status(older)["missing"] == 1
    assert "MISSING: the files of 1 letters" in reviewer("status", station=older.root).stdout
    # Nothing is confirmed that is not here, and nothing that is here is held up.
    assert status(older)["open"] == 2
    reviewer("read", "--all", *panel.shares(1, 2), station=older.root)
    assert first.digest not in [body[:32] for kind, body in sent_back(older, panel, tmp_path / "back")]
    take(older, panel, intake, [first])
    assert states(older, [first, second]) == ["imported", "imported"]
    assert status(older)["missing"] == 0


def test_while_letters_are_missing_no_choice_is_certain(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first, changed = account(person), signed(person, person.choices("no"))
    take(station, panel, intake, [first])
    imported(station, panel, without(intake, [changed]))
    told = reviewer("thread", first.digest.hex(), "--json", *panel.shares(1, 2), station=station.root).stdout
    assert json.loads(told)["choices"]["standing"] == Standing.NOT_WHOLE
    alone = panel.record(panel.write())
    take(station, panel, intake, [alone])
    told = reviewer("thread", alone.digest.hex(), "--json", *panel.shares(1, 2), station=station.root).stdout
    assert json.loads(told)["choices"]["standing"] == Standing.CLEAR


def test_taken_back_is_another_thing(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    """The control: an erased record is never taken in again, also where it was missing before."""
    first, second = account(person), account(Survivor(panel.card))
    imported(station, panel, without(intake, [first]))
    reviewer("import", str(bundle_with_erased(intake, first, [second])), *panel.shares(1, 2), station=station.root)
    assert states(station, [first]) == ["destroyed"]
    take(station, panel, intake, [first])
    assert states(station, [first]) == ["destroyed"]


def test_a_new_station_of_the_same_panel_says_what_it_lacks(
    panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    new = new_station(tmp_path / "new", panel, intake)
    letters = [account(person), account(Survivor(panel.card))]
    said = reviewer("import", str(without(intake, letters)), *panel.shares(1, 2), station=new.root)
    assert "MISSING: 2 letter(s)" in said.stdout
