"""The log of closings and the store, on both engines: what is noted, done again, stopped and gone on with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.constants import LETTER_KINDS
from crypto.letter import Letter
from intake import schema
from intake.closings import ClosingsLog, Point
from intake.engine import create_engine, database_url
from intake.errors import ClosingsError, StoreUnavailableError
from intake.migration import migrate
from intake.rows import NewLetter, ThreadLetter
from intake.store import Store, threads
from intake.store.conditions import CHANGES, REPLAY, set_condition
from tests.crypto import samples
from tests.intake.conftest import DAY
from tests.threads.survivor import Survivor


@pytest.fixture
def logged(engine_url: str, tmp_path: Path) -> Iterator[Store]:
    store = logged_store(engine_url, tmp_path / "closings")
    yield store
    store.close()


def logged_store(url: str, log: Path) -> Store:
    engine = create_engine(database_url(url, Path()), 5)
    migrate(engine)
    store = Store(engine, log=ClosingsLog(log))
    store.begin_log()
    return store


def put_account(store: Store, person: Survivor) -> NewLetter:
    frame, sealed = person.account(samples.TEXT)
    letter = NewLetter(frame.kind, frame.locator, frame.access_hash, DAY, sealed)
    store.add([letter])
    person.sequence = 1
    return letter


def put_letter(store: Store, person: Survivor, kind: str, letter: Letter, target: bytes = bytes(16)) -> str | None:
    sealed = person.seal(letter)
    new = NewLetter(
        LETTER_KINDS[kind], person.keys.locator, person.keys.access_hash, DAY, sealed, sequence=letter.sequence
    )
    standing = store.put(ThreadLetter(new, target))
    return None if standing is None else standing.outcome


def everything(store: Store) -> list[tuple[str, object]]:
    return [(table, dict(row)) for table, row in store.dump() if table != "conditions"]


def test_a_closing_is_noted_with_its_point_in_one_transaction(logged: Store, tmp_path: Path) -> None:
    person = Survivor(samples.card())
    put_account(logged, person)
    assert put_letter(logged, person, "withdrawal", person.withdrawal()) == "stored"
    point = logged.point()
    assert point is not None
    assert (point.count, point.length) == (1, (tmp_path / "closings").stat().st_size)
    assert put_letter(logged, person, "withdrawal", person.withdrawal()) == "closed"
    assert logged.point() == point


def test_closings_done_again_come_to_the_same(
    logged: Store, tmp_path: Path, open_store: Callable[[str], Store]
) -> None:
    """Into an empty database, as if everything had come after the backup; and again over the one that has it all."""
    first, second, alone = (Survivor(samples.card()) for _ in range(3))
    for person in (first, alone):
        put_account(logged, person)
    for before, after in ((first, second),):
        assert put_letter(logged, after, "inheritance", after.inheritance(before)) == "stored"
        after.sequence = 1
        assert put_letter(logged, before, "replacement", before.replacement(after), after.keys.locator) == "stored"
    assert put_letter(logged, second, "withdrawal", second.withdrawal()) == "stored"
    assert put_letter(logged, alone, "withdrawal", alone.withdrawal()) == "stored"
    point = logged.point()
    assert point is not None
    before_replay = everything(logged)
    rewind(logged, point)
    assert logged.replay(lambda: None) == 3
    assert everything(logged) == before_replay

    empty = open_store(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    empty._log = ClosingsLog(tmp_path / "closings")
    rewind(empty, point)
    assert empty.replay(lambda: None) == 3
    states = {row["locator"]: row["state"] for row in rows(empty, "threads")}
    assert states == {
        first.keys.locator: "replaced",
        second.keys.locator: "withdrawn",
        alone.keys.locator: "withdrawn",
    }
    open_bodies = {row["kind"] for row in rows(empty, "letters") if not row["erased"]}
    assert open_bodies == {LETTER_KINDS["withdrawal"], LETTER_KINDS["replacement"]}
    assert not empty.is_waiting


def rows(store: Store, table: str) -> list[dict[str, object]]:
    return [dict(row) for name, row in store.dump() if name == table]


def rewind(store: Store, point: Point) -> None:
    """Say that this database is as of the beginning of the log, and was restored."""
    with store._writing() as connection:
        set_condition(connection, CHANGES, Point.first(point.log).encode())
        set_condition(connection, REPLAY, "restored")


def test_a_replay_that_is_stopped_goes_on(logged: Store) -> None:
    people = [Survivor(samples.card()) for _ in range(4)]
    for person in people:
        put_account(logged, person)
        assert put_letter(logged, person, "withdrawal", person.withdrawal()) == "stored"
    end = logged.point()
    assert end is not None
    rewind(logged, end)
    steps = iter(range(10))

    def stop() -> None:
        if next(steps) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        logged.replay(stop)
    assert logged.is_waiting
    with pytest.raises(StoreUnavailableError):
        logged.add([])
    assert logged.replay(lambda: None) == 2
    assert logged.point() == end


def test_a_closing_that_is_not_committed_leaves_no_entry(logged: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite it is taken out at once; after a server that may still commit it stays, and is done again."""
    person, other = Survivor(samples.card()), Survivor(samples.card())
    put_account(logged, person)
    put_account(logged, other)
    before = logged.point()

    def fail(*_arguments: object) -> None:
        raise StoreUnavailableError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(threads, "set_next", fail)
        with pytest.raises(StoreUnavailableError):
            put_letter(logged, person, "withdrawal", person.withdrawal())
    assert logged.point() == before
    assert put_letter(logged, other, "withdrawal", other.withdrawal()) == "stored"
    states = {row["locator"]: row["state"] for row in rows(logged, "threads")}
    assert states[person.keys.locator] == ("withdrawn" if logged._postgresql else "open")
    assert states[other.keys.locator] == "withdrawn"
    after = logged.point()
    assert after is not None
    assert after.count == (2 if logged._postgresql else 1)


def test_a_log_that_is_missing_refuses_before_anything_changes(logged: Store, tmp_path: Path) -> None:
    person = Survivor(samples.card())
    put_account(logged, person)
    (tmp_path / "closings").unlink()
    with pytest.raises(StoreUnavailableError):
        put_letter(logged, person, "withdrawal", person.withdrawal())
    with pytest.raises(ClosingsError):
        logged.check_log()
    with logged._engine.connect() as connection:
        assert connection.scalar(select(schema.threads.c.state)) == "open"
