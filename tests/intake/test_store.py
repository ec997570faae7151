"""The store on both engines: nothing twice, no order, and the schema that the migrations make is the one declared."""

import secrets
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select
from sqlmodel import Session
from sqlmodel import select as select_rows

from crypto.bundle import Direction
from crypto.constants import LETTER_KINDS
from intake import migration, schema
from intake.engine import create_engine, database_url
from intake.errors import SchemaBehindError, SettingsError, StoreError, StoreUnavailableError
from intake.migration import migrate
from intake.rows import INWARD, OUTWARD, BundleRow, NewLetter, ThreadLetter
from intake.store import Store
from intake.tables import CarriedBundle, Envelope, Probe, StoredLetter
from tests.intake.conftest import new_letter
from tests.intake.installed import Installed, store_of


def bundle_row(sequence: int = 1, *, direction: Direction = OUTWARD, chain: str | None = None) -> BundleRow:
    return BundleRow(direction, 1, sequence, "heard-demonstration", 1, "0" * 64, 0, 202648, chain)


def test_migrations_make_the_declared_tables(engine_url: str) -> None:
    engine = create_engine(database_url(engine_url, Path()), 5)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert {column["name"] for column in inspect(connection).get_columns("letters")} == set(schema.letters.c.keys())
    engine.dispose()


def test_the_revision_that_serving_expects_is_the_newest() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(configuration).get_current_head() == schema.SCHEMA_REVISION


def test_sqlmodel_classes_have_exactly_the_columns() -> None:
    pairs = (
        (StoredLetter, schema.letters),
        (Envelope, schema.envelopes),
        (CarriedBundle, schema.bundles),
        (Probe, schema.probes),
    )
    for model, table in pairs:
        assert model.__table__ is table
        assert set(model.model_fields) == set(table.c.keys())


def test_sqlmodel_rows_can_be_read_and_hide_the_letter(store: Store) -> None:
    letter = new_letter()
    store.add([letter])
    with Session(store._engine) as session:
        row = session.exec(select_rows(StoredLetter)).one()
        envelope = session.exec(select_rows(Envelope)).one()
    assert (row.digest, row.place, row.day, row.size) == (letter.digest, letter.place, letter.day, 65_536)
    assert (envelope.place, envelope.sealed) == (letter.place, letter.sealed)
    assert letter.locator.hex() not in repr(row)
    assert "sealed" not in repr(envelope)


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.add([new_letter()])
    migrate(store._engine)
    assert store.count() == (1, 1)


def test_same_bytes_are_stored_once_and_reported_as_held(store: Store) -> None:
    first, second = new_letter(), new_letter()
    assert store.add([first, second, first]) == {first.digest, second.digest}
    assert store.add([first]) == {first.digest}
    assert store.count() == (2, 2)


def test_same_form_sealed_again_is_not_stored_and_reported_as_not_held(store: Store) -> None:
    once = bytes(range(32))
    first, again = new_letter(once=once), new_letter(once=once)
    assert store.add([first]) == {first.digest}
    assert store.add([again]) == frozenset()
    assert store.count() == (1, 1)


def test_a_row_that_the_database_refuses_raises_without_its_content(store: Store) -> None:
    bad = new_letter()
    object.__setattr__(bad, "day", None)
    with pytest.raises(StoreError) as refused:
        store.add([bad])
    assert not isinstance(refused.value, StoreUnavailableError)
    assert bad.digest.hex() not in str(refused.value)


def test_rows_have_no_number_that_tells_their_order(sqlite_store: Store, tmp_path: Path) -> None:
    letters = [new_letter() for _ in range(8)]
    for letter in letters:
        sqlite_store.add([letter])
    database = sqlite3.connect(tmp_path / "letters.sqlite")
    with pytest.raises(sqlite3.OperationalError, match="no such column: rowid"):
        database.execute("SELECT rowid FROM letters")
    # An envelope's own number is part of its digest.
    numbers = [number for (number,) in database.execute("SELECT rowid FROM envelopes")]
    database.close()
    assert numbers == sorted(int.from_bytes(letter.digest, "big") >> 193 for letter in letters)


def test_two_letters_that_would_stand_in_one_place_do_not_replace_each_other(store: Store) -> None:
    first, second = new_letter(), new_letter()
    object.__setattr__(second, "digest", first.digest[:8] + second.digest[8:])
    store.add([first])
    with pytest.raises(StoreError):
        store.add([second])
    assert store.count() == (1, 1)


def test_a_database_that_was_not_migrated_takes_no_letter(engine_url: str) -> None:
    engine = create_engine(database_url(engine_url, Path()), 5)
    store = Store(engine)
    with pytest.raises(SchemaBehindError, match="intake migrate"):
        store.check_schema()
    with pytest.raises(StoreUnavailableError) as refused:
        store.add([new_letter()])
    assert refused.value.word == "migrate"
    migrate(engine)
    letter = new_letter()
    assert store.add([letter]) == {letter.digest}
    store.close()


def test_another_revision_is_behind(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.execute(schema.alembic_version.update().values(version_num="0000"))
    with pytest.raises(SchemaBehindError):
        store.check_schema()


def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'none' / 'letters.sqlite'}", "postgresql://nobody@127.0.0.1:9/none"):
        store = Store(create_engine(database_url(url, Path()), 1))
        with pytest.raises(StoreUnavailableError) as refused:
            store.add([new_letter()])
        assert refused.value.word == "database"
        with pytest.raises(StoreError):
            store.count()
        store.close()


@pytest.mark.parametrize("url", ["sqlite:nonsense", "sqlite://user@host/file", "postgresql+psycopg://host:port/x"])
def test_a_url_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(SettingsError, match="not a database URL"):
        create_engine(url, 1)


def test_engine_waits_for_the_disk(store: Store) -> None:
    assert store.durability_faults() == []


def test_postgresql_that_does_not_wait_for_the_disk_is_named(
    postgresql: str, open_store: Callable[[str], Store]
) -> None:
    store = open_store(postgresql)
    with store._engine.connect() as connection:
        connection.exec_driver_sql("SET synchronous_commit = off")
        connection.commit()
    # The pool gives the same connection again.
    (fault,) = store.durability_faults()
    assert "set synchronous_commit = on" in fault


def test_little_room_on_the_disk_refuses_letters(sqlite_store: Store, tmp_path: Path) -> None:
    cramped = Store(sqlite_store._engine, tmp_path, reserve=2**62)
    with pytest.raises(StoreUnavailableError) as refused:
        cramped.add([new_letter()])
    assert refused.value.word == "disk"
    with pytest.raises(StoreUnavailableError):
        cramped.probe()


def test_full_database_is_unavailable_until_there_is_room(sqlite_store: Store) -> None:
    engine = sqlite_store._engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreUnavailableError) as refused:
        sqlite_store.add([new_letter()])
    assert refused.value.word == "disk"
    with pytest.raises(StoreUnavailableError):
        sqlite_store.probe()  # as large as a letter, since the last one failed
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    sqlite_store.probe()
    letter = new_letter()
    assert sqlite_store.add([letter]) == {letter.digest}


def test_bundle_takes_each_letter_once(store: Store) -> None:
    first = [new_letter(), new_letter()]
    store.add(first)
    assert store.begin_bundle(bundle_row(1)) == 2
    store.add([new_letter()])
    assert store.begin_bundle(bundle_row(2)) == 1
    assert store.count() == (3, 0)
    assert [row.sealed for row in store.letters_of_bundle(1)] == [
        letter.sealed for letter in sorted(first, key=lambda letter: letter.digest)
    ]
    unfinished = store.last_bundle(OUTWARD)
    assert unfinished is not None
    assert (unfinished.sequence, unfinished.count, unfinished.chain) == (2, 1, None)
    store.finish_bundle(unfinished, "ab" * 32)
    finished = store.bundle(OUTWARD, 2)
    assert finished is not None
    assert finished.chain == "ab" * 32
    assert store.bundle(OUTWARD, 3) is None
    assert store.last_bundle(INWARD) is None


def test_confirmations_mark_letters_and_unknown_ones_are_counted_out(store: Store) -> None:
    letters = [new_letter(), new_letter()]
    store.add(letters)
    outcomes = [(letters[0].digest, "imported"), (letters[1].digest, "set aside"), (bytes(32), "imported")]
    assert store.accept_bundle(bundle_row(direction=INWARD, chain="cd" * 32), iter(outcomes)) == 2
    with store._engine.connect() as connection:
        marked = dict(connection.execute(select(schema.letters.c.digest, schema.letters.c.confirmed)).all())
    assert marked == {letters[0].digest: "imported", letters[1].digest: "set aside"}


def test_accepting_is_all_or_nothing(store: Store) -> None:
    letter = new_letter()
    store.add([letter])
    row = bundle_row(direction=INWARD, chain="cd" * 32)
    with pytest.raises(StoreError):
        store.accept_bundle(row, iter([(letter.digest, "imported"), (letter.digest, "an outcome that there is not")]))
    assert store.last_bundle(INWARD) is None
    store.accept_bundle(row, iter([]))
    with pytest.raises(StoreError):
        store.accept_bundle(row, iter([(letter.digest, "imported")]))
    with store._engine.connect() as connection:
        assert connection.scalar(select(schema.letters.c.confirmed)) is None


def test_dump_and_load_carry_every_column(store: Store, open_store: Callable[[str], Store], tmp_path: Path) -> None:
    store.add([new_letter(once=bytes(32)), new_letter(day=date(2026, 11, 1)), new_letter(size=262_144)])
    store.begin_bundle(bundle_row())
    rows = list(store.dump())
    assert len(rows) == 3 + 3 + 3 + 1
    assert not store.is_empty()
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert other.is_empty()
    other.load(rows)
    assert list(other.dump()) == [*rows, ("conditions", {"name": "replay", "value": "restored"})]


def test_load_is_all_or_nothing(store: Store) -> None:
    good = {"place": 1, "sealed": b"x"}
    for bad in ({"place": 2, "sealed": None}, good):
        with pytest.raises(StoreError):
            store.load([("envelopes", good), ("envelopes", bad)])
    assert store.is_empty()


def test_dump_is_of_one_moment(store: Store) -> None:
    store.add([new_letter() for _ in range(200)])
    rows = store.dump()
    next(rows)
    store.add([new_letter() for _ in range(50)])
    assert len(list(rows)) == 199 + 200 + 200
    assert store.count() == (250, 250)


def test_statements_that_fail_do_not_show_their_parameters(store: Store) -> None:
    with pytest.raises(Exception, match="hide_parameters") as failed, store._engine.begin() as connection:
        connection.execute(insert(schema.probes), [{"id": 1, "filling": b"planted-bytes"}])
    assert "planted-bytes" not in str(failed.value)


def test_settling_empties_the_write_ahead_log(tmp_path: Path) -> None:
    installed = Installed(tmp_path / "data")
    installed.run("init")
    store = store_of(installed)
    store.add([new_letter()])
    log = tmp_path / "data" / "letters.sqlite-wal"
    assert log.stat().st_size > 65_536
    assert store.settle()
    assert log.stat().st_size == 0
    store.close()


def test_of_letters_for_one_place_at_once_one_gets_it(store: Store) -> None:
    """On both engines: two devices, or somebody who also has the words, must not share a place."""
    account = new_letter()
    store.add([account])
    further = [
        replace(account, kind=LETTER_KINDS["addition"], sequence=1, sealed=secrets.token_bytes(65_536))
        for _ in range(8)
    ]
    begin = threading.Barrier(len(further))

    def put(letter: NewLetter) -> str:
        begin.wait()
        standing = store.put(ThreadLetter(letter, bytes(16)))
        return standing.outcome if standing else "none"

    with ThreadPoolExecutor(len(further)) as pool:
        outcomes = list(pool.map(put, further))
    assert sorted(outcomes) == ["order"] * 7 + ["stored"]
