"""Forgetting whatever happens before it, and by the commands: nothing unconfirmed is lost, and nobody is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crypto.bundle import RecordKind
from crypto.notice import encode_notice
from crypto.records import Confirmation
from intake import clock, schema
from intake.housekeeping import Housekeeping
from intake.rows import INWARD, NewLetter
from intake.store import Store
from tests.crypto.test_hold import hold
from tests.intake.conftest import DAY, new_letter
from tests.intake.forgetting import IN_FORCE, KEEP, TEN, Carrier, Writer, after, bodies, records
from tests.intake.installed import Installed, store_of
from tests.intake.test_transfer import export, put, station_bundle

# Whatever happens


class Plan:
    """Steps in any order, and what must be true after each of them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.carrier = store, Carrier(store, folder)
        last = store.last_bundle(INWARD)
        self.carrier.received = last.sequence if last else 0
        self.writers: list[Writer] = []
        self.sent: dict[bytes, NewLetter] = {}
        self.confirmed: set[bytes] = set()
        self.may_go: set[bytes] = set()
        self.closed: set[bytes] = set()
        self.held = bool(store.holds())

    def send(self) -> None:
        self.writers.append(Writer.of(self.store))
        self._note(self.writers[-1].send())

    def add(self) -> None:
        if self.writers and self.writers[-1].locator not in self.closed:
            self._note(self.writers[-1].send("addition"))

    def _note(self, letter: NewLetter) -> None:
        self.sent[letter.digest] = letter

    def export(self) -> None:
        self.carrier.export()

    def confirm(self) -> None:
        some = list(self.sent.values())[: len(self.sent) // 2 + 1]
        self.carrier.confirm(*some)
        self.confirmed |= {letter.digest for letter in some}

    def forget(self) -> None:
        self.store.forget(after(100), replace(TEN, drafts=1))

    def hold(self) -> None:
        self.carrier.confirm(holds=(IN_FORCE,))
        self.held = True

    def withdraw(self) -> None:
        if self.writers and self.writers[-1].locator not in self.closed:
            writer = self.writers[-1]
            writer.send("withdrawal")
            self.closed.add(writer.locator)
            if not self.held:
                self.may_go |= {one.digest for one in self.sent.values() if one.locator == writer.locator}

    def check(self) -> None:
        with self.store._engine.connect() as connection:
            places = set(connection.scalars(select(schema.envelopes.c.place)))
        for digest, letter in self.sent.items():
            assert letter.place in places or digest in self.confirmed | self.may_go
        assert all(self.store.index(one.locator, one.access_hash, DAY, 30) for one in self.writers)


STEPS = ("send", "add", "export", "confirm", "forget", "withdraw", "hold")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=14))
def test_nothing_unconfirmed_is_ever_lost(
    open_store: Callable[[str], Store], tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """A letter has its bytes here until the station confirmed it or, where no hold was in force, it was taken back."""
    folder = tmp_path_factory.mktemp("plan")
    plan = Plan(open_store(f"sqlite:///{folder / 'letters.sqlite'}"), folder / "medium")
    for step in steps:
        getattr(plan, step)()
        plan.check()


# The commands


def today(days: int = 0) -> date:
    return clock.today() - timedelta(days=days)


def test_the_command_says_what_would_go_and_then_erases_it(installed: Installed, tmp_path: Path) -> None:
    installed.settings["HEARD_LETTER_DAYS"] = "1"
    letter = replace(new_letter(), day=today(3))
    put(installed, letter)
    export(installed)
    path, _ = station_bundle(
        tmp_path / "back", [(RecordKind.CONFIRMATION, Confirmation(letter.digest, "imported").encode())]
    )
    installed.run("import", str(path))
    assert "0 letters (1 days after they were confirmed" in installed.run("forget", "--dry-run").out
    backdate(installed)
    said = installed.run("forget", "--dry-run", "--json").json
    assert (said["dry_run"], said["letters"], said["total"]) == (True, 1, 1)
    assert installed.run("status", "--json").json["would_forget"]["letters"] == 1
    piece = letter.sealed[30_000:30_064]
    assert files_with(installed, piece)
    said = installed.run("forget", "--json").json
    assert (said["dry_run"], said["letters"], said["settled"]) == (False, 1, True)
    assert not files_with(installed, piece)
    assert letter.digest.hex() not in json.dumps(said)
    (again,) = export(installed, "--again", "1")
    assert [kind for kind, _ in records(again)] == [RecordKind.FORGOTTEN]


def backdate(installed: Installed) -> None:
    store = store_of(installed)
    with store._engine.begin() as connection:
        connection.execute(schema.letters.update().values(confirmed_day=today(1)))
    store.close()


def files_with(installed: Installed, piece: bytes) -> list[str]:
    return [path.name for path in installed.data.iterdir() if path.is_file() and piece in path.read_bytes()]


def test_the_service_does_the_same_by_itself(sqlite_store: Store) -> None:
    writer = Writer.of(sqlite_store)
    writer.send("draft")
    assert Housekeeping(sqlite_store, lambda: after(30), KEEP).tidy()
    assert bodies(sqlite_store) == 0


# Status


def test_status_counts_and_names_nobody(installed: Installed, tmp_path: Path) -> None:
    fresh = installed.run("status", "--json").json
    assert (fresh["letters"]["delivered"], fresh["last_exported"], fresh["holds"]) == (0, None, [])
    letters = [new_letter() for _ in range(4)]
    put(installed, *letters)
    export(installed)
    put(installed, new_letter())
    held = hold(valid_from=str(today()), valid_to=str(today(-30)))
    outcomes = [(letters[0], "imported"), (letters[1], "set aside"), (letters[2], "destroyed")]
    body = [(RecordKind.CONFIRMATION, Confirmation(one.digest, said).encode()) for one, said in outcomes]  # type: ignore[arg-type]  # literals
    path, _ = station_bundle(tmp_path / "back", [*body, (RecordKind.HOLD, encode_notice(held))])
    installed.run("import", str(path))
    said = installed.run("status", "--json")
    counts = said.json["letters"]
    assert counts == {
        "delivered": 5,
        "confirmed": 3,
        "set_aside": 1,
        "destroyed": 1,
        "open": 1,
        "missing": 1,
        "kept": 5,
        "unfinished": 0,
    }
    assert said.json["threads"] == {"open": 5, "withdrawn": 0, "replaced": 0}
    assert (said.json["last_exported"]["sequence"], said.json["last_imported"]["count"]) == (1, 4)
    assert said.json["holds"][0]["in_force"]
    assert said.json["card"]["epoch"] == 1
    text = installed.run("status").out
    for piece in (
        "5 delivered; 3 confirmed",
        "1 open",
        "1 missing",
        "LEGAL HOLD",
        "in force",
        "`intake forget` would erase:",
    ):
        assert piece in text
    for letter in letters:
        assert letter.digest.hex()[:8] not in text + said.out
        assert letter.locator.hex()[:8] not in text + said.out
