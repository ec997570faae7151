"""Taking back, as the commands do it: nothing is read, answered or taken in any more; a broken-off import goes on."""

import io
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

import reviewer.importing as importing
from crypto.bundle import BundleWriter, RecordKind, sign_bundle
from crypto.constants import NOTICE_KINDS
from crypto.records import Confirmation, LetterRecord
from reviewer.ledger import Ledger
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, reviewer, signature_of
from tests.reviewer.test_judging import NO_KEY
from tests.reviewer.test_threads import account, notices, record, sent_back, signed, states, take
from tests.threads.survivor import Survivor, account_answer


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def destroy(station: Station, panel: Panel) -> None:
    reviewer("destroy", *panel.shares(1, 2), station=station.root)


def vault(station: Station) -> set[str]:
    return {path.stem for path in station.letters.rglob("*.age")}


def confirmations(records: Sequence[tuple[RecordKind, bytes]]) -> list[Confirmation]:
    return [Confirmation.parse(body) for kind, body in records if kind == RecordKind.CONFIRMATION]


def test_an_account_with_keys_that_are_no_keys_keeps_nobody_out(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    plain = person.letter("account", sequence=0, answers=account_answer("Invented."))
    hostile = record(person, replace(plain, thread=replace(person.thread, recipient=NO_KEY)))
    good = account(Survivor(panel.card))
    take(station, panel, intake, [hostile, good])
    assert states(station, [good]) == ["imported"]
    assert "nobody can answer" in reviewer("list", station=station.root).stdout


def test_an_account_that_comes_after_its_thread_was_destroyed(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    """As after a restored intake: it was not carried, was taken back, and stands there again."""
    first = account(person)
    take(station, panel, intake, [signed(person, person.withdrawal())])
    destroy(station, panel)
    take(station, panel, intake, [first])
    reviewer("read", first.digest.hex(), *panel.shares(1, 2), station=station.root, code=1)
    assert "TAKEN BACK: 1 thread" in reviewer("status", station=station.root).stdout
    destroy(station, panel)
    assert first.digest.hex() not in vault(station)
    receipts = notices(sent_back(station, panel, tmp_path / "back"))
    assert {notice.kind for notice in receipts} == {NOTICE_KINDS["destruction"]}


def test_a_destroyed_letter_that_comes_again_is_told_again_and_not_kept(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first = account(person)
    take(station, panel, intake, [first, signed(person, person.withdrawal())])
    destroy(station, panel)
    sent_back(station, panel, tmp_path / "before")
    take(station, panel, intake, [first])
    assert confirmations(sent_back(station, panel, tmp_path / "after")) == [Confirmation(first.digest, "destroyed")]
    assert first.digest.hex() not in vault(station)


def test_a_letter_that_was_taken_back_comes_again_while_it_is_destroyed(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    """Its file is gone, the ledger not yet marked: the same letter must not be kept once more."""
    first = account(person)
    take(station, panel, intake, [first, signed(person, person.withdrawal())])
    next(station.letters.rglob(first.digest.hex() + ".age")).unlink()
    take(station, panel, intake, [first])
    assert first.digest.hex() not in vault(station)


def test_what_was_set_aside_is_not_read_and_not_counted_after_it_was_taken_back(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    answers = panel.write().answers
    both = [record(person, person.letter("account", answers=answers[:number], sequence=0)) for number in (1, 2)]
    person.sequence = 1
    take(station, panel, intake, [*both, signed(person, person.withdrawal("statistics"))])
    for one in both:
        reviewer("read", one.digest.hex(), *panel.shares(1, 2), station=station.root, code=1)
    destroy(station, panel)
    assert not {one.digest.hex() for one in both} & vault(station)
    assert reviewer("list", station=station.root).stdout.count("kept as statistics") <= 1


def test_what_was_said_before_is_not_sent_after(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first = account(person)
    take(station, panel, intake, [first])
    reviewer("reply", first.digest.hex(), "--text=Thank you.", "--yes", *panel.shares(1, 2), station=station.root)
    take(station, panel, intake, [signed(person, person.withdrawal())])
    assert notices(sent_back(station, panel, tmp_path / "back")) == []


def bundle_with_erased(intake: Intake, gone: LetterRecord, kept: Sequence[LetterRecord]) -> Path:
    """A bundle written again after a letter in it was taken back."""
    target, header = io.BytesIO(), intake.header()
    writer = BundleWriter(target, header)
    writer.add_erased(RecordKind.LETTER, gone.digest, sha256(gone.encode()).digest())
    for one in kept:
        writer.add(RecordKind.LETTER, one.encode())
    summary = writer.finish()
    path = intake.medium / f"again-{header.sequence}.heard"
    path.write_bytes(target.getvalue())
    signature_of(path).write_bytes(sign_bundle(target, summary, intake.key))
    intake.sequence, intake.previous = header.sequence, summary.chain
    return path


def test_what_was_erased_before_it_came_is_never_taken_in(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first = account(person)
    again = bundle_with_erased(intake, first, [signed(person, person.withdrawal())])
    reviewer("import", str(again), *panel.shares(1, 2), station=station.root)
    assert Confirmation(first.digest, "destroyed") in confirmations(sent_back(station, panel, tmp_path / "back"))
    take(station, panel, intake, [first])
    assert states(station, [first]) == ["destroyed"]
    assert first.digest.hex() not in vault(station)


def test_an_erased_record_alone_takes_nothing_back(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    """Only the person's own signature does: a server can leave out whatever it likes."""
    first = account(person)
    take(station, panel, intake, [first])
    reviewer("import", str(bundle_with_erased(intake, first, [])), *panel.shares(1, 2), station=station.root)
    assert states(station, [first]) == ["imported"]
    assert first.digest.hex() in vault(station)


@pytest.mark.parametrize("step", ["judge", "confirm_arrival", "Ledger.finish_bundle"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_import_that_breaks_off_goes_on(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, step: str, when: str,
) -> None:  # fmt: skip
    after = person.successor()
    letters = [account(person), signed(person, person.addition("More.")), signed(person, person.replacement(after))]
    after.sequence = 1
    letters.append(signed(after, after.choices("no")))
    bundle = intake.export(letters)
    owner, name = (Ledger, "finish_bundle") if "." in step else (importing, step)
    real = getattr(owner, name)

    def broken(*arguments: object) -> object:
        if when == "after":
            real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as breaking:
        breaking.setattr(owner, name, broken)
        reviewer("import", str(bundle), *panel.shares(1, 2), station=station.root, code=130)
    done = step == "Ledger.finish_bundle" and when == "after"
    reviewer("import", str(bundle), *panel.shares(1, 2), station=station.root, code=1 if done else 0)
    assert states(station, letters) == ["imported"] * 4
    assert vault(station) >= {one.digest.hex() for one in letters}
    opened = [after.open_notice(one.sealed) for one in notices(sent_back(station, panel, tmp_path / "back"))]
    assert {notice.digests for notice in opened} == {tuple(sorted(one.digest.hex() for one in letters))}
    assert {notice.through for notice in opened} == {1}


def test_status_and_list_say_where_everything_stands(
    station: Station, panel: Panel, intake: Intake, person: Survivor, tmp_path: Path
) -> None:
    first, ahead = account(person), record(person, replace(person, sequence=7).addition("Ahead."))
    take(station, panel, intake, [first, ahead])
    said = reviewer("status", station=station.root).stdout
    assert "2 delivered; 0 confirmed to the intake side, 2 open" in said
    assert "1 waiting for one before" in said
    assert "Notices waiting for the next export: 1" in said
    listed = reviewer("list", station=station.root).stdout
    assert "addition     waiting: a letter before it has not arrived" in listed
    sent_back(station, panel, tmp_path / "back")
    said = reviewer("status", station=station.root).stdout
    assert "2 confirmed to the intake side, 0 open" in said
    assert "Notices" not in said
