"""Nothing links a worker and a letter: who seizes everything at the end of a day guesses no better than chance."""

import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio.from_thread
import pytest
from argon2.profiles import CHEAPEST
from sqlalchemy import text

from crypto.constants import FRAME_BYTES, LETTER_KINDS, LOCATOR_BYTES, VISIT_STATUSES
from crypto.frame import LINE_KINDS, Frame, parse_submission
from crypto.visit import VisitRequest, open_answer
from intake.clock import today
from intake.inquiry import load_inquiry
from intake.installation import open_store
from intake.line.app import create_app, tidy_once
from intake.line.calls import Calls
from intake.line.installation import line_folder, open_line_store
from intake.line.key import load_line_key
from intake.line.letterbox import make_letterbox
from intake.line.schema import sessions
from intake.line.service import LineService, make_service
from intake.rows import NewLetter
from intake.settings import Settings
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.line.caller import SEALED, sealed_call
from tests.line.desk import ORIGIN, PASSWORD, Browser, Clock, Desk
from tests.line.unlinking import FEWEST, Letter, engine_of, guesses, most_by_chance, seize
from tests.threads.survivor import Survivor, filler

NAMES: Final = ("jo.b", "kit", "sam")
CALLS_EACH: Final = 20
SEED: Final = 20_261_126
Plant = Callable[["Day", str], None]
Way = Callable[[Browser, str], Letter]


@dataclass
class Day:
    """One line on one day: its desk, where its two databases are, and what everybody who seizes it may read."""

    installed: Installed
    desk: Desk
    calls: Calls
    line_url: str
    letters_url: str

    def work(self, plant: Plant | None = None) -> dict[Letter, str]:
        """Let everybody take their calls, in an order by chance; return whose each letter is."""
        luck = random.Random(SEED)  # noqa: S311 - the order of a test's calls
        browsers = {name: self.desk.enrol(name) for name in luck.sample(NAMES, len(NAMES))}
        turns = [name for name in NAMES for _ in range(CALLS_EACH)]
        luck.shuffle(turns)
        before = self.line_rows()
        truth = {}
        for turn, name in enumerate(turns):
            self.wait(luck.randrange(5, 15))
            truth[take_call(browsers[name], f"Invented, number {turn}.", luck.choice(WAYS))] = name
            if plant:
                plant(self, name)
        # The first proof: nothing at all was written about anybody meanwhile.
        assert plant or self.line_rows() == before
        self.desk.service.book.flush(today_too=True)
        self.desk.portal.call(self.calls.letterbox.writer.probe)
        self.installed.run("backup", "--to", str(self.installed.data / "heard.backup"))
        return truth

    def wait(self, minutes: int) -> None:
        """Let time pass, and the line tidy up every ten minutes."""
        for _ in range(minutes):
            self.desk.clock.wait(minutes=1)
            if self.desk.service.guard.minute % 10 == 0:
                tidy_once(self.desk.service)

    def line_rows(self) -> list[list[tuple[object, ...]]]:
        engine = engine_of(self.line_url)
        with engine.connect() as connection:
            found = [
                sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in sessions.metadata.tables.values()
            ]
        engine.dispose()
        return found

    def known_workers(self) -> dict[object, str]:
        """Every mark of a worker that is in the line's database."""
        known: dict[object, str] = {}
        for worker in self.desk.service.store.workers():
            known |= {worker.name: worker.name, worker.id: worker.name}
            known |= {one.digest: worker.name for one in self.desk.service.store.sessions_of(worker)}
        return known

    def run_sql(self, url: str, statement: str, **values: object) -> None:
        engine = engine_of(url)
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def best(self, truth: dict[Letter, str]) -> tuple[int, str]:
        """Return by how many the right guesses of the best way exceed what chance can do, and which way it was."""
        places = [self.installed.data.parent, *self.server_files()]
        orders = seize([self.letters_url, self.line_url], places, truth, self.known_workers())
        # They found what there is to find: where letters stand, and where workers do.
        assert len(orders.letters) > 5
        assert len(orders.workers) > 5
        whose = {letter.digest.hex(): name for letter, name in truth.items()}
        return max((excess(whose, guess), way) for way, guess in guesses(orders))

    def server_files(self) -> list[Path]:
        """PostgreSQL's own files: both databases' relations, and the write-ahead log of the whole server."""
        found = []
        for url in (self.letters_url, self.line_url):
            if url.startswith("postgresql"):
                engine = engine_of(url)
                with engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
                    root = Path(str(connection.scalar(text("SHOW data_directory"))))
                    own = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
                engine.dispose()
                found += [root / "base" / str(own), root / "pg_wal"]
        return found


def excess(whose: Mapping[str, str], guess: Mapping[str, str]) -> int:
    """Return by how many a guess is better than chance is likely to be with so many letters; below 1 it is not."""
    right = sum(whose[letter] == name for letter, name in guess.items())
    return right - most_by_chance(len(guess), len(NAMES))


def sealed_once(browser: Browser, text: str) -> Letter:
    """An account without words."""
    return send(browser, sealed_call(text, samples.card()))


def sealed_with_words(browser: Browser, text: str) -> Letter:
    """A draft that is saved twice to the caller's words, then the account, then no draft."""
    person = Survivor(samples.card())
    for words in (text[:5], text):
        visit(browser, *person.put(person.draft(words)))
    frame, sealed = person.account(text)
    sent = send(browser, frame.encode() + sealed)
    visit(browser, person.ask("discard"), filler())
    return sent


def broken_off(browser: Browser, text: str) -> Letter:
    """An unfinished call: what is saved later takes the place of what was saved before."""
    place, access = secrets.token_bytes(LOCATOR_BYTES), secrets.token_bytes(32)
    for words in (text[:5], text):
        sealed = sealed_call(words, samples.card())[FRAME_BYTES:]
        sent = send(browser, Frame(LETTER_KINDS["unfinished"], place, access).encode() + sealed)
    return sent


WAYS: Final = (sealed_once, sealed_with_words, broken_off)


def send(browser: Browser, body: bytes) -> Letter:
    """Send what is sealed, and return what anyone can see of it."""
    answer = browser.send("POST", "/letters", content=body, headers={**browser.headers, "content-type": SEALED})
    assert answer.status_code == 201
    frame, sealed = parse_submission(body, LINE_KINDS)
    sent = NewLetter(frame.kind, frame.locator, frame.access_hash, today(), sealed)
    return Letter(sent.digest, sent.locator, sent.place)


def visit(browser: Browser, request: VisitRequest, slot: bytes) -> None:
    """Put or throw away a draft."""
    content, headers = request.encode() + slot, {**browser.headers, "content-type": SEALED}
    answer = open_answer(browser.send("POST", "/thread", content=content, headers=headers).content, request)
    assert answer.status == VISIT_STATUSES["stored"]


def take_call(browser: Browser, text: str, way: Way) -> Letter:
    """Come back to the desk, seal what was typed, and let the call be counted."""
    if browser.post("/call/here").status_code != 200:
        assert browser.post("/unlock", password=PASSWORD).status_code == 303
        assert browser.post("/call/here").status_code == 200
    sent = way(browser, text)
    counted = browser.send(
        "POST", "/call/count", json={"what": "sent"}, headers={**browser.headers, "accept": "application/json"}
    )
    assert counted.status_code == 200
    return sent


@contextmanager
def day_at(folder: Path, **databases: str) -> Iterator[Day]:
    """A line with calls, in this process, its clock in our hands. A call every ten minutes: many begin with a password."""
    installed = Installed(folder / "data", {f"HEARD_{name.upper()}": url for name, url in databases.items()})
    installed.run("init")
    installed.install(samples.card())
    settings = Settings.read({"HEARD_LINE_CALLS_A_DAY": "0", **installed.environment})
    letters, line, clock = open_store(settings), open_line_store(settings), Clock()

    calls = Calls(make_letterbox(settings, letters))
    with anyio.from_thread.start_blocking_portal() as portal:

        async def make() -> LineService:
            key = load_line_key(line_folder(settings).line_key)
            return make_service(settings, load_inquiry(), line, key, ORIGIN, now=clock, parameters=CHEAPEST)

        service = portal.call(make)
        app = create_app(service, calls)
        with portal.wrap_async_context_manager(calls.running()):
            urls = [str(store._engine.url.render_as_string(hide_password=False)) for store in (line, letters)]
            yield Day(installed, Desk(service, clock, app, portal), calls, urls[0], urls[1])
    line.close()
    letters.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """On one server for both with PostgreSQL, though `intake check` advises against it: the harder case."""
    urls = {}
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
        urls = {"database": url, "line_database": request.getfixturevalue("second_postgresql")}
    with day_at(tmp_path, **urls) as made:
        yield made


def test_nobody_tells_whose_letter_it_is_better_than_by_chance(day: Day) -> None:
    better_by, way = day.best(day.work())
    assert better_by <= 0, way


def note_in_order(day: Day, name: str) -> None:
    """A table that has a row for every call, without any time."""
    day.run_sql(day.line_url, "CREATE TABLE IF NOT EXISTS planted (place INTEGER, worker TEXT)")
    day.run_sql(day.line_url, "INSERT INTO planted SELECT count(*), CAST(:name AS TEXT) FROM planted", name=name)


def stamp_session(day: Day, name: str) -> None:
    """A session that notes when its worker was last there: the row says it once, the write-ahead log every time."""
    worker = day.desk.service.store.worker_named(name)
    assert worker is not None
    values = {"minute": int(day.desk.clock()), "worker": worker.id}
    day.run_sql(day.line_url, "UPDATE sessions SET proved = :minute WHERE worker = :worker", **values)


def write_totals_in_groups(day: Day, _name: str) -> None:
    """Totals that are written while the day lasts, a call or two at a time."""
    day.desk.service.book.flush(today_too=True)


def name_the_worker(day: Day, name: str) -> None:
    """A log that has a line for each call."""
    with (day.installed.data.parent / "planted.log").open("a") as log:
        log.write(f"INFO {name} was there\n")


@pytest.mark.parametrize("day", ["sqlite", pytest.param("postgresql", marks=pytest.mark.all)], indirect=True)
@pytest.mark.parametrize("plant", [note_in_order, name_the_worker])
def test_a_planted_link_is_found(day: Day, plant: Plant) -> None:
    better_by, way = day.best(day.work(plant))
    assert better_by > 0, way


@pytest.mark.parametrize("plant", [stamp_session, write_totals_in_groups])
def test_what_the_rows_say_once_the_log_says_each_time(tmp_path: Path, plant: Plant) -> None:
    with day_at(tmp_path) as day:
        better_by, way = day.best(day.work(plant))
    assert better_by > 0, way


def test_chance_is_what_it_is_said_to_be() -> None:
    """A guesser who knows nothing is right less often than the bound, and one who knows three in four more often."""
    luck = random.Random(SEED)  # noqa: S311 - guesses of a test
    for tries in (FEWEST, len(NAMES) * CALLS_EACH):
        blind = [sum(luck.randrange(len(NAMES)) == 0 for _ in range(tries)) for _ in range(2_000)]
        assert max(blind) <= most_by_chance(tries, len(NAMES)) < tries
    assert most_by_chance(len(NAMES) * CALLS_EACH, len(NAMES)) < len(NAMES) * CALLS_EACH * 3 / 4
