"""Threads at the station: which letters count, what is answered, and what is left after somebody took it back."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import BundleReader, RecordKind
from crypto.constants import LETTER_KINDS
from crypto.errors import NoMatchError
from crypto.letter import Letter
from crypto.notice import verify_notice
from crypto.opening import Identity
from crypto.records import Confirmation, LetterRecord, NoticeRecord
from reviewer.ledger import Ledger
from reviewer.opening import Reason
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, new_station, reviewer
from tests.threads.survivor import Survivor

TEXT = "I told a teacher. Nobody wrote it down."


@pytest.fixture
def intake(tmp_path: Path, panel: Panel) -> Intake:
    medium = tmp_path / "medium"
    medium.mkdir()
    return Intake(panel.card, medium)


@pytest.fixture
def station(tmp_path: Path, panel: Panel, intake: Intake) -> Station:
    return new_station(tmp_path / "station", panel, intake)


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def record(person: Survivor, letter: Letter, **changes: Any) -> LetterRecord:
    made = LetterRecord(LETTER_KINDS[letter.kind], 202_648, bytes.fromhex(letter.locator), person.seal(letter))
    return replace(made, **changes)


def account(person: Survivor, text: str = TEXT) -> LetterRecord:
    _, sealed = person.account(text)
    person.sequence = 1
    return LetterRecord(1, 202_648, person.keys.locator, sealed)


def signed(person: Survivor, letter: Letter) -> LetterRecord:
    person.sequence += 1
    return record(person, letter)


def take(station: Station, panel: Panel, intake: Intake, records: Sequence[LetterRecord]) -> None:
    reviewer("import", str(intake.export(records)), *panel.shares(1, 2), station=station.root)


def states(station: Station, records: Sequence[LetterRecord]) -> list[str]:
    """The status, or why it was set aside or waits, of each letter."""
    ledger = Ledger(station.ledger)
    entries = [ledger.letter(one.digest.hex()) for one in records]
    ledger.close()
    return [(entry.reason or entry.status) if entry else "not here" for entry in entries]


def sent_back(station: Station, panel: Panel, folder: Path) -> list[tuple[RecordKind, bytes]]:
    reviewer("export", f"--to={folder}", *panel.shares(1, 2), station=station.root)
    newest = max(folder.glob("*.heard"))
    with newest.open("rb") as source:
        return [(one.kind, one.body) for one in BundleReader(source)]


def notices(records: Sequence[tuple[RecordKind, bytes]]) -> list[NoticeRecord]:
    return [NoticeRecord.parse(body) for kind, body in records if kind == RecordKind.NOTICE]


ORDERS = ((3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1))
OTHERS = [pytest.param(order, marks=pytest.mark.all) for order in permutations(range(4)) if order not in ORDERS]


@pytest.mark.parametrize("order", [*ORDERS, *OTHERS], ids=str)
def test_a_thread_comes_to_the_same_in_every_order(panel: Panel, tmp_path: Path, order: tuple[int, ...]) -> None:
    """By whole bundles; of bundles cut anywhere, tests/reviewer/test_judging.py tries many more."""
    person = Survivor(panel.card)
    letters = [account(person), signed(person, person.addition("More.")), signed(person, person.choices("no"))]
    letters.append(signed(person, person.addition("And more.")))
    medium = tmp_path / "medium"
    medium.mkdir()
    intake = Intake(panel.card, medium)
    station = new_station(tmp_path / "station", panel, intake)
    for some in (order[:2], order[2:]):
        take(station, panel, intake, [letters[at] for at in some])
    assert states(station, letters) == ["imported"] * 4


def test_what_is_ahead_waits_until_the_missing_letter_comes(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    letters = [account(person), signed(person, person.addition("One.")), signed(person, person.addition("Two."))]
    take(station, panel, intake, [letters[2]])
    assert states(station, letters[2:]) == [Reason.NO_ACCOUNT]
    take(station, panel, intake, [letters[0]])
    assert states(station, letters[2:]) == [Reason.AHEAD]
    take(station, panel, intake, [letters[1]])
    assert states(station, letters) == ["imported"] * 3


def test_a_withdrawal_does_not_wait(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    letters = [account(person)]
    person.sequence = 5
    letters.append(signed(person, person.withdrawal()))
    take(station, panel, intake, letters)
    assert states(station, letters) == ["withdrawn", "imported"]
    refused = reviewer("read", letters[0].digest.hex(), *panel.shares(1, 2), station=station.root, code=1)
    assert "taken back" in refused.stderr


def test_who_holds_every_server_side_secret_changes_nothing(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    """The server knows locator and access, and signs bundles; it invents accounts and letters with keys of its own."""
    real = account(person)
    forger = Survivor(
        panel.card, replace(Survivor(panel.card).keys, locator=person.keys.locator, access=person.keys.access)
    )
    invented = account(forger, "Invented.")
    own = [signed(forger, forger.withdrawal())]
    take(station, panel, intake, [invented, real, *own])
    assert states(station, [real]) == ["imported"]
    borrowed = replace(forger.withdrawal(), thread=person.thread, sequence=1)
    moved = record(person, borrowed)
    take(station, panel, intake, [moved])
    assert states(station, [moved, real]) == [Reason.UNSIGNED, "imported"]


def test_a_letter_of_another_place_kind_or_thread_is_set_aside(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    other = Survivor(panel.card)
    first, second = account(person), account(other)
    good = signed(person, person.addition("One."))
    again = replace(person.addition("Another for the same place."), sequence=1)
    person.sequence = 1
    taken = record(person, person.addition("A second letter for place one."))
    altered = record(person, again)
    elsewhere = record(person, replace(person.addition("Moved."), locator=other.keys.locator.hex()))
    draft = record(person, person.draft("Not for the panel."))
    take(station, panel, intake, [first, second, good])
    take(station, panel, intake, [taken, altered, elsewhere])
    assert states(station, [good, taken]) == ["imported", Reason.PLACE_TAKEN]
    assert states(station, [altered, elsewhere]) == [Reason.UNSIGNED, Reason.UNSIGNED]
    take(station, panel, intake, [draft])
    assert states(station, [draft]) == [Reason.OTHER_KEY]


def test_two_letters_for_one_place_in_one_bundle_are_both_set_aside(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    both = [record(person, person.choices("yes")), record(person, person.choices("no"))]
    take(station, panel, intake, [first, *both])
    assert states(station, both) == [Reason.SAME_PLACE] * 2


def test_old_words_sign_nothing_once_they_were_replaced(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first, after = account(person), person.successor()
    replaced = signed(person, person.replacement(after))
    after.sequence = 1
    later = signed(after, after.addition("Under other words."))
    by_old = signed(person, person.withdrawal())
    stolen = signed(person, person.replacement(person.successor()))
    take(station, panel, intake, [later, replaced, first])
    take(station, panel, intake, [by_old, stolen])
    assert states(station, [first, replaced, later]) == ["imported"] * 3
    assert states(station, [by_old, stolen]) == [Reason.REPLACED] * 2
    take(station, panel, intake, [signed(after, after.withdrawal())])
    assert states(station, [first, replaced, later]) == ["withdrawn"] * 3


def test_arrival_heard_and_reply_reach_the_person_and_verify(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    letters = [account(person), signed(person, person.addition("More."))]
    take(station, panel, intake, letters)
    name = letters[0].digest.hex()
    reviewer("heard", name, *panel.shares(1, 3), station=station.root)
    assert "before" in reviewer("heard", name, *panel.shares(1, 3), station=station.root, code=1).stderr
    reviewer("reply", name, "--text=Thank you for telling us.", "--yes", *panel.shares(1, 3), station=station.root)
    records = notices(sent_back(station, panel, tmp_path / "back"))
    opened = {notice.kind: notice for notice in (person.open_notice(one.sealed) for one in records)}
    assert set(opened) == {"arrival", "heard", "reply"}
    assert opened["arrival"].digests == tuple(sorted(one.digest.hex() for one in letters))
    assert (opened["arrival"].through, opened["reply"].text) == (1, "Thank you for telling us.")
    for notice in opened.values():
        verify_notice(notice, panel.card)
        assert (notice.locator, notice.recipient) == (person.keys.locator.hex(), str(person.keys.recipient))
    with pytest.raises(NoMatchError):
        replace(person, keys=Survivor(panel.card).keys).open_notice(records[0].sealed)
    assert panel.root.identity != Identity.from_seed(person.keys.identity_seed)


def test_an_answer_goes_to_the_words_that_are_used_now(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first, after = account(person), person.successor()
    take(station, panel, intake, [first, signed(person, person.replacement(after))])
    reviewer("reply", first.digest.hex(), "--text=Thank you.", "--yes", *panel.shares(1, 2), station=station.root)
    records = notices(sent_back(station, panel, tmp_path / "back"))
    assert {record.locator for record in records} == {after.keys.locator}
    assert "Thank you." in {after.open_notice(record.sealed).text for record in records}


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_reply_is_refused(station: Station, panel: Panel, intake: Intake, person: Survivor, text: str) -> None:
    first = account(person)
    take(station, panel, intake, [first])
    done = reviewer(
        "reply", first.digest.hex(), f"--text={text}", "--yes", *panel.shares(1, 2), station=station.root, code=1
    )
    assert "empty" in done.stderr


def test_who_took_no_words_cannot_be_answered(station: Station, panel: Panel, intake: Intake) -> None:
    alone = panel.record(panel.write())
    take(station, panel, intake, [alone])
    assert "no return words" in reviewer("heard", alone.digest.hex(), station=station.root, code=1).stderr


def files_with(station: Station, piece: bytes) -> list[str]:
    return [path.name for path in station.root.rglob("*") if path.is_file() and piece in path.read_bytes()]


@pytest.mark.parametrize("keep", ["nothing", "statistics"])
def test_destroyed_means_gone_from_the_station_and_told(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path, keep: str
) -> None:
    first = account(person)
    withdrawal = signed(person, person.withdrawal(keep))
    take(station, panel, intake, [first])
    piece = first.sealed[30_000:30_064]
    assert files_with(station, piece) == [first.digest.hex() + ".age"]
    take(station, panel, intake, [withdrawal])
    assert first.digest.hex()[:12] in reviewer("destroy", station=station.root).stdout
    assert "1 letter" in reviewer("destroy", *panel.shares(2, 3), station=station.root).stdout
    assert files_with(station, piece) == []
    assert "MISSING" not in reviewer("status", station=station.root).stdout
    assert "0 letter" in reviewer("destroy", *panel.shares(2, 3), station=station.root).stdout
    records = sent_back(station, panel, tmp_path / "back")
    outcomes = {Confirmation.parse(body) for kind, body in records if kind == RecordKind.CONFIRMATION}
    assert Confirmation(first.digest, "destroyed") in outcomes
    opened = [person.open_notice(notice.sealed) for notice in notices(records)]
    receipt = next(notice for notice in opened if notice.kind == "destruction")
    assert receipt.days == 90
    verify_notice(receipt, panel.card)
    # The same letter again, as after a restored intake: never taken in.
    take(station, panel, intake, [first])
    assert states(station, [first]) == ["destroyed"]
    assert files_with(station, piece) == []


def test_a_file_that_is_lost_and_not_destroyed_is_missing(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    take(station, panel, intake, [first])
    next(station.root.rglob(first.digest.hex() + ".age")).unlink()
    assert "MISSING" in reviewer("status", station=station.root).stdout


def test_what_is_kept_as_statistics_holds_no_word_that_was_typed(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    letter = panel.write(TEXT)
    chosen = tuple(answer for answer in letter.answers if answer.text is None)
    mixed = person.letter("account", answers=letter.answers, sequence=0)
    first = record(person, mixed)
    person.sequence = 1
    take(station, panel, intake, [first, signed(person, person.withdrawal("statistics"))])
    reviewer("destroy", *panel.shares(1, 2), station=station.root)
    printed = reviewer("read", "--all", "--json", *panel.shares(1, 2), station=station.root).stdout
    assert TEXT not in printed
    assert chosen[0].chosen[0].label in printed
    assert person.keys.locator.hex() not in printed.replace("\n", "").split('"withdrawal"')[0]
