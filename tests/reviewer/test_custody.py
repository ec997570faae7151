"""Custody by its commands: guided ceremony, rehearsal, renewed shares, the end of an epoch, and the record of all that."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reviewer.commands.end_epoch as end_epoch
import reviewer.custody.quorum as quorum
from crypto.card import parse_card
from reviewer.custody.record import CustodyRecord, described
from reviewer.custody.share_file import parse_share
from reviewer.errors import CustodyError, CustodyRecordError
from reviewer.station import Station
from tests.reviewer.agents import DESPITE, locked_at_the_end
from tests.reviewer.panel import PASSPHRASES, PLAN, Intake, Panel, new_station, reviewer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_importing import take
from tests.reviewer.test_threads import account, signed
from tests.threads.survivor import Survivor

DAY = date(2026, 11, 27)


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where alone sheets may be written."""
    folder = Path(tempfile.mkdtemp(prefix="heard-", dir="/dev/shm"))
    yield folder
    shutil.rmtree(folder)


def new_passphrases(panel: Panel) -> list[str]:
    return [f"--new-passphrase-file={panel.folder / f'passphrase-{number}'}" for number in (1, 2, 3)]


def shares_in(folder: Path, panel: Panel, *numbers: int) -> list[str]:
    files = [f"--share={folder / f'share-{number}-of-3.json'}" for number in numbers]
    return files + [f"--passphrase-file={panel.folder / f'passphrase-{number}'}" for number in numbers]


def confirmed(terminal: Terminal, sentence: str) -> None:
    terminal.wait_for(sentence)
    terminal.wait_for("Type yes when it is so: ")
    terminal.type("yes")


def test_a_guided_ceremony_goes_step_by_step(memory: Path, tmp_path: Path) -> None:
    folder = memory / "sheets"
    with Terminal("ceremony", "--to", str(folder), station=tmp_path / "station") as terminal:
        terminal.wait_for("Step 1 of 6: The room")
        terminal.wait_for("Type yes when it is so: ")
        terminal.type("no")
        terminal.wait_for("Nothing goes on before that")
        terminal.wait_for("Type yes when it is so: ")
        terminal.type("Yes")
        for question, answer in (
            ("The inquiry's id, as in its file: ", "an-inquiry"),
            ("How many of you hold a share? ", "two"),
            ("How many of you hold a share? ", "3"),
            ("How many open together? ", "2"),
            ("sheets or files? ", "sheets"),
            ("Name of custodian 1: ", "Jo Example"),
            ("Name of custodian 2: ", "Sam Example"),
            ("Name of custodian 3: ", "Kim Example"),
        ):
            terminal.wait_for(question)
            terminal.type(answer)
        terminal.wait_for("Step 5 of 6: Handing out")
        assert len(list(folder.glob("sheet-*"))) == 3
        for name in ("Jo Example: print", "Sam Example: print", "Kim Example: print"):
            confirmed(terminal, name)
        confirmed(terminal, "Nobody holds two shares")
        confirmed(terminal, "read these words aloud")
        confirmed(terminal, "copied for the intake side")
        assert len(list(folder.glob("sheet-*"))) == 3
        confirmed(terminal, "may be removed from this machine now")
        assert terminal.finish() == 0
    assert [path.name for path in folder.iterdir()] == ["panel.card"]
    assert "any 2 of 3 shares open it" in terminal.shown
    (entry,) = CustodyRecord(tmp_path / "station" / "custody.jsonl").entries()
    assert (entry.what, entry.details["on"]) == ("ceremony", "sheets")


@pytest.mark.parametrize("signs", [True, False])
def test_a_guided_ceremony_of_a_later_epoch_asks_for_the_shares_before(
    station: Station, panel: Panel, tmp_path: Path, signs: bool
) -> None:
    with Terminal("ceremony", "--to", str(tmp_path / "new"), station=station.root) as terminal:
        confirmed(terminal, "Everybody who will hold a share is here")
        terminal.wait_for("This will be epoch 2.")
        answers = [("hold a share? ", "3"), ("open together? ", "2"), ("sheets or files? ", "files")]
        answers += [("Type yes, or lost: ", "no"), ("Type yes, or lost: ", "yes" if signs else "lost")]
        if signs:
            answers += [(f"Share {place} of 2: ", str(panel.share(number))) for place, number in ((1, 3), (2, 1))]
            answers += [(f"Passphrase of share {number} of 3: ", PASSPHRASES[number - 1]) for number in (3, 1)]
        for question, answer in answers:
            terminal.wait_for(question)
            terminal.type(answer)
        for passphrase in PASSPHRASES:
            for question in ("Passphrase: ", "The same again: "):
                terminal.wait_for(question)
                terminal.type(passphrase)
        terminal.wait_for("Step 5 of 6: Handing out")
        assert ("The panel before did not sign this card" in terminal.shown) is not signs
    card = parse_card((tmp_path / "new" / "panel.card").read_bytes())
    assert (card.epoch, card.previous_signature != "") == (2, signs)


def test_a_guided_ceremony_needs_people(tmp_path: Path) -> None:
    assert "no terminal to ask" in reviewer("ceremony", station=tmp_path / "station", code=1).stderr
    assert "go together" in reviewer("ceremony", "--threshold=2", station=tmp_path / "station", code=1).stderr


def test_a_rehearsal_names_every_set(station: Station, panel: Panel) -> None:
    said = reviewer("rehearse", *panel.shares(3, 1, 2), station=station.root).stdout
    assert [line for line in said.splitlines() if line.startswith("  ")] == [
        "  shares 1 and 2 open",
        "  shares 1 and 3 open",
        "  shares 2 and 3 open",
    ]
    assert "any 1 of the shares may be lost" in said
    found = json.loads(reviewer("rehearse", "--json", *panel.shares(1, 3), station=station.root).stdout)
    assert (found["opened"], found["missing"], found["proven"]) == ([[1, 3]], [2], False)
    reviewer("rehearse", *panel.shares(1), station=station.root, code=1)
    shares = [entry.details["shares"] for entry in CustodyRecord(station.custody).entries()]
    assert shares == [[1, 2, 3], [1, 3]]


def test_a_rehearsal_finds_a_share_that_does_not_open(
    station: Station, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the third share is another secret's, with a checksum that holds."""
    real = quorum.root_of

    def faulty(words: list[str], card: object) -> object:
        if words[-1] == words_of_third:
            raise CustodyError("these give another key")
        return real(words, card)  # type: ignore[arg-type]  # handed on as it came

    words_of_third = parse_share(panel.share(3).read_bytes()).open(PASSPHRASES[2])
    monkeypatch.setattr(quorum, "root_of", faulty)
    said = reviewer("rehearse", *panel.shares(1, 2, 3), station=station.root, code=1).stderr
    assert "The shares 1 and 3 do not open epoch 1: hold a new ceremony at once." in said
    assert CustodyRecord(station.custody).entries() == []


def test_renewed_shares_open_and_do_not_mix_and_the_old_ones_end_before_witnesses(
    station: Station, panel: Panel, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    done = reviewer("reshare", f"--to={new}", *new_passphrases(panel), *panel.shares(1, 3), station=station.root)
    assert "This takes nothing away from anybody" in done.stderr
    assert "at least 2 of the old shares" in done.stdout
    reviewer("rehearse", *shares_in(new, panel, 1, 2, 3), station=station.root)
    reviewer("rehearse", *panel.shares(1, 2), station=station.root)  # it does not revoke, as it says
    mixed = [f"--share={new / 'share-1-of-3.json'}", f"--share={panel.share(2)}", *panel.shares(1, 2)[2:]]
    assert "before the shares were renewed" in reviewer("rehearse", *mixed, station=station.root, code=1).stderr
    assert "RENEWED: the old shares of epoch 1" in reviewer("status", station=station.root).stdout
    again = ["reshare", f"--to={tmp_path / 'x'}", *new_passphrases(panel), *panel.shares(1, 3)]
    assert "not destroyed yet" in reviewer(*again, station=station.root, code=1).stderr
    seen = ["--witness=Jo Example", "--witness=Sam Example"]
    for arguments, sentence in (
        (["--destroyed=1", *seen], "the other 2 still open it"),
        (["--destroyed=1", "--destroyed=1", *seen], "the other 2 still open it"),
        (["--destroyed=1", "--destroyed=4", *seen], "numbered from 1 to 3"),
        (["--destroyed=1", "--destroyed=2", seen[0]], "Two different people"),
        (["--destroyed=1", "--destroyed=2", seen[0], "--witness=jo  example"], "Two different people"),
        (["--destroyed=1", "--destroyed=2"], "no terminal to ask"),
    ):
        assert sentence in reviewer("reshare", *arguments, station=station.root, code=1).stderr
    reviewer("reshare", "--destroyed=1", "--destroyed=2", *seen, station=station.root)
    assert "RENEWED" not in reviewer("status", station=station.root).stdout
    last = CustodyRecord(station.custody).entries()[-1]
    assert last.details["witnesses"] == ["Jo Example", "Sam Example"]
    said = reviewer("reshare", "--destroyed=1", "--destroyed=2", *seen, station=station.root, code=1)
    assert "still to be destroyed" in said.stderr


def test_witnesses_speak_for_themselves_at_a_terminal(station: Station, panel: Panel, tmp_path: Path) -> None:
    new = tmp_path / "new"
    reviewer("reshare", f"--to={new}", *new_passphrases(panel), *panel.shares(1, 3), station=station.root)
    with Terminal("reshare", "--destroyed=2", "--destroyed=3", station=station.root) as terminal:
        terminal.wait_for("Witness 1 of 2, your name: ")
        terminal.type("Jo Example")
        terminal.wait_for("Witness 2 of 2, your name: ")
        terminal.type("Sam Example")
        terminal.wait_for("Jo Example and Sam Example saw it")
        assert terminal.finish() == 0


def followed(panel: Panel, later: Panel, intake: Intake, folder: Path) -> Station:
    """A station with a letter of epoch 1 and one of epoch 2."""
    station = new_station(folder / "two", panel, intake)
    station.install_card(later.card)
    take(
        station,
        [*later.unlocked, *panel.unlocked],
        intake.export([panel.record(panel.write()), later.record(later.write(epoch=2))]),
    )
    return station


def test_the_end_of_an_epoch(panel: Panel, later: Panel, intake: Intake, tmp_path: Path) -> None:
    station = followed(panel, later, intake, tmp_path)
    assert len(list(station.letters.rglob("*.age"))) == 2
    said = reviewer("end-epoch", "1", "--yes", *panel.shares(1), station=station.root, code=1).stderr
    assert "bring another custodian" in said
    assert "takes new letters until" in reviewer("end-epoch", "2", station=station.root, code=1).stderr
    assert "no card of epoch 3" in reviewer("end-epoch", "3", station=station.root, code=1).stderr
    assert len(list(station.letters.rglob("*.age"))) == 2
    said = reviewer("end-epoch", "1", "--yes", *panel.shares(1, 3), station=station.root).stdout
    assert "1 letter(s) destroyed" in said
    for copy in ("all 3 shares", "backup sticks", "the intake side's database"):
        assert copy in said
    (left,) = station.letters.rglob("*.age")
    assert "1 destroyed" in reviewer("status", station=station.root).stdout
    assert left.stem in reviewer("list", "--json", station=station.root).stdout
    (entry,) = CustodyRecord(station.custody).entries()
    assert described(entry).endswith("ended by custodians 1, 3: 1 letter(s) destroyed")
    # The intake side is told; and doing it again finds nothing more.
    reviewer("export", f"--to={tmp_path / 'back'}", *panel.shares(1, 2), station=station.root)
    again = reviewer("end-epoch", "1", "--yes", "--json", *panel.shares(1, 3), station=station.root).stdout
    assert json.loads(again)["destroyed"] == 0


def test_ending_asks_in_words(panel: Panel, later: Panel, intake: Intake, tmp_path: Path) -> None:
    station = followed(panel, later, intake, tmp_path)
    with Terminal("end-epoch", "1", *panel.shares(1, 3), station=station.root) as terminal:
        terminal.wait_for("1 letter(s) of epoch 1 are destroyed here")
        terminal.wait_for("Type end epoch 1: ")
        terminal.type("yes")
        assert terminal.finish() == 1
    assert "Nothing was destroyed" in terminal.shown
    assert len(list(station.letters.rglob("*.age"))) == 2


class AfterTheLastDay:
    """The clock, two years on."""

    @staticmethod
    def today() -> date:
        return date(2028, 11, 2)


def test_an_epoch_whose_days_are_over_may_end_without_a_next_one(
    station: Station, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end_epoch, "date", AfterTheLastDay)
    assert "0 letter(s)" in reviewer("end-epoch", "1", "--yes", *panel.shares(1, 3), station=station.root).stdout


@given(
    st.lists(st.tuples(st.integers(1, 9), st.lists(st.integers(1, 16), min_size=1, max_size=4)), max_size=6), st.data()
)
@settings(max_examples=40)
def test_the_record_comes_back_and_no_change_to_it_stays_unseen(
    acts: list[tuple[int, list[int]]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record = CustodyRecord(Path(folder) / "custody.jsonl")
        for epoch, shares in acts:
            record.add("rehearsed", epoch, DAY, set=7, shares=shares)
        assert [(entry.epoch, entry.details["shares"]) for entry in record.entries()] == acts
        if not acts:
            return
        written = record.path.read_bytes()
        place = data.draw(st.integers(0, len(written) - 1))
        other = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[place]))
        record.path.write_bytes(written[:place] + bytes([other]) + written[place + 1 :])
        # Of the last line nothing follows that could tell; every other change is found.
        last = written.rstrip(b"\n").rfind(b"\n") + 1
        with contextlib.suppress(CustodyRecordError):
            record.entries()
            assert place >= last


def test_a_line_that_was_taken_out_is_noticed(tmp_path: Path) -> None:
    record = CustodyRecord(tmp_path / "custody.jsonl")
    for number in (1, 2, 3):
        record.add("rehearsed", number, DAY, set=7, shares=[1])
    lines = record.path.read_bytes().splitlines(keepends=True)
    record.path.write_bytes(lines[0] + lines[2])
    with pytest.raises(CustodyRecordError, match="at entry 2"):
        record.add("rehearsed", 4, DAY, set=7, shares=[1])


def test_what_was_taken_back_and_holds_come_before_the_end(
    panel: Panel, later: Panel, intake: Intake, tmp_path: Path
) -> None:
    station = followed(panel, later, intake, tmp_path)
    person = Survivor(panel.card)
    take(station, panel.unlocked, intake.export([account(person), signed(person, person.withdrawal())]))
    end = ["end-epoch", "1", "--yes", *panel.shares(1, 3)]
    assert "run `reviewer destroy`" in reviewer(*end, station=station.root, code=1).stderr
    reviewer("destroy", *panel.shares(1, 2), station=station.root)
    reviewer(
        "hold", f"--to={date.today()}", "--text=A court asked.", "--yes", *panel.shares(1, 2), station=station.root
    )
    assert "legal hold is in force" in reviewer(*end, station=station.root, code=1).stderr
    assert len(list(station.letters.rglob("*.age"))) >= 2


def test_the_leads_station_is_unlocked_rehearsed_and_ended_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = Panel.held(tmp_path / "lead", replace(PLAN, purpose="lead"))
    station = Station(tmp_path / "station")
    station.create()
    station.install_card(lead.card)
    with locked_at_the_end(station):
        reviewer("unlock", *DESPITE, *lead.shares(1, 2), station=station.root)
        assert "The next `reviewer export`" in reviewer("acknowledge", "--all", station=station.root).stdout
        reviewer("lock", station=station.root)
    reviewer("rehearse", *lead.shares(1, 2, 3), station=station.root)
    assert "use --text" in reviewer("card", f"--leaflet={tmp_path}", station=station.root, code=1).stderr
    assert "the safeguarding lead's, epoch 1" in reviewer("card", "--text", station=station.root).stdout
    monkeypatch.setattr(end_epoch, "date", AfterTheLastDay)
    said = reviewer("end-epoch", "1", "--yes", *lead.shares(2, 3), station=station.root).stdout
    assert "0 letter(s) destroyed" in said
