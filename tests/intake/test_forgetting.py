"""Forgetting, on both engines: what is due goes, and never what the station has not confirmed, nor the record of a thread."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crypto.bundle import BundleReader, RecordKind, erased_digest
from crypto.constants import LETTER_KINDS, NOTICE_KINDS, THREAD_STATES
from crypto.hold import hold_digest
from crypto.minisigning import SigningKey
from crypto.notice import Notice, encode_notice
from crypto.records import Confirmation, LetterRecord
from intake import clock, schema
from intake.exporting import Exporter
from intake.housekeeping import Housekeeping
from intake.rows import INWARD, BundleRow, Forgotten, NewLetter, RetentionDays, ThreadLetter
from intake.store import Store
from tests.crypto import samples
from tests.crypto.test_hold import hold
from tests.intake.conftest import DAY, new_letter
from tests.intake.installed import Installed, store_of
from tests.intake.test_transfer import export, put, station_bundle

KEEP = RetentionDays(drafts=30, letters=0, answers=0, receipts=0)
TEN = RetentionDays(drafts=10, letters=10, answers=10, receipts=10)
NOTHING = Forgotten(0, 0, 0, 0, 0)
IN_FORCE = hold(valid_from="2026-11-01", valid_to="2027-03-31")


def after(days: int) -> date:
    return DAY + timedelta(days=days)


@dataclass
class Writer:
    """Somebody with words, as the store sees them."""

    store: Store
    locator: bytes
    access_hash: bytes
    sequence: int = 0

    @classmethod
    def of(cls, store: Store) -> "Writer":
        return cls(store, secrets.token_bytes(16), secrets.token_bytes(32))

    def send(self, kind: str = "account", day: date = DAY, **changes: Any) -> NewLetter:
        letter = NewLetter(
            LETTER_KINDS[kind], self.locator, self.access_hash, day, secrets.token_bytes(65_536), None, self.sequence
        )
        letter = replace(letter, **changes)
        if kind in {"account", "unfinished"}:
            assert self.store.add([letter]) == {letter.digest}
            self.sequence = 1
            return letter
        standing = self.store.put(ThreadLetter(letter, changes.get("next_locator", bytes(16))))
        assert standing is not None
        assert standing.outcome == "stored"
        self.sequence = standing.sequence
        return letter

    def replace_words(self) -> "Writer":
        new = Writer.of(self.store)
        new.send("inheritance")
        letter = NewLetter(
            LETTER_KINDS["replacement"],
            self.locator,
            self.access_hash,
            DAY,
            secrets.token_bytes(65_536),
            None,
            self.sequence,
        )
        standing = self.store.put(ThreadLetter(letter, new.locator))
        assert standing is not None
        assert standing.outcome == "stored"
        return new

    def notice(self, kind: str, sequence: int = 1, day: date = DAY) -> NewLetter:
        return NewLetter(NOTICE_KINDS[kind], self.locator, b"", day, secrets.token_bytes(65_536), None, sequence)

    def parts(self) -> list[int]:
        """The slots that each listed thing still has."""
        index = self.store.index(self.locator, self.access_hash, DAY, 30)
        assert index is not None
        return [entry.parts for entry in index.entries]


@pytest.fixture
def writer(store: Store) -> Writer:
    return Writer.of(store)


class Carrier:
    """Bundles both ways, as far as the store sees them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.received = store, folder, 0
        self.key = SigningKey.from_seed(bytes(32))
        folder.mkdir()

    def export(self, again: int = 0) -> Path:
        exporter = Exporter(self.store, samples.card(), self.key, self.folder, lambda: None)
        return exporter.write_again(again)[0] if again else exporter.write_new(even_empty=True)[0][0]

    def confirm(
        self,
        *letters: NewLetter,
        day: date = DAY,
        notices: tuple[NewLetter, ...] = (),
        holds: tuple[Notice, ...] = (),
        outcome: str = "imported",
    ) -> None:
        self.received += 1
        row = BundleRow(INWARD, 1, self.received, "heard-demonstration", 1, "0" * 64, 0, 202648, "ab" * 32)
        outcomes = [(letter.digest, outcome) for letter in letters]
        with mock.patch("intake.store.bundles.today", return_value=day):
            self.store.accept_bundle(row, outcomes, notices, holds=holds)


@pytest.fixture
def carrier(store: Store, tmp_path: Path) -> Carrier:
    return Carrier(store, tmp_path / "medium")


def bodies(store: Store) -> int:
    with store._engine.connect() as connection:
        return len(connection.execute(select(schema.envelopes.c.place)).all())


def records(path: Path) -> list[tuple[RecordKind, bytes]]:
    """Each record's kind and the digest of the letter that it holds or stands in for."""
    with path.open("rb") as source:
        return [
            (one.kind, LetterRecord.parse(one.body).digest if one.kind == RecordKind.LETTER else erased_digest(one))
            for one in BundleReader(source)
        ]


def chain_of(path: Path) -> str:
    with path.open("rb") as source:
        list(reader := BundleReader(source))
    assert reader.summary is not None
    return reader.summary.chain


# Letters


def test_parts_of_a_call_are_carried_counted_and_kept_like_letters(
    store: Store, writer: Writer, carrier: Carrier
) -> None:
    part = writer.send("unfinished")
    Writer.of(store).send()
    assert store.count() == (2, 2)
    assert (store.survey().delivered, store.survey().unfinished) == (2, 1)
    assert {digest for _, digest in records(carrier.export())} >= {part.digest}
    carrier.confirm(part)
    assert store.forget(after(9), TEN) == NOTHING
    assert store.forget(after(10), TEN).letters == 1


@pytest.mark.parametrize("held", [False, True])
def test_parts_that_the_station_destroyed_are_erased_here(
    store: Store, writer: Writer, carrier: Carrier, held: bool
) -> None:
    """Which call they are of is sealed, so this side learns only so that a caller took them back."""
    part, other, account = writer.send("unfinished"), Writer.of(store).send("unfinished"), Writer.of(store).send()
    chain = chain_of(carrier.export())
    carrier.confirm(part, other, account, holds=(IN_FORCE,) if held else ())
    assert bodies(store) == 3
    carrier.confirm(part, outcome="destroyed")
    assert bodies(store) == 2
    again = carrier.export(again=1)
    assert {digest: kind for kind, digest in records(again)}[part.digest] == RecordKind.ERASED
    assert chain_of(again) == chain
    # An account belongs to its words: what the station did does not take it back here.
    carrier.confirm(account, outcome="destroyed")
    assert bodies(store) == 2
    assert store.add([part]) == {part.digest}
    assert bodies(store) == 2


def test_a_letter_goes_so_many_days_after_it_was_confirmed(store: Store, writer: Writer, carrier: Carrier) -> None:
    first, second = writer.send(), writer.send("addition")
    carrier.export()
    carrier.confirm(first, day=after(3))
    assert store.forget(after(12), TEN, dry_run=True) == NOTHING
    assert store.forget(after(12), TEN) == NOTHING
    due = Forgotten(drafts=0, taken_back=0, letters=1, answers=0, receipts=0)
    assert store.forget(after(13), TEN, dry_run=True) == due
    assert bodies(store) == 2
    assert store.forget(after(13), TEN) == due
    assert store.forget(after(13), TEN) == NOTHING
    assert store.fetch(writer.locator, writer.access_hash, first.digest) == (True, None)
    assert store.fetch(writer.locator, writer.access_hash, second.digest) == (True, second.sealed)


def test_what_is_not_confirmed_is_never_erased(store: Store, writer: Writer, carrier: Carrier) -> None:
    writer.send()
    carrier.export()
    writer.send("addition")
    assert store.forget(after(10_000), TEN) == NOTHING
    assert bodies(store) == 2


def test_nothing_is_erased_by_age_unless_it_is_asked_for(store: Store, writer: Writer, carrier: Carrier) -> None:
    first = writer.send()
    carrier.export()
    carrier.confirm(first, notices=(writer.notice("reply"), writer.notice("heard", 2), writer.notice("destruction", 3)))
    assert store.forget(after(10_000), KEEP) == NOTHING


def test_the_first_confirmation_counts(store: Store, writer: Writer, carrier: Carrier) -> None:
    first = writer.send()
    carrier.export()
    carrier.confirm(first, day=after(1))
    carrier.confirm(first, day=after(9))
    assert store.forget(after(11), TEN).letters == 1


def test_afterwards_somebody_can_still_add_change_and_take_back(store: Store, writer: Writer, carrier: Carrier) -> None:
    first = writer.send()
    carrier.export()
    carrier.confirm(first)
    store.forget(after(10), TEN)
    assert writer.parts() == [0]
    writer.send("addition")
    writer.send("choices")
    assert writer.parts() == [0, 1, 1]
    # A retry of what was forgotten is acknowledged and not stored again.
    assert store.add([first]) == {first.digest}
    assert bodies(store) == 2
    writer.send("withdrawal")
    index = store.index(writer.locator, writer.access_hash, DAY, 30)
    assert index is not None
    assert index.state == THREAD_STATES["withdrawn"]
    (path,) = [carrier.export()]
    assert [kind for kind, _ in records(path)] == [RecordKind.LETTER]


def test_what_withdraws_and_what_replaces_words_is_kept(store: Store, writer: Writer, carrier: Carrier) -> None:
    """An older copy of the station that gets the bundle again has to learn of both."""
    first = writer.send()
    new = writer.replace_words()
    new.sequence = 1
    last = new.send("withdrawal")
    carrier.export()
    with store._engine.connect() as connection:
        digests = connection.scalars(select(schema.letters.c.digest)).all()
    carrier.received += 1
    row = BundleRow(INWARD, 1, carrier.received, "heard-demonstration", 1, "0" * 64, 0, 202648, "ab" * 32)
    store.accept_bundle(row, [(digest, "imported") for digest in digests])
    assert store.forget(after(10_000), TEN) == NOTHING
    again = {digest: kind for kind, digest in records(carrier.export(again=1))}
    assert again[last.digest] == RecordKind.LETTER
    assert first.digest not in again or again[first.digest] == RecordKind.ERASED


def test_a_bundle_written_again_tells_forgotten_from_taken_back(store: Store, writer: Writer, carrier: Carrier) -> None:
    other, third = Writer.of(store), Writer.of(store)
    letters = [writer.send(), other.send(), third.send()]
    path = carrier.export()
    chain = chain_of(path)
    carrier.confirm(letters[0])
    store.forget(after(10), TEN)
    other.send("withdrawal")
    path.unlink()
    told = {digest: kind for kind, digest in records(carrier.export(again=1))}
    assert [told[letter.digest] for letter in letters] == [RecordKind.FORGOTTEN, RecordKind.ERASED, RecordKind.LETTER]
    assert chain_of(path) == chain
    # Taken back after it was forgotten: then it is that, also under other words.
    new = writer.replace_words()
    new.sequence = 1
    new.send("withdrawal")
    told = {digest: kind for kind, digest in records(carrier.export(again=1))}
    assert told[letters[0].digest] == RecordKind.ERASED


# Drafts, answers, receipts


def test_answers_and_receipts_go_after_their_days(store: Store, writer: Writer, carrier: Carrier) -> None:
    other = Writer.of(store)
    first, gone = writer.send(), other.send()
    other.send("withdrawal")
    notices = [writer.notice(kind, number) for number, kind in enumerate(("reply", "heard", "arrival"), 1)]
    carrier.confirm(first, gone, notices=(*notices, other.notice("destruction")))
    assert len(other.parts()) == 1
    days = replace(KEEP, answers=10, receipts=20)
    assert store.forget(after(9), days) == NOTHING
    assert store.forget(after(10), days) == replace(NOTHING, answers=2)
    assert store.forget(after(20), days) == replace(NOTHING, receipts=1)
    assert other.parts() == []
    # The arrival receipt stays: its absence would look like a loss. So does the thread of what was taken back.
    assert [one.kind for one in index_of(writer)] == [NOTICE_KINDS["arrival"], LETTER_KINDS["account"]]
    assert (
        store.put(ThreadLetter(replace(gone, kind=LETTER_KINDS["addition"], sealed=b"x" * 65_536), bytes(16)))
        is not None
    )


def index_of(writer: Writer) -> Any:
    index = writer.store.index(writer.locator, writer.access_hash, DAY, 30)
    assert index is not None
    return index.entries


def test_drafts_always_go(store: Store, writer: Writer) -> None:
    writer.send("draft")
    assert store.forget(after(29), KEEP) == NOTHING
    assert store.forget(after(30), KEEP) == replace(NOTHING, drafts=1)
    assert bodies(store) == 0


# Under a legal hold


def test_under_a_hold_the_station_gets_its_copy_before_the_last_one_goes(
    store: Store, writer: Writer, carrier: Carrier
) -> None:
    carrier.confirm(holds=(IN_FORCE,))
    fetched = writer.send()
    carrier.export()
    carrier.confirm(fetched)
    added = writer.send("addition")
    writer.send("draft")
    writer.send("withdrawal")
    # What the station has is erased at once; a draft was never sent.
    assert bodies(store) == 2
    assert store.fetch(writer.locator, writer.access_hash, added.digest) == (True, None)
    assert index_of(writer) == ()
    assert store.forget(after(1), TEN) == NOTHING
    assert (RecordKind.LETTER, added.digest) in records(path := carrier.export())
    carrier.confirm(added)
    assert bodies(store) == 1  # the withdrawal
    assert (RecordKind.ERASED, added.digest) in records(carrier.export(again=2))
    assert chain_of(path) == chain_of(carrier.export(again=2))


def test_without_a_hold_everything_goes_at_once(store: Store, writer: Writer, carrier: Carrier) -> None:
    """The control: one that is over, to come, or was ended holds nothing."""
    ended = hold(2, IN_FORCE, valid_from="2026-11-01", valid_to="2026-11-10")
    future, past = hold(3, valid_from="2027-01-01", valid_to="2027-01-31"), hold(4, valid_to="2026-11-20")
    carrier.confirm(holds=(ended, future, past))
    carrier.confirm(holds=(IN_FORCE,))  # replayed
    writer.send()
    writer.send("withdrawal")
    assert bodies(store) == 1


def test_when_the_hold_ends_what_waited_is_erased(store: Store, writer: Writer, carrier: Carrier) -> None:
    carrier.confirm(holds=(IN_FORCE,))
    writer.send()
    new = writer.replace_words()
    new.sequence = 1
    new.send("withdrawal")
    assert bodies(store) == 3
    assert store.forget(date(2027, 3, 31), KEEP) == NOTHING
    assert store.forget(date(2027, 4, 1), KEEP, dry_run=True) == replace(NOTHING, taken_back=1)
    assert store.forget(date(2027, 4, 1), KEEP) == replace(NOTHING, taken_back=1)
    assert bodies(store) == 2


def test_a_hold_is_kept_once_and_survives_a_dump(
    store: Store, carrier: Carrier, open_store: Callable[[str], Store], tmp_path: Path
) -> None:
    carrier.confirm(holds=(IN_FORCE, IN_FORCE))
    carrier.confirm(holds=(IN_FORCE,))
    assert store.holds() == [IN_FORCE]
    other = open_store(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    other.load(store.dump())
    assert [hold_digest(one) for one in other.holds()] == [hold_digest(IN_FORCE)]


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
