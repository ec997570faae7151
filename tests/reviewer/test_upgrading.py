"""A station that imported letters before threads were known: they are named as soon as custodians are here."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import reviewer.migration as migration
from crypto.records import LetterRecord
from reviewer.ledger import Ledger
from reviewer.station import Station
from reviewer.vault import Vault
from tests.reviewer.panel import Intake, Panel, reviewer
from tests.reviewer.test_threads import account, signed, states, take
from tests.threads.survivor import Survivor

CHAIN = "ab" * 32


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def former(station: Station, intake: Intake, records: list[LetterRecord]) -> None:
    """A ledger as revision 0001 left it, with one bundle of letters."""
    ledger = Ledger(station.ledger)
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    row = (
        "INSERT INTO letters (digest, locator, week, size, epoch, bundle, place, status, reason, confirmed) "
        "VALUES (:digest, :locator, 202648, 65536, 1, 1, :place, 'imported', NULL, 1)"
    )
    bundle = (
        "INSERT INTO bundles VALUES ('intake to station', 1, 1, 1, 'intake-0001-000001', :previous, :chain, :count, 1)"
    )
    with ledger.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
        connection.execute(sa.text(bundle), {"previous": intake.previous, "chain": CHAIN, "count": len(records)})
        for place, one in enumerate(records, 1):
            digest = Vault(station.letters).keep(one.sealed)
            values = {"digest": digest, "locator": one.locator.hex(), "place": place}
            connection.execute(sa.text(row), values)
    ledger.close()
    intake.sequence, intake.previous = 1, CHAIN


def test_an_account_of_before_is_taken_back_by_its_words(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first, alone = account(person), panel.record(panel.write())
    former(station, intake, [first, alone])
    take(station, panel, intake, [signed(person, person.addition("More.")), signed(person, person.withdrawal())])
    assert states(station, [first, alone]) == ["withdrawn", "imported"]
    reviewer("read", first.digest.hex(), *panel.shares(1, 2), station=station.root, code=1)


def test_an_account_of_before_can_be_answered_after_any_import(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    former(station, intake, [first])
    take(station, panel, intake, [])
    reviewer("reply", first.digest.hex(), "--text=Thank you.", "--yes", *panel.shares(1, 2), station=station.root)


def test_each_is_opened_once_and_a_lost_file_stops_nothing(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first, alone, lost = account(person), panel.record(panel.write()), account(Survivor(panel.card))
    former(station, intake, [first, alone, lost])
    next(station.letters.rglob(lost.digest.hex() + ".age")).unlink()
    take(station, panel, intake, [])
    ledger = Ledger(station.ledger)
    assert [entry.digest for entry in ledger.unnamed()] == [lost.digest.hex()]
    ledger.close()
    assert states(station, [first, alone, lost]) == ["imported"] * 3
