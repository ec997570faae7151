import re
import stat
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import reviewer.migration as migration
from crypto.errors import CardSignatureError
from reviewer.entries import BundleEntry, LetterEntry
from reviewer.errors import CardConflictError, CardMissingError, FolderError, LedgerError
from reviewer.files import new_file, write_new
from reviewer.ledger import Ledger
from reviewer.station import Station
from tests.crypto.samples import TEXT
from tests.leaks import leaks
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process, text_answer
from tests.reviewer.test_exporting import next_card
from tests.reviewer.test_importing import open_ledger, take


def test_nothing_that_was_written_is_on_the_stations_disk(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    texts = [TEXT, "Somebody asked me at last, in a different year.", "What would you like to tell us?"]
    good = panel.record(panel.write(answers=(text_answer(texts[1]), text_answer(TEXT))))
    aside = panel.record(panel.write(), kind=2)
    take(station, panel.unlocked, intake.export([good, aside]))
    secrets = [*texts, panel.root.root.hex(), panel.root.identity.encode(), "four invented words together"]
    reviewer_process("read", "--all", *panel.shares(1, 2), station=station.root)
    reviewer_process("read", good.digest.hex(), "--json", *panel.shares(1, 2), station=station.root)
    reviewer_process("export", "--to", str(tmp_path / "out"), *panel.shares(1, 2), station=station.root)
    places = [station.root, intake.medium, tmp_path / "out"]
    assert leaks(places, secrets) == []
    for planted in (station.letters / "ab" / "left.tmp", station.root / "ledger.sqlite", tmp_path / "out" / "log"):
        planted.parent.mkdir(exist_ok=True)
        before = planted.read_bytes() if planted.exists() else None
        planted.write_bytes((before or b"") + b"..." + texts[1].encode("utf-16-le"))
        assert leaks(places, secrets) == [(planted, texts[1])]
        planted.write_bytes(before or b"")


def test_a_station_that_others_can_look_into_is_refused(station: Station) -> None:
    station.root.chmod(0o755)
    said = reviewer("list", station=station.root, code=1)
    assert "chmod 700" in said.stderr


def test_there_is_no_station_yet(tmp_path: Path) -> None:
    for command in (["list"], ["status"], ["read", "--all"], ["import", "x"], ["export", "--to", "x"]):
        said = reviewer(*command, station=tmp_path / "nowhere", code=1)
        assert "start one with `reviewer ceremony`" in said.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_station_without_a_card(tmp_path: Path) -> None:
    station = Station(tmp_path / "station")
    station.create()
    with pytest.raises(CardMissingError, match="reviewer card"):
        station.newest_card()


def test_cards_do_not_replace_each_other(station: Station, panel: Panel) -> None:
    station.install_card(panel.card)
    assert station.all_cards() == [panel.card]
    with pytest.raises(CardConflictError, match="epoch 1 already"):
        station.install_card(next_card(panel, None, epoch=1))
    with pytest.raises(CardSignatureError):
        station.install_card(next_card(panel, panel.root.random()))
    following = next_card(panel, panel.root)
    station.install_card(following)
    assert station.newest_card() == following


def test_the_station_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Station.choose("a", {"HEARD_STATION": "b"}).root == tmp_path / "a"
    assert Station.choose(None, {"HEARD_STATION": "b"}).root == tmp_path / "b"
    assert Station.choose(None, {}).root == tmp_path / "station"


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    interrupted = new_file(path)
    interrupted.__enter__().write(b"half")
    assert interrupted.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None) is False
    assert list(tmp_path.iterdir()) == []
    write_new(path, b"whole")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FolderError, match="not overwritten"):
        write_new(path, b"other")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FolderError, match="not overwritten"):
        write_new(tmp_path / "link", b"other")
    assert path.read_bytes() == b"whole"


def test_the_tables_are_those_of_the_newest_revision(tmp_path: Path) -> None:
    folder = Path(migration.__file__).parent / "migrations"
    configuration = Config()
    configuration.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(configuration).get_current_head() == migration.LEDGER.revision
    ledger = Ledger(tmp_path / "ledger.sqlite")
    migration.migrate(ledger.engine)
    migration.migrate(ledger.engine)
    found = inspect(ledger.engine)
    for model in (LetterEntry, BundleEntry):
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        assert checks == {c.name for c in table.constraints if re.match("ck_", str(c.name))}
    ledger.close()


def test_a_ledger_that_is_damaged_or_newer_is_named(tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(b"not a database" * 100)
    damaged = Ledger(tmp_path / "damaged")
    with pytest.raises(LedgerError, match="restore"):
        migration.migrate(damaged.engine)
    damaged.close()
    newer = Ledger(tmp_path / "newer")
    migration.migrate(newer.engine)
    with newer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerError, match="newer version"):
        migration.migrate(newer.engine)
    newer.close()


def test_entries_are_all_or_nothing(station: Station) -> None:
    ledger = open_ledger(station)
    good = LetterEntry(digest="ab" * 32, locator="", week=0, size=1, bundle=1, place=1, status="imported")
    bad = LetterEntry(digest="cd" * 32, locator="", week=0, size=1, bundle=1, place=2, status="lost")
    with pytest.raises(LedgerError, match="cannot be written"):
        ledger.add_letters([good, bad])
    assert ledger.counts().imported == 0
    ledger.add_letters([good])
    assert ledger.counts().imported == 1
    ledger.close()
