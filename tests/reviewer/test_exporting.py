import json
import shutil
import subprocess
from pathlib import Path

import pytest

from crypto.bundle import BundleReader, BundleSummary, Record, RecordKind, verify_bundle
from crypto.card import PanelCard, encode_card, parse_card
from crypto.errors import CardError, CardSignatureError
from crypto.minisigning import VerifyKey
from crypto.panel import PanelRoot
from crypto.records import Confirmation
from reviewer.entries import BundleEntry
from reviewer.errors import ExportError
from reviewer.exporting import Exporter
from reviewer.opening import Unlocked
from reviewer.station import Station
from reviewer.vault import Vault
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process, signature_of
from tests.reviewer.test_importing import open_ledger, take


def contents(bundle: Path, card: PanelCard) -> tuple[BundleSummary, list[Record]]:
    """A return bundle as the intake side reads it."""
    with bundle.open("rb") as source:
        summary = verify_bundle(source, signature_of(bundle).read_bytes(), VerifyKey.parse(card.minisign_key))
        return summary, list(BundleReader(source))


def minisign(bundle: Path, public: str) -> str:
    """What Debian's own program says of a bundle."""
    program = shutil.which("minisign", path="/usr/bin:/usr/local/bin")
    assert program, "minisign is not installed; see the Makefile's tools"
    done = subprocess.run([program, "-V", "-P", public, "-m", str(bundle)], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def export(station: Station, unlocked: Unlocked, folder: Path, card: PanelCard | None = None) -> BundleEntry:
    ledger = open_ledger(station)
    try:
        return Exporter(station, ledger, Vault(station.letters)).write(unlocked, folder, card)
    finally:
        ledger.close()


def test_what_arrived_is_confirmed(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    good, bad = panel.record(panel.write()), panel.record(panel.write(), kind=2)
    incoming = intake.export([good, bad])
    take(station, panel.unlocked, incoming)
    said = reviewer_process(
        "export", "--to", str(tmp_path / "out"), "--json", *panel.shares(1, 2), station=station.root
    )
    assert json.loads(said.stdout) == {
        "demonstration": False,
        "bundle": "station-0001-000001",
        "sequence": 1,
        "records": 3,
    }
    bundle = tmp_path / "out" / "station-0001-000001.heard"
    summary, records = contents(bundle, panel.card)
    assert (summary.header.direction, summary.header.inquiry) == ("station to intake", panel.card.inquiry)
    assert records.pop().kind == RecordKind.LOG
    confirmed = {(found := Confirmation.parse(record.body)).digest: found.outcome for record in records}
    assert confirmed == {good.digest: "imported", bad.digest: "set aside"}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}

    assert "Trusted comment: heard bundle, station to intake" in minisign(bundle, panel.card.minisign_key)
    assert "Trusted comment: heard bundle, intake to station" in minisign(incoming, intake.key.public.base64)
    assert minisign(bundle, intake.key.public.base64) == ""

    said = reviewer("export", "--to", str(tmp_path / "out"), *panel.shares(1, 2), station=station.root)
    assert "no bundle was written" in said.stdout
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_bundles_follow_each_other(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    chain = "0" * 64
    for number in (1, 2, 3):
        take(station, panel.unlocked, intake.export([panel.record(panel.write())]))
        entry = export(station, panel.unlocked[0], tmp_path)
        summary, records = contents(tmp_path / f"{entry.name}.heard", panel.card)
        assert (summary.header.sequence, summary.header.previous, len(records)) == (number, chain, 1)
        chain = summary.chain


def test_a_lost_bundle_is_written_again_byte_for_byte(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    take(station, panel.unlocked, intake.export([panel.record(panel.write())]))
    export(station, panel.unlocked[0], tmp_path / "first")
    reviewer("export", "--to", str(tmp_path / "again"), "--again", "1", station=station.root)
    for path in (tmp_path / "first").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()
    said = reviewer("export", "--to", str(tmp_path / "again"), "--again", "1", station=station.root, code=1)
    assert "not overwritten" in said.stderr
    said = reviewer("export", "--to", str(tmp_path / "again"), "--again", "2", station=station.root, code=1)
    assert "no return bundle 2" in said.stderr


def test_a_medium_in_the_way_loses_nothing(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    take(station, panel.unlocked, intake.export([panel.record(panel.write())]))
    (tmp_path / "station-0001-000001.heard").write_text("in the way")
    with pytest.raises(ExportError, match="--again 1"):
        export(station, panel.unlocked[0], tmp_path)
    ledger = open_ledger(station)
    Exporter(station, ledger, Vault(station.letters)).again(1, tmp_path / "elsewhere")
    ledger.close()
    assert contents(tmp_path / "elsewhere" / "station-0001-000001.heard", panel.card)[0].count == 1


def test_the_identity_is_written_once_and_privately(station: Station, panel: Panel, tmp_path: Path) -> None:
    arguments = ["identity", "--to", str(tmp_path / "identity.txt"), *panel.shares(1, 3)]
    said = reviewer(*arguments, station=station.root)
    assert (tmp_path / "identity.txt").read_text() == panel.root.identity.encode() + "\n"
    assert (tmp_path / "identity.txt").stat().st_mode & 0o777 == 0o600
    assert panel.root.identity.encode() not in said.stdout + said.stderr
    assert "not overwritten" in reviewer(*arguments, station=station.root, code=1).stderr


def next_card(panel: Panel, previous: PanelRoot | None, epoch: int = 2) -> PanelCard:
    return PanelRoot.random().issue_card(
        inquiry=panel.card.inquiry,
        epoch=epoch,
        valid_from=panel.card.valid_from,
        valid_to=panel.card.valid_to,
        threshold=2,
        custodians=3,
        previous=previous,
    )


def test_a_new_card_travels_with_it(station: Station, panel: Panel, tmp_path: Path) -> None:
    card = next_card(panel, panel.root)
    path = tmp_path / "panel.card"
    path.write_bytes(encode_card(card))
    arguments = ["export", "--to", str(tmp_path / "out"), "--card", str(path), *panel.shares(1, 2)]
    reviewer(*arguments, station=station.root)
    _, (record, head) = contents(tmp_path / "out" / "station-0001-000001.heard", panel.card)
    assert head.kind == RecordKind.LOG
    assert record.kind == RecordKind.CARD
    assert parse_card(record.body) == card


def test_a_card_that_does_not_follow_stays_here(station: Station, panel: Panel, tmp_path: Path) -> None:
    with pytest.raises(CardSignatureError):
        export(station, panel.unlocked[0], tmp_path / "out", next_card(panel, None))
    with pytest.raises(CardError):
        export(station, panel.unlocked[0], tmp_path / "out", panel.card)
    assert not (tmp_path / "out").exists()
