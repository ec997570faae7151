"""A hold, forgetting and an older station, by the commands of both sides: nothing is destroyed too early, or lost in silence."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from crypto.card import parse_card
from intake import schema
from intake.clock import today
from tests.house import House, founded
from tests.intake.installed import store_of
from tests.intake.test_threads import Visitor
from tests.threads.survivor import Survivor, digest_of

WHY = "A court has asked that nothing is destroyed."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with founded(tmp_path / "house", HEARD_ANSWER_GRID_MILLISECONDS="0", HEARD_LETTER_DAYS="5") as made:
        yield made


@pytest.fixture
def http(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.intake.url, timeout=30) as client:
        yield client


def visitor(house: House, http: httpx.Client) -> Visitor:
    made = Visitor(http)
    made.person = Survivor(parse_card((house.custody / "panel.card").read_bytes()))
    return made


def pieces_at(house: House, sealed: bytes) -> set[str]:
    """On which sides the sealed bytes of a letter still are."""
    house.intake.run("forget")  # also empties the write-ahead log
    piece = sealed[30_000:30_064]
    sides = {"intake": house.intake.data, "station": house.station / "letters"}
    return {
        side
        for side, folder in sides.items()
        if any(piece in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    }


def refused(house: House, *arguments: str) -> str:
    with pytest.raises(AssertionError) as caught:
        house.reviewer(*arguments)
    return str(caught.value)


def status(house: House) -> Any:
    return house.intake.run("status", "--json").json


@pytest.mark.timeout(280)
def test_a_hold_from_its_first_day_until_all_is_destroyed(house: House, http: httpx.Client) -> None:
    last = today() + timedelta(days=30)
    person = visitor(house, http)
    fetched = person.write()
    house.carry()
    said = json.loads(house.reviewer("hold", f"--to={last}", f"--text={WHY}", "--yes", "--json", *house.shares(1, 2)))
    house.confirm()
    assert WHY in "".join(hold["text"] for hold in status(house)["holds"])
    addition = person.person.addition("One more thing.")
    added = person.person.seal(addition)
    assert person.put(addition, added) == "stored"
    assert person.put(person.person.withdrawal()) == "stored"
    assert person.fetch(digest_of(added)) is None
    # What the station has goes here at once; what it has not stays until it has.
    assert pieces_at(house, fetched) == {"station"}
    assert pieces_at(house, added) == {"intake"}
    house.carry()
    house.confirm()
    assert pieces_at(house, added) == {"station"}
    told = refused(house, "destroy", *house.shares(1, 2))
    assert WHY in told
    assert str(last) in told
    assert pieces_at(house, fetched) == {"station"}
    house.reviewer("hold", f"--end={said['hold']['id']}", "--yes", *house.shares(1, 3))
    house.reviewer("destroy", *house.shares(1, 2))
    house.confirm()
    assert pieces_at(house, fetched) | pieces_at(house, added) == set()
    assert status(house)["holds"] == []
    (receipt,) = person.index().entries
    notice = person.person.open_notice(person.fetch(receipt.digest) or b"")
    assert (notice.kind, notice.days) == ("destruction", 90)


@pytest.mark.timeout(280)
def test_an_older_station_learns_what_was_forgotten_and_what_was_taken_back(house: House, http: httpx.Client) -> None:
    kept, gone = visitor(house, http), visitor(house, http)
    first, second = kept.write(), gone.write()
    shutil.copytree(house.station, house.folder / "older")
    house.carry()
    house.confirm()
    backdate(house)
    assert house.intake.run("forget", "--json").json["letters"] == 2
    assert pieces_at(house, first) == {"station"}
    assert gone.put(gone.person.withdrawal()) == "stored"
    # Forgotten here, and everything can still be done.
    assert kept.put(kept.person.addition("Something that I remembered.")) == "stored"
    house.carry()
    # The newest copy burns; an older one gets every bundle again.
    shutil.rmtree(house.station)
    (house.folder / "older").rename(house.station)
    shutil.rmtree(house.medium)
    house.medium.mkdir()
    for number in (1, 2):
        house.intake.run("export", "--to", str(house.medium), "--again", str(number))
        bundle = house.medium / f"intake-0001-{number:06}.heard"
        said = json.loads(house.reviewer("import", str(bundle), "--json", *house.shares(1, 3)))
        if number == 1:
            assert (said["missing"], said["destroyed"]) == (1, 1)
    listed = house.reviewer("list")
    assert {line.split()[-1] for line in listed.splitlines() if digest_of(first).hex()[:12] in line} == {"missing"}
    assert {line.split()[-1] for line in listed.splitlines() if digest_of(second).hex()[:12] in line} == {"destroyed"}
    assert "MISSING" in house.reviewer("status")


def backdate(house: House) -> None:
    store = store_of(house.intake)
    with store._engine.begin() as connection:
        connection.execute(schema.letters.update().values(confirmed_day=today() - timedelta(days=5)))
    store.close()


@pytest.mark.timeout(280)
def test_a_new_generation_brings_holds_and_names_what_neither_side_has(house: House, http: httpx.Client) -> None:
    """Both sides were restored from older copies: the hold comes again, a forgotten letter is missing and not destroyed."""
    person = visitor(house, http)
    house.reviewer("hold", f"--to={today()}", f"--text={WHY}", "--yes", *house.shares(1, 2))
    shutil.copytree(house.station, house.folder / "older")
    sealed = person.write()
    house.carry()
    house.confirm()
    backdate(house)
    assert house.intake.run("forget", "--json").json["letters"] == 1
    shutil.rmtree(house.station)
    (house.folder / "older").rename(house.station)
    shutil.rmtree(house.medium)
    house.medium.mkdir()
    store = store_of(house.intake)
    with store._engine.begin() as connection:
        connection.execute(schema.holds.delete())  # as in a backup from before it
    store.close()
    house.reviewer("resync", "--to", str(house.medium), *house.shares(1, 2))
    bundle = str(max(house.medium.glob("station-*.heard")))
    assert house.intake.run("import", bundle, check=False).status == 1
    assert status(house)["holds"] == []  # so far it was only found out what it would come to
    assert house.intake.run("import", bundle, "--new-generation", "--json").json["lost"] == 1
    assert [hold["text"] for hold in status(house)["holds"]] == [WHY]
    house.carry()
    assert digest_of(sealed).hex()[:12] in "".join(
        line for line in house.reviewer("list").splitlines() if line.endswith("missing")
    )
    assert "MISSING: the files of 1 letters" in house.reviewer("status")
