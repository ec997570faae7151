"""Calls that broke off: what the station makes of their parts, in whatever order they come."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import BundleReader, RecordKind
from crypto.call import Call, new_call_id
from crypto.constants import LETTER_KINDS
from crypto.letter import Answer, Choice, Letter
from crypto.opening import open_letter
from crypto.records import Confirmation, LetterRecord
from reviewer.choices import Standing
from reviewer.desk import Desk, open_desk
from reviewer.destroying import Destroyer
from reviewer.dossier import Dossier, open_dossier
from reviewer.errors import HoldError
from reviewer.exporting import Exporter
from reviewer.holding import Holds
from reviewer.importing import Importer
from reviewer.ledger import Ledger
from reviewer.opening import Unlocked
from reviewer.reading import read as read_letter
from reviewer.station import Station
from reviewer.verifying import copy_in, verify_copy
from tests.reviewer.panel import Intake, Panel, new_station, reviewer, text_answer
from tests.reviewer.test_threads import record, signed, states
from tests.threads.survivor import Survivor, account_answer, consent

ACCOUNT, UNFINISHED = LETTER_KINDS["account"], LETTER_KINDS["unfinished"]


@pytest.fixture
def intake(tmp_path: Path, panel: Panel) -> Intake:
    medium = tmp_path / "medium"
    medium.mkdir()
    return Intake(panel.card, medium)


@pytest.fixture
def station(tmp_path: Path, panel: Panel, intake: Intake) -> Station:
    return new_station(tmp_path / "station", panel, intake)


class Caller:
    """Somebody whose call is written down part by part."""

    def __init__(self, panel: Panel) -> None:
        self.panel, self.call, self.parts = panel, new_call_id(), 0

    def part(self, text: str = "Invented.", **changes: Any) -> LetterRecord:
        return self._record("unfinished", **{"answers": (text_answer(text),), **changes})

    def take_back(self) -> LetterRecord:
        self.parts += 1
        call = Call(self.call, self.parts, taken_back=True)
        return self._made("unfinished", answers=(), consents=(), call=call)

    def account(self) -> LetterRecord:
        return self._record("account")

    def _record(self, kind: str, **changes: Any) -> LetterRecord:
        self.parts += 1
        return self._made(kind, **{"call": Call(self.call, self.parts), **changes})

    def _made(self, kind: str, **changes: Any) -> LetterRecord:
        written = self.panel.write(kind=kind, channel="phone", **changes)
        return self.panel.record(written, kind=LETTER_KINDS[kind])


def account_of(person: Survivor, caller: Caller) -> LetterRecord:
    """The account with words that ends a call."""
    caller.parts += 1
    call = Call(caller.call, caller.parts)
    plain = person.letter("account", sequence=0, answers=account_answer("Invented."), consents=consent("yes"))
    person.sequence = 1
    return record(person, replace(plain, channel="phone", call=call))


@contextmanager
def at(station: Station) -> Iterator[Desk]:
    with open_desk(station, json_follows=False) as desk, desk.station.locked():
        yield desk


def unlocked(panel: Panel) -> list[Unlocked]:
    return [Unlocked(panel.card, panel.root, (1, 2))]


def take(station: Station, panel: Panel, intake: Intake, records: Sequence[LetterRecord]) -> None:
    """Import as the command does, without stretching passphrases for every bundle."""
    with at(station) as desk:
        copied = copy_in(intake.export(records), station.incoming)
        summary = verify_copy(copied, intake.key.public, desk.cards)
        Importer(desk.ledger, desk.vault, unlocked(panel)).take(copied, summary, resumed=False)


def thread(station: Station, panel: Panel, one: LetterRecord) -> Dossier:
    with at(station) as desk:
        entry = desk.ledger.letter(one.digest.hex())
        assert entry is not None
        return open_dossier(desk.ledger, partial(read_letter, vault=desk.vault, panel=unlocked(panel)), entry)


def destroy(station: Station, panel: Panel) -> int:
    with at(station) as desk:
        holds = Holds(desk.ledger, desk.vault, desk.cards)
        return Destroyer(desk.ledger, desk.vault, holds, unlocked(panel)).destroy(date(2026, 11, 26))


def shown(dossier: Dossier) -> list[tuple[int, int | None, str]]:
    return [(sheet.entry.kind, sheet.entry.part, sheet.entry.status) for sheet in dossier.sheets]


def back(station: Station, panel: Panel, folder: Path) -> list[tuple[RecordKind, bytes]]:
    with at(station) as desk:
        entry = Exporter(desk.station, desk.ledger, desk.vault).write(unlocked(panel)[0], folder)
    with (folder / f"{entry.name}.heard").open("rb") as source:
        return [(one.kind, one.body) for one in BundleReader(source)]


def status(station: Station) -> Any:
    return json.loads(reviewer("status", "--json", station=station.root).stdout)["calls"]


def test_parts_stand_together_and_say_what_they_are(station: Station, panel: Panel, intake: Intake) -> None:
    one, other = Caller(panel), Caller(panel)
    first, second, alone = one.part("I told a teacher."), one.part("Nobody wrote it down."), other.part()
    plain = panel.record(panel.write())
    take(station, panel, intake, [second, alone, plain])
    take(station, panel, intake, [first])
    assert states(station, [first, second, alone, plain]) == ["imported"] * 4
    assert status(station) == {"unfinished": 2, "to_destroy": 0}
    listed = reviewer("list", station=station.root).stdout.splitlines()
    (at,) = [at for at, line in enumerate(listed) if first.digest.hex()[:12] in line]
    assert "unfinished" in listed[at]
    assert f"part 1 of call {one.call[:12]}" in listed[at]
    assert second.digest.hex()[:12] in listed[at + 1]
    for part in (first, second):
        dossier = thread(station, panel, part)
        assert dossier.state == "unfinished call"
        assert shown(dossier) == [(UNFINISHED, 1, "imported"), (UNFINISHED, 2, "imported")]
        assert dossier.effective.standing is Standing.NO_ACCOUNT
    read = reviewer("read", first.digest.hex(), *panel.shares(1, 2), station=station.root).stdout
    assert "A call that broke off: part 1 of call" in read
    assert "I told a teacher." in read
    whole = reviewer("thread", second.digest.hex(), *panel.shares(1, 2), station=station.root).stdout
    assert f"⟦call⟧ part 2 of call {one.call[:12]}" in whole
    assert "the call broke off; no choice in it counts" in whole


def test_choices_of_a_call_that_broke_off_never_count(station: Station, panel: Panel, intake: Intake) -> None:
    yes = (Answer("research", "choices", "May we use it for research?", None, (Choice("yes", "Yes"),)),)
    part = Caller(panel).part(consents=yes)
    take(station, panel, intake, [part])
    assert thread(station, panel, part).effective.choices == ()
    read = reviewer("read", part.digest.hex(), *panel.shares(1, 2), station=station.root).stdout
    assert "are not the ones that count now" in read


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_account_that_ends_a_call_leads_to_its_parts(panel: Panel, tmp_path: Path, order: Sequence[int]) -> None:
    (tmp_path / "medium").mkdir()
    intake = Intake(panel.card, tmp_path / "medium")
    station = new_station(tmp_path / "station", panel, intake)
    caller, person = Caller(panel), Survivor(panel.card)
    records = [caller.part(), caller.part(), account_of(person, caller)]
    for place in order:
        take(station, panel, intake, [records[place]])
    assert status(station)["unfinished"] == 0
    for one in records:
        dossier = thread(station, panel, one)
        assert shown(dossier) == [
            (UNFINISHED, 1, "imported"),
            (UNFINISHED, 2, "imported"),
            (ACCOUNT, 3, "imported"),
        ]
        assert dossier.state == "open"
        assert dossier.effective.standing is Standing.CLEAR
        assert [choice.counts for choice in dossier.effective.choices] == [True]


def test_an_account_without_words_ends_a_call_as_well(station: Station, panel: Panel, intake: Intake) -> None:
    caller = Caller(panel)
    records = [caller.part(), caller.account()]
    take(station, panel, intake, records)
    for one in records:
        dossier = thread(station, panel, one)
        assert [kind for kind, _, _ in shown(dossier)] == [UNFINISHED, ACCOUNT]
        assert dossier.state == "no return words"
        assert dossier.effective.standing is Standing.CLEAR


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_caller_takes_back_what_was_sent_in_every_order(panel: Panel, tmp_path: Path, order: Sequence[int]) -> None:
    (tmp_path / "medium").mkdir()
    intake = Intake(panel.card, tmp_path / "medium")
    station = new_station(tmp_path / "station", panel, intake)
    caller, other = Caller(panel), Caller(panel)
    records = [caller.part(), caller.part(), caller.take_back()]
    stays = other.part()
    take(station, panel, intake, [stays])
    for place in order:
        take(station, panel, intake, [records[place]])
    assert states(station, [*records, stays]) == ["withdrawn", "withdrawn", "imported", "imported"]
    assert status(station) == {"unfinished": 1, "to_destroy": 2}
    reviewer("read", records[0].digest.hex(), *panel.shares(1, 2), station=station.root, code=1)
    assert "TAKEN BACK: 2 part(s) of calls" in reviewer("status", station=station.root).stdout
    assert destroy(station, panel) == 2
    kept = {path.stem for path in station.letters.rglob("*.age")}
    assert {one.digest.hex() for one in (records[2], stays)} <= kept
    assert not {one.digest.hex() for one in records[:2]} & kept
    told = [
        Confirmation.parse(body)
        for kind, body in back(station, panel, tmp_path / "back")
        if kind == RecordKind.CONFIRMATION
    ]
    outcomes = {one.digest: one.outcome for one in told}
    assert [outcomes[one.digest] for one in records] == ["destroyed", "destroyed", "imported"]
    # What comes again is never taken in again.
    take(station, panel, intake, records[:2])
    assert states(station, records[:2]) == ["destroyed", "destroyed"]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_who_takes_back_by_words_takes_back_the_parts_too(panel: Panel, tmp_path: Path, order: Sequence[int]) -> None:
    (tmp_path / "medium").mkdir()
    intake = Intake(panel.card, tmp_path / "medium")
    station = new_station(tmp_path / "station", panel, intake)
    caller, person = Caller(panel), Survivor(panel.card)
    records = [caller.part(), account_of(person, caller), signed(person, person.withdrawal("statistics"))]
    for place in order:
        take(station, panel, intake, [records[place]])
    assert states(station, records) == ["withdrawn", "withdrawn", "imported"]
    assert destroy(station, panel) == 2
    assert states(station, records) == ["destroyed", "destroyed", "imported"]


AGE = Answer("age", "about", "How old are you now?", None, (Choice("18-24", "18 to 24"),))


def test_statistics_are_kept_once_and_name_no_call(station: Station, panel: Panel, intake: Intake) -> None:
    caller, person = Caller(panel), Survivor(panel.card)
    part = caller.part(answers=(AGE,))
    caller.parts += 1
    plain = person.letter("account", sequence=0, answers=(AGE,), channel="phone", call=Call(caller.call, caller.parts))
    person.sequence = 1
    account = record(person, plain)
    take(station, panel, intake, [part, account, signed(person, person.withdrawal("statistics"))])
    assert destroy(station, panel) == 2
    ledger = Ledger(station.ledger)
    kept = [entry for entry in ledger.letters() if entry.bundle == 0]
    ledger.close()
    assert [(entry.call, entry.part, entry.reason) for entry in kept] == [(None, None, "kept as statistics")]
    sealed = next(station.letters.rglob(f"{kept[0].digest}.age")).read_bytes()
    letter = open_letter(sealed, panel.root.identity)
    assert (letter.kind, letter.call, letter.answers) == ("account", None, (AGE,))


def test_a_hold_keeps_parts_that_were_taken_back(station: Station, panel: Panel, intake: Intake) -> None:
    caller = Caller(panel)
    records = [caller.part(), caller.take_back()]
    take(station, panel, intake, records)
    arguments = ["--from=2026-01-01", "--to=2126-01-01", "--text=A court has asked for it.", "--yes"]
    reviewer("hold", *arguments, *panel.shares(1, 2), station=station.root)
    with pytest.raises(HoldError):
        destroy(station, panel)
    assert states(station, records) == ["withdrawn", "imported"]


def test_a_part_that_names_another_kind_outside_is_set_aside(station: Station, panel: Panel, intake: Intake) -> None:
    part = Caller(panel).part()
    as_account = replace(part, kind=LETTER_KINDS["account"])
    take(station, panel, intake, [as_account])
    assert states(station, [as_account]) == ["of another kind than the outside says"]


def test_a_part_reaches_nobody_with_an_answer(station: Station, panel: Panel, intake: Intake) -> None:
    part = Caller(panel).part()
    take(station, panel, intake, [part])
    for command in (["heard"], ["reply", "--text=Thank you.", "--yes"]):
        reviewer(command[0], part.digest.hex(), *command[1:], *panel.shares(1, 2), station=station.root, code=1)


def test_a_stranger_without_the_name_of_a_call_takes_nothing_back(
    station: Station, panel: Panel, intake: Intake
) -> None:
    caller, stranger = Caller(panel), Caller(panel)
    part = caller.part()
    take(station, panel, intake, [part, stranger.take_back()])
    assert states(station, [part]) == ["imported"]


def letter_of(panel: Panel, one: LetterRecord) -> Letter:
    return open_letter(one.sealed, panel.root.identity)


def test_nothing_outside_two_parts_is_the_same(panel: Panel) -> None:
    caller = Caller(panel)
    one, other = caller.part(), caller.part()
    assert one.locator != other.locator
    assert letter_of(panel, one).call != letter_of(panel, other).call
    for record_of in (one, other):
        assert caller.call.encode() not in record_of.encode()
        assert bytes.fromhex(caller.call) not in record_of.encode()
