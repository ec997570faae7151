"""The log: each way of changing it is found, and its head leaves with each return bundle."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from crypto.bundle import BundleReader, RecordKind
from crypto.errors import BundleFormatError
from crypto.records import LogHead
from reviewer.cases.log import Act
from reviewer.exporting import Exporter
from reviewer.station import Station
from tests.exchange import Exchange
from tests.reviewer.cases.stores import Kept, kept
from tests.reviewer.panel import Intake, Panel, reviewer

DIGEST = "ab" * 32


@given(st.binary(max_size=60))
def test_a_head_is_canonical_or_rejected(body: bytes) -> None:
    try:
        head = LogHead.parse(body)
    except BundleFormatError:
        assert len(body) != 40
    else:
        assert head.encode() == body


def test_the_chain_is_the_one_of_the_specification(tmp_path: Path) -> None:
    """docs/sealing.md, "Log", written out again."""
    with kept(tmp_path / "store") as here:
        here.store.note("ann with bo", Act.RELEASED, [DIGEST, "é"], date(2026, 11, 27))
        chain = bytes(32)
        for number, subject in ((1, DIGEST), (2, "é")):
            entry = (
                f'{{"sequence":{number},"day":"2026-11-27","who":"ann with bo","act":"released","subject":"{subject}"}}'
            )
            chain = hashlib.sha256(b"heard/v1/station/log" + chain + entry.encode()).digest()
        assert here.store.head() == LogHead(2, chain)
        assert LogHead(2, chain).encode() == (2).to_bytes(8) + chain


def test_the_intake_side_shows_the_head(panel: Panel, tmp_path: Path) -> None:
    exchange = Exchange(tmp_path / "exchange", panel)
    exchange.write()
    exchange.carry()
    with exchange.desk() as desk:
        exporter = Exporter(desk.station, desk.ledger, desk.vault)
        entry = exporter.write(exchange.unlocked, exchange.folder / "back", head=LogHead(7, bytes(range(32))))
    bundle = exchange.folder / "back" / f"{entry.name}.heard"
    said = exchange.intake.run("import", str(bundle), "--json").json
    assert said["log"] == {"entries": 7, "head": bytes(range(32)).hex()}
    assert said["confirmed"] == 1


def alter(*statements: str) -> Callable[[Kept], None]:
    def run(here: Kept) -> None:
        with here.store.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    return run


def written_anew(here: Kept) -> None:
    """Somebody with the key writes a chain of their own, as long as the old one."""
    alter("DELETE FROM log")(here)
    here.store.note("ann", Act.OPENED, ["cd" * 32] * 5)


FAULTS = {
    "changed": (alter("UPDATE log SET who = 'cy' WHERE sequence = 3"), "from entry 3 on: an entry was changed"),
    "another day": (alter("UPDATE log SET day = '2026-01-01' WHERE sequence = 2"), "entry 2 on: an entry was changed"),
    "missing": (alter("DELETE FROM log WHERE sequence = 2"), "from entry 2 on: an entry is missing"),
    "missing, numbered anew": (
        alter("DELETE FROM log WHERE sequence = 2", "UPDATE log SET sequence = sequence - 1 WHERE sequence > 2"),
        "from entry 2 on: an entry was changed",
    ),
    "reordered": (
        alter(
            "UPDATE log SET sequence = 99 WHERE sequence = 2",
            "UPDATE log SET sequence = 2 WHERE sequence = 3",
            "UPDATE log SET sequence = 3 WHERE sequence = 99",
        ),
        "from entry 2 on: an entry was changed, or put in another place",
    ),
    "cut off": (alter("DELETE FROM log WHERE sequence > 3"), "from entry 4 on: the end was cut off"),
    "all gone": (alter("DELETE FROM log"), "from entry 1 on: the end was cut off"),
    "written anew": (written_anew, "from entry 5 on: the log was written anew"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_way_of_changing_the_log_is_found(name: str, tmp_path: Path) -> None:
    change, sentence = FAULTS[name]
    with kept(tmp_path / "store") as here:
        here.store.note("ann", Act.OPENED, [DIGEST])
        here.store.note("bo", Act.RELEASED, [DIGEST, DIGEST, DIGEST])
        here.store.note("ann with bo", Act.DESTROYED, [DIGEST])
        heads = [here.store.head()]
        assert here.store.verify(heads) is None
        change(here)
        fault = here.store.verify(heads)
        assert fault is not None
        assert sentence in f"from entry {fault.sequence} on: {fault.what}"


def heads(folder: Path) -> list[LogHead]:
    found = []
    for path in sorted(folder.glob("*.heard")):
        with path.open("rb") as bundle:
            found += [LogHead.parse(one.body) for one in BundleReader(bundle) if one.kind == RecordKind.LOG]
    return found


def test_the_head_leaves_with_each_return_bundle_and_is_held_against(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    shares = panel.shares(1, 2)
    record = panel.record(panel.write())
    reviewer("import", str(intake.export([record])), *shares, station=station.root)
    reviewer("read", record.digest.hex(), *shares, station=station.root)
    reviewer("export", f"--to={tmp_path / 'back'}", *shares, station=station.root)
    (head,) = heads(tmp_path / "back")
    listed = json.loads(reviewer("log", "--json", *shares, station=station.root).stdout)["log"]
    assert [(one["who"], one["act"]) for one in listed] == [
        ("custodians 1, 2", "imported"),
        ("custodians 1, 2", "opened"),
        ("custodians 1, 2", "exported"),
    ]
    assert head.count == 3
    assert listed[1]["subject"] == record.digest.hex()
    told = json.loads(reviewer("log", "--check", "--json", *shares, station=station.root).stdout)
    assert told == {"demonstration": False, "entries": 3, "head": head.chain.hex(), "heads": 1, "whole": True}
    wrong = f"--head=2:{'00' * 32}"
    assert (
        "entry 2 on: the log was written anew" in reviewer("log", wrong, *shares, station=station.root, code=1).stderr
    )
    assert (
        "the end was cut off" in reviewer("log", f"--head=9:{'00' * 32}", *shares, station=station.root, code=1).stderr
    )
    (kept_here,) = station.outgoing.glob("*.heard")
    content = bytearray(kept_here.read_bytes())
    content[-60] ^= 1
    kept_here.write_bytes(content)
    assert "was altered" in reviewer("log", "--check", *shares, station=station.root, code=1).stderr
