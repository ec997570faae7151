"""Forgetting, on both engines: what is due goes, and never what the station has not confirmed, nor the record of a thread."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.bundle import RecordKind
from crypto.constants import LETTER_KINDS, NOTICE_KINDS, THREAD_STATES
from crypto.hold import hold_digest
from intake import schema
from intake.rows import INWARD, BundleRow, Forgotten, ThreadLetter
from intake.store import Store
from tests.crypto.test_hold import hold
from tests.intake.conftest import DAY
from tests.intake.forgetting import IN_FORCE, KEEP, NOTHING, TEN, Carrier, Writer, after, bodies, chain_of, records


@pytest.fixture
def writer(store: Store) -> Writer:
    return Writer.of(store)


@pytest.fixture
def carrier(store: Store, tmp_path: Path) -> Carrier:
    return Carrier(store, tmp_path / "medium")


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
