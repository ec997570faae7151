"""After a restore on either side, or on both: a new generation brings them together. Nothing lost, doubled or resurrected."""

from pathlib import Path

import pytest

from crypto.bundle import BundleReader, Record, RecordKind
from crypto.constants import THREAD_STATES
from crypto.records import ClosedRecord, Resync
from tests.exchange import Exchange
from tests.reviewer.panel import Panel, reviewer


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return Panel.held(tmp_path_factory.mktemp("panel") / "shares")


@pytest.fixture
def exchange(panel: Panel, tmp_path: Path) -> Exchange:
    return Exchange(tmp_path / "exchange", panel)


def records(bundle: Path) -> list[Record]:
    with bundle.open("rb") as source:
        return list(BundleReader(source))


def kinds(bundle: Path) -> list[RecordKind]:
    return [record.kind for record in records(bundle)]


def test_the_intake_was_restored_and_its_log_is_lost(exchange: Exchange) -> None:
    """What the station knows closed is closed again; words that replaced others open; what only the intake has is carried."""
    gone, gone_letter = exchange.write()
    moved, moved_letter = exchange.write()
    kept, kept_letter = exchange.write()
    exchange.carry()
    exchange.confirm()
    backup = exchange.backup()
    exchange.put(gone, gone.withdrawal())
    after = exchange.other_words(moved)
    only_there, only_there_letter = exchange.write()
    exchange.carry()
    exchange.destroy()
    exchange.confirm()

    exchange.restore(backup, with_log=False)
    assert exchange.intake.run("replay", check=False).status == 1
    bundle = exchange.resync()
    first = records(bundle)[0]
    assert first.kind == RecordKind.RESYNC
    assert Resync.parse(first.body).inward != "0" * 64
    closed = {
        one.closing for one in map(ClosedRecord.parse, (r.body for r in records(bundle) if r.kind == RecordKind.CLOSED))
    }
    assert closed == {"withdrawn", "replaced"}
    done = exchange.begin(bundle)
    assert (done["generation"], done["both"], done["here"], done["lost"]) == (2, 3, 0, 0)
    assert done["there"] == 3  # the account that came after the backup, the withdrawal and the replacement

    index = exchange.index(gone)
    assert index is not None
    assert index.state == THREAD_STATES["withdrawn"]
    assert exchange.index(moved) is None
    assert exchange.fetch(after, moved_letter) is not None
    assert exchange.fetch(kept, kept_letter) is not None
    assert exchange.fetch(gone, gone_letter) is None
    assert exchange.index(only_there) is None
    assert exchange.statuses()[only_there_letter.hex()] == "imported"

    new, new_letter = exchange.write()
    (second,) = exchange.carry()
    assert second.name == "intake-0001-g2-000001.heard"
    assert exchange.statuses()[new_letter.hex()] == "imported"
    exchange.confirm()
    exchange.put(new, new.withdrawal())
    exchange.carry()
    exchange.destroy()
    exchange.confirm()
    assert exchange.intake.run("check").status == 0


def test_a_withdrawal_that_no_bundle_carried_reaches_the_station_from_the_log(exchange: Exchange) -> None:
    person, letter = exchange.write()
    exchange.carry()
    backup = exchange.backup()
    exchange.put(person, person.withdrawal())
    exchange.restore(backup, with_log=True)
    index = exchange.index(person)
    assert index is not None
    assert index.state == THREAD_STATES["withdrawn"]
    # The bundle that the station has was exported before the backup, so the old generation goes on.
    exchange.carry()
    assert exchange.statuses()[letter.hex()] == "withdrawn"
    exchange.destroy()
    exchange.confirm()
    assert exchange.statuses()[letter.hex()] == "destroyed"
    index = exchange.index(person)
    assert index is not None
    assert len(index.entries) == 1  # the receipt


def test_station_bundles_are_taken_in_again_by_a_restored_intake(exchange: Exchange) -> None:
    """In their order, from the station's copies; the closing that one of them carries is done again."""
    person, _ = exchange.write()
    exchange.carry()
    backup = exchange.backup()
    exchange.confirm()
    exchange.put(person, person.withdrawal())
    exchange.carry()
    exchange.confirm()
    exchange.restore(backup, with_log=False)
    again = exchange.folder / "again"
    for number in (1, 2):
        reviewer("export", f"--to={again}", f"--again={number}", station=exchange.station.root)
        said = exchange.intake.run("import", str(again / f"station-0001-{number:06}.heard")).out
        assert "answers nobody" in said
    with exchange.store() as store:
        assert store.is_waiting
        rows = [dict(row) for name, row in store.dump() if name == "threads"]
        assert [row["state"] for row in rows] == ["withdrawn"]
    exchange.begin(exchange.resync())
    with exchange.store() as store:
        assert not store.is_waiting


def test_each_closing_is_news_once_and_all_come_with_a_new_generation(exchange: Exchange) -> None:
    first, _ = exchange.write()
    exchange.put(first, first.withdrawal())
    exchange.carry()
    assert kinds(exchange.confirm()).count(RecordKind.CLOSED) == 1
    second, _ = exchange.write()
    exchange.other_words(second)
    exchange.carry()
    bundle = exchange.confirm()
    (closed,) = [ClosedRecord.parse(record.body) for record in records(bundle) if record.kind == RecordKind.CLOSED]
    assert (closed.closing, closed.locator) == ("replaced", second.keys.locator)
    assert kinds(exchange.resync()).count(RecordKind.CLOSED) == 2


def test_the_station_was_restored(exchange: Exchange) -> None:
    """What it lost is sent again; what was taken back meanwhile is not, and its old copy is destroyed."""
    gone, gone_letter = exchange.write("Taken back later.")
    kept, kept_letter = exchange.write()
    exchange.carry()
    copy = exchange.copy_station()
    exchange.confirm()
    late, late_letter = exchange.write()
    exchange.put(kept, kept.addition("One more thing."))
    exchange.put(gone, gone.withdrawal())
    exchange.carry()
    exchange.destroy()
    exchange.confirm()
    before = exchange.statuses()

    exchange.restore_station(copy)
    assert exchange.statuses()[gone_letter.hex()] == "imported"
    done = exchange.begin(exchange.resync())
    assert (done["both"], done["here"], done["erased"], done["lost"]) == (2, 3, 1, 0)
    (bundle,) = exchange.carry()
    assert RecordKind.ERASED in kinds(bundle)
    assert exchange.statuses()[gone_letter.hex()] == "withdrawn"
    exchange.destroy()
    exchange.confirm()
    assert exchange.statuses() == before
    assert exchange.statuses()[late_letter.hex()] == "imported"
    assert exchange.fetch(kept, kept_letter) is not None
    assert exchange.index(late) is not None
    assert exchange.export() == []


def test_both_were_restored(exchange: Exchange) -> None:
    gone, gone_letter = exchange.write()
    kept, kept_letter = exchange.write()
    exchange.carry()
    exchange.confirm()
    backup, copy = exchange.backup(), exchange.copy_station()
    exchange.put(gone, gone.withdrawal())
    exchange.put(kept, kept.addition("Only after both copies."))
    exchange.carry()
    exchange.destroy()
    exchange.confirm()
    exchange.restore(backup, with_log=True)
    exchange.restore_station(copy)
    exchange.begin(exchange.resync())
    exchange.carry()
    assert exchange.statuses()[gone_letter.hex()] == "withdrawn"
    assert exchange.statuses()[kept_letter.hex()] == "imported"
    exchange.destroy()
    exchange.confirm()
    assert exchange.statuses()[gone_letter.hex()] == "destroyed"
    assert exchange.fetch(kept, kept_letter) is not None


def test_restored_from_before_a_new_generation(exchange: Exchange) -> None:
    """The intake first, then the station: the one that is behind is told, and a later generation heals it."""
    _, letter = exchange.write()
    exchange.carry()
    exchange.confirm()
    backup, copy = exchange.backup(), exchange.copy_station()
    exchange.begin(exchange.resync())
    _, second = exchange.write()
    exchange.carry()
    exchange.confirm()

    exchange.restore(backup, with_log=True)
    _, third = exchange.write()
    (old,) = exchange.export()
    assert "which has ended" in reviewer("import", str(old), station=exchange.station.root, code=1).stderr
    done = exchange.begin(exchange.resync(name="third"))
    assert (done["generation"], done["both"], done["here"], done["there"]) == (3, 1, 1, 1)
    exchange.carry()
    assert set(exchange.statuses()) == {one.hex() for one in (letter, second, third)}

    exchange.restore_station(copy)
    _, fourth = exchange.write()
    (new,) = exchange.export()
    refused = reviewer("import", str(new), station=exchange.station.root, code=1).stderr
    assert "restored from an older copy" in refused
    assert "reviewer resync --generation 4" in refused
    stale = exchange.resync(name="stale")
    assert "generation 3 goes on here" in exchange.intake.run("import", str(stale), "--new-generation", check=False).err
    exchange.begin(exchange.resync(4, name="fourth"))
    exchange.carry()
    assert {letter.hex(), third.hex(), fourth.hex()} <= set(exchange.statuses())


def test_answers_survive_and_what_must_not_be_sent_is_not(exchange: Exchange) -> None:
    kept, kept_letter = exchange.write()
    gone, gone_letter = exchange.write()
    exchange.carry()
    backup = exchange.backup()
    for letter in (kept_letter, gone_letter):
        exchange.reply(letter)
    exchange.confirm()
    exchange.put(gone, gone.withdrawal())
    exchange.carry()
    exchange.destroy()
    exchange.confirm()
    exchange.restore(backup, with_log=True)
    bundle = exchange.resync()
    assert kinds(bundle).count(RecordKind.NOTICE) == 3  # reply and arrival of one, the receipt of the other
    exchange.begin(bundle)
    index = exchange.index(kept)
    assert index is not None
    assert len(index.entries) == 3
    index = exchange.index(gone)
    assert index is not None
    assert len(index.entries) == 1


def test_bundles_of_generations_with_the_same_number_are_kept_apart(exchange: Exchange) -> None:
    _, first = exchange.write()
    exchange.carry()
    exchange.confirm()
    exchange.begin(exchange.resync())
    _, second = exchange.write()
    bundle = exchange.export()[0]
    imported = exchange.take(bundle)
    assert (imported.counts.imported, imported.duplicates) == (1, 0)
    (again,) = exchange.export("--again", "1")
    assert again == bundle
    assert [record.kind for record in records(again)] == [RecordKind.LETTER]
    said = exchange.intake.run("export", "--to", str(exchange.medium), "--again", "2", check=False).err
    assert "no bundle 2 of generation 2" in said
    assert "replay" not in exchange.intake.run("check").out
    assert {first.hex(), second.hex()} == set(exchange.statuses())


def test_a_new_generation_needs_two_custodians_and_a_flag(exchange: Exchange, panel: Panel) -> None:
    _, _ = exchange.write()
    exchange.carry()
    arguments = ["resync", f"--to={exchange.folder / 'x'}", *panel.shares(1)]
    said = reviewer(*arguments, station=exchange.station.root, code=1).stderr
    assert "bring another custodian" in said
    bundle = exchange.resync()
    shown = exchange.intake.run("import", str(bundle), check=False)
    assert shown.status == 1
    assert "Nothing was changed" in shown.out
    assert exchange.export("--empty")[0].name == "intake-0001-000002.heard"
    exchange.intake.run("import", str(bundle), "--new-generation")
    assert exchange.export("--empty")[0].name == "intake-0001-g2-000001.heard"
    exchange.take(exchange.medium / "intake-0001-g2-000001.heard")
    exchange.write()
    exchange.carry()
    path = exchange.answer()
    refused = exchange.intake.run("import", str(path), "--new-generation", check=False)
    assert "begins no new generation" in refused.err


def test_a_lost_file_at_the_station_comes_again(exchange: Exchange) -> None:
    _, letter = exchange.write()
    exchange.carry()
    exchange.confirm()
    (path,) = exchange.station.letters.rglob(letter.hex() + ".age")
    path.unlink()
    assert exchange.begin(exchange.resync())["here"] == 1
    exchange.carry()
    assert path.exists()
    assert "MISSING" not in reviewer("status", station=exchange.station.root).stdout


@pytest.mark.parametrize("restored", ["intake", "station"])
def test_it_is_the_same_on_postgresql(
    panel: Panel, tmp_path: Path, request: pytest.FixtureRequest, restored: str
) -> None:
    url = request.getfixturevalue("postgresql")
    exchange = Exchange(tmp_path / "exchange", panel, {"HEARD_DATABASE": url})
    gone, gone_letter = exchange.write()
    exchange.write()
    exchange.carry()
    exchange.confirm()
    backup, copy = exchange.backup(), exchange.copy_station()
    exchange.put(gone, gone.withdrawal())
    exchange.carry()
    if restored == "intake":
        exchange.restore(backup, with_log=False)
    else:
        exchange.restore_station(copy)
    exchange.begin(exchange.resync())
    exchange.write()
    exchange.carry()
    assert exchange.statuses()[gone_letter.hex()] == "withdrawn"
    index = exchange.index(gone)
    assert index is not None
    assert index.state == THREAD_STATES["withdrawn"]
