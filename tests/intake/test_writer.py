"""Group commit: durable before acknowledged, shared by those who wait together, harmed by no neighbour."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import event

from intake.errors import StoreUnavailableError
from intake.rows import NewLetter
from intake.store import Store
from intake.writer import LETTERS_PER_COMMIT, Writer
from tests.intake.conftest import new_letter


class GatedWriter(Writer):
    """Waits with each commit until it is let through, so that letters gather."""

    def __init__(self, store: Store, most_waiting: int = 512, seconds: float = 20) -> None:
        super().__init__(store, most_waiting, seconds)
        self.gate = threading.Event()
        self.groups: list[int] = []

    def commit(self, letters: Sequence[NewLetter | None]) -> Sequence[bool]:
        self.gate.wait(20)
        self.groups.append(len(letters))
        return super().commit(letters)


async def settle(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0.005)


def count_commits(store: Store) -> list[int]:
    commits: list[int] = []
    event.listen(store._engine, "commit", lambda _connection: commits.append(1))
    return commits


def test_letters_that_wait_together_share_a_commit(store: Store) -> None:
    async def scenario() -> GatedWriter:
        writer = GatedWriter(store)
        writer.start()
        puts = [asyncio.create_task(writer.put(new_letter())) for _ in range(41)]
        await settle()
        writer.gate.set()
        assert await asyncio.gather(*puts) == [True] * 41
        writer.stop()
        return writer

    commits = count_commits(store)
    writer = asyncio.run(scenario())
    assert sum(writer.groups) == 41
    assert len(writer.groups) <= 2
    assert len(commits) == len(writer.groups)
    assert store.count() == (41, 41)


def test_one_commit_takes_no_more_than_its_share(sqlite_store: Store) -> None:
    async def scenario() -> list[int]:
        writer = GatedWriter(sqlite_store)
        writer.start()
        puts = [asyncio.create_task(writer.put(new_letter(size=1_024))) for _ in range(400)]
        await settle()
        writer.gate.set()
        await asyncio.gather(*puts)
        writer.stop()
        return writer.groups

    groups = asyncio.run(scenario())
    assert max(groups) <= LETTERS_PER_COMMIT
    assert sum(groups) == 400


def test_nothing_is_acknowledged_before_it_is_durable(store: Store) -> None:
    async def scenario() -> None:
        writer = GatedWriter(store)
        writer.start()
        put = asyncio.create_task(writer.put(new_letter()))
        await settle()
        assert not put.done()
        assert store.count() == (0, 0)
        writer.gate.set()
        assert await put
        assert store.count() == (1, 1)
        writer.stop()

    asyncio.run(scenario())


def test_a_bad_letter_harms_no_other(store: Store) -> None:
    bad = new_letter()
    object.__setattr__(bad, "day", None)

    async def scenario() -> list[bool | BaseException]:
        writer = GatedWriter(store)
        writer.start()
        first = asyncio.create_task(writer.put(new_letter()))
        await settle(4)
        puts = [asyncio.create_task(writer.put(letter)) for letter in (new_letter(), bad, new_letter())]
        await settle(4)
        writer.gate.set()
        answers = await asyncio.gather(first, *puts, return_exceptions=True)
        writer.stop()
        return answers

    answers = asyncio.run(scenario())
    assert answers[:2] == [True, True]
    assert answers[3] is True
    assert isinstance(answers[2], StoreUnavailableError)
    assert store.count() == (3, 3)


def test_a_full_queue_and_a_slow_database_answer_instead_of_waiting(sqlite_store: Store) -> None:
    async def scenario() -> None:
        writer = GatedWriter(sqlite_store, most_waiting=1, seconds=0.3)
        writer.start()
        slow = asyncio.create_task(writer.put(new_letter()))
        await settle(4)
        waiting = asyncio.create_task(writer.put(new_letter()))
        await settle(2)
        with pytest.raises(StoreUnavailableError) as refused:
            await writer.put(new_letter())
        assert refused.value.word == "busy"
        for put in (slow, waiting):
            with pytest.raises(StoreUnavailableError):
                await put
        writer.gate.set()
        writer.stop()

    asyncio.run(scenario())
    assert sqlite_store.count()[0] == 2  # they were stored in the end: sending again is then acknowledged


def test_probe_says_whether_a_letter_could_be_stored(store: Store) -> None:
    async def scenario() -> None:
        writer = Writer(store, 8, 5)
        writer.start()
        await writer.probe()
        writer.stop()
        with pytest.raises(StoreUnavailableError):
            await writer.probe()

    commits = count_commits(store)
    asyncio.run(scenario())
    assert len(commits) == 1


def test_stopping_stores_what_waits(sqlite_store: Store) -> None:
    async def scenario() -> list[bool]:
        writer = GatedWriter(sqlite_store)
        writer.start()
        puts = [asyncio.create_task(writer.put(new_letter())) for _ in range(5)]
        await settle(4)
        stopping = asyncio.create_task(asyncio.to_thread(writer.stop))
        await settle(4)
        writer.gate.set()
        await stopping
        return await asyncio.gather(*puts)

    assert asyncio.run(scenario()) == [True] * 5


def test_a_commit_that_missed_its_standby_is_not_acknowledged(
    postgresql: str, open_store: Callable[[str], Store]
) -> None:
    """PostgreSQL answers a cancelled wait for the standby with success and a warning; the warning counts."""
    store = open_store(postgresql)
    first = new_letter()
    store.add([first])
    refusals: list[str] = []

    def add() -> None:
        try:
            store.add([new_letter()])
        except StoreUnavailableError as error:
            refusals.append(error.word)

    from psycopg import connect

    with connect(postgresql, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        admin.execute("SELECT pg_reload_conf()")
        try:
            cancelled, added = False, 0
            # The server takes notice of its setting by and by: who commits before that waits for nobody.
            while not cancelled:
                thread = threading.Thread(target=add)
                thread.start()
                added += 1
                while not cancelled and thread.is_alive():
                    cancelled = bool(
                        admin.execute(
                            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                        ).fetchall()
                    )
                thread.join(20)
        finally:
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")
    assert refusals == ["database"]
    # The losing control: the row is there, so without the notice nobody would have known.
    assert store.count() == (1 + added, 1 + added)
    again = new_letter()
    assert store.add([again]) == {again.digest}
