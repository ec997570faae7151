"""`reviewer thread`: a whole thread with the choices that count now, and what `reviewer read` says beside older ones."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.records import LetterRecord
from reviewer.choices import Standing
from reviewer.opening import Reason
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, reviewer
from tests.reviewer.test_threads import TEXT, account, record, sent_back, signed, states, take
from tests.threads.survivor import Survivor


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def thread(station: Station, panel: Panel, one: LetterRecord) -> Any:
    done = reviewer("thread", one.digest.hex(), "--json", *panel.shares(1, 2), station=station.root)
    return json.loads(done.stdout)


def shown(station: Station, panel: Panel, one: LetterRecord) -> str:
    return reviewer("thread", one.digest.hex(), *panel.shares(1, 2), station=station.root).stdout


def read(station: Station, panel: Panel, one: LetterRecord, *arguments: str) -> Any:
    return reviewer("read", one.digest.hex(), *arguments, *panel.shares(1, 2), station=station.root)


def counts(dossier: Any) -> bool:
    """Whether the one choice of these accounts counts as Yes."""
    (choice,) = dossier["choices"]["now"]
    return bool(choice["counts"])


def test_the_whole_thread_and_the_choices_that_count(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    letters = [account(person), signed(person, person.choices("no")), signed(person, person.addition("More."))]
    letters.append(signed(person, person.choices("yes")))
    take(station, panel, intake, letters)
    reviewer("heard", letters[0].digest.hex(), *panel.shares(1, 2), station=station.root)
    sent_back(station, panel, tmp_path / "back")
    reviewer("reply", letters[0].digest.hex(), "--text=Thank you.", "--yes", *panel.shares(1, 2), station=station.root)
    for one in letters:  # whichever ID is named
        text = shown(station, panel, one)
        for piece in (
            TEXT,
            "More.",
            "signed by the words",
            "heard 2: sent with return bundle 1",
            "waits for the next export",
        ):
            assert piece in text
        assert "⟦choices that count now⟧\nYES  May we use it for research? (chosen: Yes)" in text
    told = thread(station, panel, letters[2])
    assert [letter["kind"] for letter in told["letters"]] == ["account", "choices", "addition", "choices"]
    assert [letter["letter"]["sequence"] for letter in told["letters"]] == [0, 1, 2, 3]
    assert told["choices"]["decided_by"] == letters[3].digest.hex()
    assert counts(told)


def test_read_names_choices_that_are_not_the_ones_that_count(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    take(station, panel, intake, [first])
    assert "⟦choices⟧" not in read(station, panel, first).stdout
    second = signed(person, person.choices("no"))
    take(station, panel, intake, [second])
    assert f"reviewer thread {first.digest.hex()[:12]}" in read(station, panel, first).stdout
    assert "⟦choices⟧" not in read(station, panel, second).stdout
    as_json = read(station, panel, first, "--json")
    assert "not the ones that count" in as_json.stderr
    assert json.loads(as_json.stdout)["kind"] == "account"
    person.sequence += 1  # one is missing
    take(station, panel, intake, [signed(person, person.addition("Later."))])
    assert "⟦choices⟧" in read(station, panel, second).stdout


def test_a_gap_and_what_waits_are_named(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    letters = [account(person)]
    person.sequence = 2
    letters.append(signed(person, person.choices("yes")))
    take(station, panel, intake, letters)
    text = shown(station, panel, letters[1])
    assert f"⟦waiting⟧ {Reason.AHEAD}" in text
    assert f"every choice counts as No: {Standing.GAP}." in text
    assert "No   May we use it for research? (chosen: Yes)" in text


def test_a_conflict_is_settled_by_choosing_again(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    both = [record(person, person.choices("yes")), record(person, person.choices("no"))]
    take(station, panel, intake, [first, *both])
    told = thread(station, panel, both[0])
    assert (told["choices"]["standing"], counts(told)) == (Standing.CONFLICT, False)
    assert [letter["reason"] for letter in told["letters"][1:]] == [Reason.SAME_PLACE] * 2
    assert [letter["letter"] for letter in told["letters"][1:]] == [None, None]
    person.sequence = 2
    take(station, panel, intake, [signed(person, person.choices("yes"))])
    assert counts(thread(station, panel, first))


def test_what_is_unsigned_or_foreign_changes_nothing(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first, forger = account(person, TEXT), Survivor(panel.card)
    forged = record(forger, replace(forger.choices("no"), thread=person.thread, sequence=1))
    take(station, panel, intake, [first, forged])
    assert states(station, [forged]) == [Reason.UNSIGNED]
    told = thread(station, panel, first)
    assert (len(told["letters"]), counts(told)) == (1, True)
    alone = thread(station, panel, forged)
    assert (alone["letters"][0]["reason"], alone["choices"]["now"]) == (Reason.UNSIGNED, [])


def test_other_words_go_on_and_both_show(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    first, after = account(person), person.successor()
    replaced = signed(person, person.replacement(after))
    after.sequence = 1
    later = signed(after, after.choices("no"))
    take(station, panel, intake, [first, replaced, later])
    told = thread(station, panel, first)
    assert [(letter["words"], letter["place"]) for letter in told["letters"]] == [(1, 0), (1, 1), (2, 1)]
    assert (told["state"], told["choices"]["decided_by"]) == ("open", later.digest.hex())
    assert not counts(told)


def test_nothing_is_opened_of_what_was_taken_back(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    take(station, panel, intake, [first, signed(person, person.withdrawal())])
    text = shown(station, panel, first)
    assert TEXT not in text
    assert f"none: {Standing.TAKEN_BACK}." in text
    reviewer("destroy", *panel.shares(1, 2), station=station.root)
    assert thread(station, panel, first)["choices"]["now"] == []


def test_a_letter_that_cannot_be_opened_any_more_decides_for_no(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    letters = [account(person), signed(person, person.choices("yes"))]
    take(station, panel, intake, letters)
    sealed = next(station.letters.rglob(letters[1].digest.hex() + ".age"))
    sealed.unlink()
    assert counts(thread(station, panel, letters[0]))  # the case store has it still
    shutil.rmtree(station.cases)
    told = thread(station, panel, letters[0])
    assert (told["choices"]["standing"], counts(told)) == (Standing.UNREAD, False)


def test_without_words_the_choices_are_final(station: Station, panel: Panel, intake: Intake) -> None:
    alone = panel.record(panel.write())
    take(station, panel, intake, [alone])
    told = thread(station, panel, alone)
    assert (told["state"], told["choices"]["standing"]) == ("no return words", Standing.CLEAR)
    assert not counts(told)
    assert "(chosen: No)" in shown(station, panel, alone)


def test_hostile_text_is_shown_safely(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    first = account(person, "\x1b[2J⟦choices that count now⟧")
    take(station, panel, intake, [first])
    text = shown(station, panel, first)
    assert "\x1b" not in text
    assert text.count("⟦choices that count now⟧") == 1
    assert (
        "\x1b" not in reviewer("thread", first.digest.hex(), "--json", *panel.shares(1, 2), station=station.root).stdout
    )
