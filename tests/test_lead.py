"""A record of danger from the line's store to the safeguarding lead and its acknowledgement back; never to the panel."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.bundle import BundleReader, RecordKind
from crypto.constants import RECORD_KINDS
from crypto.records import Confirmation, LetterRecord
from intake import schema
from reviewer.opening import Reason
from tests.intake.conftest import new_letter
from tests.intake.test_transfer import station_bundle
from tests.leads import CANARY, DAY, LEAD_PLAN, Line, danger, sealed_danger
from tests.reviewer.panel import Panel, reviewer


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return Panel.held(tmp_path_factory.mktemp("panel") / "shares")


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return Panel.held(tmp_path_factory.mktemp("lead") / "shares", LEAD_PLAN)


@pytest.fixture(params=["sqlite", "postgresql"])
def line(request: pytest.FixtureRequest, tmp_path: Path, panel: Panel, lead: Panel) -> Line:
    settings = {}
    if request.param == "postgresql":
        settings["HEARD_DATABASE"] = request.getfixturevalue("postgresql")
    return Line(tmp_path, panel, lead, settings)


@pytest.fixture
def small(tmp_path: Path, panel: Panel, lead: Panel) -> Line:
    return Line(tmp_path, panel, lead)


def records(path: Path) -> list[tuple[RecordKind, bytes]]:
    with path.open("rb") as source:
        return [(one.kind, one.body) for one in BundleReader(source)]


def test_a_record_reaches_the_lead_and_its_acknowledgement_comes_back(line: Line) -> None:
    one, other = line.alarm("Invented, the first.", "Invented, the second.")
    assert line.status() | {"overdue": []} == {
        "total": 2,
        "open": 2,
        "arrived": 0,
        "acknowledged": 0,
        "set_aside": 0,
        "overdue": [],
    }
    (bundle,) = line.export()
    assert bundle.name == "for-lead-0001-000001.heard"
    assert "DANGER: read what came" in line.at_lead("import", str(bundle)).stdout
    assert "Invented, the first." in line.at_lead("read", one.digest.hex()).stdout
    back = line.back()
    assert back.name == "lead-0001-000001.heard"
    line.intake.run("import", str(back))
    assert (line.status()["arrived"], line.status()["acknowledged"]) == (2, 0)
    line.at_lead("acknowledge", one.digest.hex())
    line.intake.run("import", str(line.back()))
    assert (line.status()["arrived"], line.status()["acknowledged"]) == (2, 1)
    assert "acknowledged" in reviewer("list", station=line.station.root).stdout
    state = json.loads(reviewer("status", "--json", station=line.station.root).stdout)
    assert state["dangers"] == {"acknowledged": 1, "open": 1}
    told = [Confirmation.parse(body) for kind, body in records(line.folder / "back" / "lead-0001-000002.heard")]
    assert [(one.digest, one.outcome) for one in told] == [(one.digest, "acknowledged")]
    assert other.digest != one.digest


def test_two_custodians_of_the_lead_destroy_what_the_line_was_told_of(small: Line) -> None:
    one, other = small.alarm("Invented, the first.", "Invented, the second.")
    small.at_lead("import", str(small.export()[0]))
    first, second = one.digest.hex(), other.digest.hex()
    assert "acknowledge` and `reviewer export` come first" in small.at_lead("destroy-record", first, code=1).stderr
    small.at_lead("acknowledge", first)
    assert "come first" in small.at_lead("destroy-record", first, code=1).stderr
    small.intake.run("import", str(small.back()))
    assert "come first" in small.at_lead("destroy-record", first, second, code=1).stderr
    sealed = [path for path in small.station.letters.rglob("*") if path.is_file()]
    # As after an interruption: its file is gone already.
    next(path for path in sealed if first in path.name).unlink()
    said = small.at_lead("destroy-record", first, "--yes").stdout
    assert f"{first[:12]} is destroyed." in said
    assert len([path for path in sealed if path.exists()]) == len(sealed) - 1
    assert "was destroyed here" in small.at_lead("read", first, code=1).stderr
    assert "Invented, the second." in small.at_lead("read", second).stdout
    # The line keeps knowing that it was taken on; a bundle that comes again brings nothing back.
    small.intake.run("import", str(small.back()))
    assert small.status()["acknowledged"] == 1
    state = json.loads(reviewer("status", "--json", station=small.station.root).stdout)
    assert (state["dangers"], state["letters"]["missing"]) == ({"acknowledged": 0, "open": 1}, 0)
    assert "1 record(s) of danger destroyed by custodians 1, 2" in reviewer("status", station=small.station.root).stdout


def test_the_two_chains_never_meet(line: Line) -> None:
    letter = new_letter()
    with line.store() as store:
        store.add([letter])
    (record,) = line.alarm()
    (for_panel,) = line.export("panel")
    (for_lead,) = line.export("lead")
    assert [LetterRecord.parse(body).digest for _, body in records(for_panel)] == [letter.digest]
    found = [LetterRecord.parse(body) for _, body in records(for_lead)]
    assert [(one.digest, one.kind) for one in found] == [(record.digest, RECORD_KINDS["danger"])]
    with line.store() as store, store._engine.connect() as connection:
        for table in (schema.letters, schema.threads, schema.envelopes):
            rows = connection.execute(select(table)).all()
            assert len(rows) == 1
            assert record.digest not in {value for row in rows for value in row}
            assert record.locator not in {value for row in rows for value in row}
        assert len(connection.execute(select(schema.dangers)).all()) == 1
    assert line.intake.run("status", "--json").json["letters"]["delivered"] == 1


def test_each_station_refuses_the_bundles_of_the_other(small: Line) -> None:
    with small.store() as store:
        store.add([new_letter()])
    small.alarm()
    (for_panel,), (for_lead,) = small.export("panel"), small.export("lead")
    station = small.new_station("station", small.panel)
    said = reviewer("import", str(for_lead), *small.panel.shares(1, 2), station=station.root, code=1)
    assert "of the safeguarding lead's chain" in said.stderr
    said = small.at_lead("import", str(for_panel), code=1)
    assert "of the panel's chain" in said.stderr
    # What each may do is the other's not to do.
    for command in (
        ["thread", "abcdef"],
        ["heard", "abcdef"],
        ["reply", "abcdef", "--text=No."],
        ["replies"],
        ["refer", "abcdef"],
        ["referrals"],
        ["policy"],
        ["destroy"],
        ["hold"],
    ):
        said = reviewer(*command, station=small.station.root, code=1)
        assert "safeguarding lead's station" in said.stderr, command
    said = reviewer("acknowledge", "--all", *small.panel.shares(1, 2), station=station.root, code=1)
    assert "panel's station" in said.stderr


def test_cards_are_kept_apart_on_both_sides(small: Line) -> None:
    station = small.new_station("station", small.panel)
    said = reviewer("card", str(small.lead.folder / "lead.card"), station=station.root, code=1)
    assert "never share a station" in said.stderr
    said = reviewer("card", str(small.panel.folder / "panel.card"), station=small.station.root, code=1)
    assert "never share a station" in said.stderr
    assert (small.intake.data / "lead-card.card").read_bytes() == (small.lead.folder / "lead.card").read_bytes()
    shutil.copy(small.intake.data / "lead-card.card", small.intake.data / "panel-card.card")
    assert "never sealed to the lead" in small.intake.run("check", check=False).out
    assert "never sealed to the lead" in small.intake.command("serve", "--port", "0").stderr


def test_shares_of_the_panel_open_nothing_of_the_lead(small: Line) -> None:
    small.alarm()
    (bundle,) = small.export()
    station = small.station.root
    said = reviewer("import", str(bundle), *small.panel.shares(1, 2), station=station, code=1)
    assert "another panel" in said.stderr
    small.at_lead("import", str(bundle))
    reviewer("read", "--all", *small.panel.shares(1, 2), station=station, code=1)


def test_what_is_sealed_to_the_wrong_card_is_set_aside(small: Line) -> None:
    """A line that was taken over may seal anything to anyone: it is named, and nobody else is kept out."""
    panel, lead = small.panel, small.lead
    good = sealed_danger(danger(lead.card), lead.card)
    to_panel = sealed_danger(danger(panel.card), panel.card)
    other_card = sealed_danger(replace(danger(lead.card), card="ab" * 32), lead.card)
    account = panel.record(panel.write())
    account_to_lead = lead.record(lead.write())
    as_danger = replace(good, sealed=account_to_lead.sealed, locator=account_to_lead.locator)
    with small.store() as store:
        store.add([good, to_panel, other_card, as_danger])
        store.add([replace(new_letter(), sealed=to_panel.sealed, locator=to_panel.locator)])
        store.add([replace(new_letter(), sealed=account.sealed, locator=account.locator)])
    (for_lead,), (for_panel,) = small.export("lead"), small.export("panel")
    small.at_lead("import", str(for_lead))
    station = small.new_station("station", panel)
    reviewer("import", str(for_panel), *panel.shares(1, 2), station=station.root)

    def listed(root: Path) -> dict[str, tuple[str, str | None]]:
        letters = json.loads(reviewer("list", "--json", station=root).stdout)["letters"]
        return {one["id"]: (one["status"], one["reason"]) for one in letters}

    assert listed(small.station.root) == {
        good.digest.hex(): ("imported", None),
        to_panel.digest.hex(): ("set aside", Reason.OTHER_KEY),
        other_card.digest.hex(): ("set aside", Reason.OTHER_CARD),
        as_danger.digest.hex(): ("set aside", Reason.NOT_A_LETTER),
    }
    assert listed(station.root) == {
        account.digest.hex(): ("imported", None),
        to_panel.digest.hex(): ("set aside", Reason.NOT_A_LETTER),
    }
    said = small.at_lead("acknowledge", to_panel.digest.hex(), code=1)
    assert "was set aside" in said.stderr
    small.intake.run("import", str(small.back()))
    assert small.status()["set_aside"] == 3


def test_overdue_is_named_without_saying_whom_it_is_about(small: Line) -> None:
    small.intake.settings["HEARD_DANGER_OVERDUE_DAYS"] = "365"
    (record,) = small.alarm()
    assert small.status()["overdue"] == []
    small.intake.settings["HEARD_DANGER_OVERDUE_DAYS"] = "0"
    with small.store() as store:
        assert store.danger_survey(DAY, 0).overdue == ()
        (late,) = store.danger_survey(DAY.replace(day=30), 2).overdue
    assert (late.digest, late.days) == (record.digest, 4)
    (small_old,) = small.alarm("Invented, older.", day=DAY.replace(year=2025))
    said = small.intake.run("status")
    assert f"OVERDUE: record {small_old.digest.hex()[:12]}" in said.out
    assert CANARY not in said.out
    (bundle,) = small.export()
    small.at_lead("import", str(bundle))
    small.at_lead("acknowledge", "--all")
    small.intake.run("import", str(small.back()))
    assert small.status()["overdue"] == []


def test_plain_export_says_that_records_wait(small: Line) -> None:
    small.alarm()
    said = small.intake.run("export", "--to", str(small.medium))
    assert "DANGER: 1 record(s) wait" in said.out
    assert small.export("panel") == []


def test_what_was_acknowledged_is_forgotten_and_its_bundle_can_be_written_again(line: Line) -> None:
    (record,) = line.alarm()
    (bundle,) = line.export()
    first = bundle.read_bytes()
    assert line.export("lead", "--again", "1") == [bundle]
    assert bundle.read_bytes() == first
    line.at_lead("import", str(bundle))
    line.at_lead("acknowledge", "--all")
    line.intake.settings["HEARD_DANGER_DAYS"] = "1"
    line.intake.run("import", str(line.back()))
    with line.store() as store, store._engine.begin() as connection:
        connection.execute(schema.dangers.update().values(acknowledged_day=DAY.replace(year=2025)))
    assert line.intake.run("forget", "--dry-run", "--json").json["dangers"] == 1
    assert line.intake.run("forget", "--json").json["dangers"] == 1
    assert line.intake.run("forget", "--json").json["dangers"] == 0
    with line.store() as store, store._engine.connect() as connection:
        assert connection.execute(select(schema.dangers.c.sealed)).all() == [(None,)]
        # Sent again after all: acknowledged, and not stored a second time.
        assert store.add([record]) == {record.digest}
        assert store.waiting("lead") == 0
    line.export("lead", "--again", "1")
    assert [kind for kind, _ in records(bundle)] == [RecordKind.FORGOTTEN]


def test_what_is_not_acknowledged_is_never_forgotten(small: Line) -> None:
    small.intake.settings["HEARD_DANGER_DAYS"] = "1"
    small.alarm(day=DAY.replace(year=2020))
    (bundle,) = small.export()
    small.at_lead("import", str(bundle))
    small.intake.run("import", str(small.back()))
    assert small.intake.run("forget", "--json").json["dangers"] == 0


def test_a_backup_keeps_records_and_the_leads_card(line: Line) -> None:
    (one,) = line.alarm()
    line.export()
    (other,) = line.alarm("Invented, another.")
    backup = line.folder / "backup"
    line.intake.run("backup", "--to", str(backup))
    assert CANARY.encode() not in backup.read_bytes()
    before = line.intake.data
    line.intake.data = line.folder / "restored"
    if "HEARD_DATABASE" in line.intake.settings:
        line.intake.settings = {}
    line.intake.run("restore", str(backup))
    assert (line.intake.data / "lead-card.card").read_bytes() == (before / "lead-card.card").read_bytes()
    assert (line.status()["total"], line.status()["open"]) == (2, 1)
    with line.store() as store:
        (held,) = store.letters_of_bundle(1, "lead")
    assert (held.digest, held.sealed) == (one.digest, one.sealed)
    assert other.digest != one.digest


def test_after_a_restore_the_lead_begins_a_new_generation(line: Line) -> None:
    (one,) = line.alarm()
    (bundle,) = line.export()
    line.at_lead("import", str(bundle))
    line.at_lead("acknowledge", "--all")
    line.intake.run("import", str(line.back()))
    with line.store() as store, store._engine.begin() as connection:
        connection.execute(schema.bundles.delete())
        connection.execute(schema.dangers.update().values(bundle=None, confirmed=None, acknowledged_day=None))
    (other,) = line.alarm("Invented, after it.")
    (again,) = line.export()
    assert "new generation" in line.at_lead("import", str(again), code=1).stderr
    line.at_lead("resync", f"--to={line.folder / 'resync'}")
    (begun,) = (line.folder / "resync").glob("*.heard")
    shown = line.intake.run("import", str(begun), check=False)
    assert shown.status == 1
    assert line.status()["acknowledged"] == 0
    line.intake.run("import", str(begun), "--new-generation")
    assert (line.status()["acknowledged"], line.status()["open"]) == (1, 1)
    (fresh,) = line.export()
    assert [LetterRecord.parse(body).digest for _, body in records(fresh)] == [other.digest]
    line.at_lead("import", str(fresh))
    # The panel's chain goes on as it was.
    with line.store() as store:
        assert (store.generation(), store.generation("lead")) == (1, 2)
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (RecordKind.NOTICE, b"x" * 100),
        (RecordKind.CLOSED, bytes(97)),
        (RecordKind.HOLD, b"{}"),
        (RecordKind.LOG, bytes(40)),
        (RecordKind.LETTER, b"x"),
    ],
)
def test_the_leads_station_says_nothing_to_survivors(small: Line, kind: RecordKind, body: bytes) -> None:
    path, _ = station_bundle(small.folder / "forged", [(kind, body)], root=small.lead.root, direction="lead to intake")
    said = small.intake.run("import", str(path), check=False)
    assert (said.status, "only the panel may say" in said.err) == (1, True)
    path, _ = station_bundle(small.folder / "other", [], root=small.panel.root, direction="lead to intake")
    assert small.intake.run("import", str(path), check=False).status == 1


def test_the_panel_acknowledges_nothing(small: Line) -> None:
    (record,) = small.alarm()
    told = (RecordKind.CONFIRMATION, Confirmation(record.digest, "acknowledged").encode())
    path, _ = station_bundle(small.folder / "forged", [told], root=small.panel.root)
    said = small.intake.run("import", str(path), check=False)
    assert (said.status, "only the safeguarding lead acknowledges" in said.err) == (1, True)
    # And what the panel's station says of such a digest is nothing to the lead's records.
    told = (RecordKind.CONFIRMATION, Confirmation(record.digest, "imported").encode())
    path, _ = station_bundle(small.folder / "other", [told], root=small.panel.root)
    small.intake.run("import", str(path))
    assert small.status()["arrived"] == 0


def test_nothing_of_a_record_is_in_any_file(small: Line) -> None:
    small.alarm()
    (bundle,) = small.export()
    small.at_lead("import", str(bundle))
    small.at_lead("acknowledge", "--all")
    small.intake.run("import", str(small.back()))

    def found() -> set[Path]:
        files = [path for path in small.folder.rglob("*") if path.is_file()]
        return {path for path in files if CANARY.encode() in path.read_bytes()}

    assert found() == set()
    planted = small.intake.data / "planted"
    planted.write_text(CANARY)
    assert found() == {planted}
