"""Legal holds at the intake: taken in only as the panel signed them, and told before anybody writes."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from crypto.bundle import RecordKind
from crypto.card import encode_card
from crypto.hold import hold_digest
from crypto.notice import Notice, encode_notice
from intake import holds
from intake.clock import today
from intake.holds import HoldBoard, ShownHolds, shown_holds
from intake.store import Store
from tests.crypto import samples
from tests.crypto.test_hold import hold
from tests.crypto.test_notice import notice
from tests.intake.installed import Installed, store_of
from tests.intake.plain import Plain
from tests.intake.test_transfer import station_bundle
from tests.intake.unscripted.people import Scripted

WHY = "A court has asked that <nothing> is destroyed."
LAST = today() + timedelta(days=90)


def current(sequence: int = 1, replaces: Notice | None = None, **changes: Any) -> Notice:
    days = {"valid_from": str(today() - timedelta(days=1)), "valid_to": str(LAST), "text": WHY}
    return hold(sequence, replaces, **days | changes)


IN_FORCE = current()


def bundle(folder: Path, holds: Sequence[bytes], **fields: Any) -> Path:
    return station_bundle(folder, [(RecordKind.HOLD, one) for one in holds], **fields)[0]


def stored(installed: Installed) -> list[str]:
    store = store_of(installed)
    found = [hold_digest(one) for one in store.holds()]
    store.close()
    return found


def test_a_hold_is_taken_in_and_told(installed: Installed, tmp_path: Path) -> None:
    path = bundle(tmp_path / "back", [encode_notice(IN_FORCE)])
    said = installed.run("import", str(path))
    assert f"LEGAL HOLD from {IN_FORCE.valid_from} to {LAST}" in said.out
    assert stored(installed) == [hold_digest(IN_FORCE)]


FORGED = {
    "altered": encode_notice(IN_FORCE).replace(b"A court", b"Nobody!"),
    "another panel": encode_notice(hold(root=samples.NEXT_ROOT)),
    "an epoch without a card": encode_notice(hold(root=samples.NEXT_ROOT, epoch=2)),
    "another inquiry": encode_notice(hold(inquiry="another-inquiry")),
    "no hold": encode_notice(notice("reply")),
    "names two": encode_notice(notice("hold")),
    "not canonical": encode_notice(IN_FORCE) + b" ",
    "cut": encode_notice(IN_FORCE)[:-1],
    "nothing": b"",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_hold_refuses_its_whole_bundle(installed: Installed, tmp_path: Path, forged: bytes) -> None:
    path = bundle(tmp_path / "back", [encode_notice(IN_FORCE), forged])
    said = installed.run("import", str(path), check=False)
    assert (said.status, said.out) == (1, "")
    assert "did not sign" in said.err
    assert stored(installed) == []
    # Nothing was changed: the true bundle of the same place is taken in.
    installed.run("import", str(bundle(tmp_path / "true", [encode_notice(IN_FORCE)])))


def test_a_hold_of_the_next_epoch_comes_with_its_card(installed: Installed, tmp_path: Path) -> None:
    card = samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT)
    later = current(root=samples.NEXT_ROOT, epoch=2)
    records = [(RecordKind.HOLD, encode_notice(later)), (RecordKind.CARD, encode_card(card))]
    installed.run("import", str(station_bundle(tmp_path / "back", records)[0]))
    assert stored(installed) == [hold_digest(later)]


def test_what_is_replayed_neither_revives_nor_ends(installed: Installed, tmp_path: Path) -> None:
    end = current(2, IN_FORCE, valid_to=str(today() - timedelta(days=1)))
    other = current(3, text="Another reason.")
    previous, records = "0" * 64, [IN_FORCE, end, other, IN_FORCE, end]
    for sequence, one in enumerate(records, 1):
        path, previous = station_bundle(
            tmp_path / "back", [(RecordKind.HOLD, encode_notice(one))], sequence=sequence, previous=previous
        )
        installed.run("import", str(path))
        in_force = [held["text"] for held in installed.run("status", "--json").json["holds"] if held["in_force"]]
        assert in_force == [[WHY], [], ["Another reason."], ["Another reason."], ["Another reason."]][sequence - 1]
    assert len(stored(installed)) == 3


def test_a_backup_keeps_holds(installed: Installed, tmp_path: Path) -> None:
    installed.run("import", str(bundle(tmp_path / "back", [encode_notice(IN_FORCE)])))
    installed.run("backup", "--to", str(tmp_path / "heard.backup"))
    other = Installed(tmp_path / "other")
    other.run("restore", str(tmp_path / "heard.backup"))
    assert stored(other) == [hold_digest(IN_FORCE)]


# What pages say


@pytest.fixture
def held(installed: Installed, tmp_path: Path) -> Iterator[httpx.Client]:
    installed.run("import", str(bundle(tmp_path / "back", [encode_notice(IN_FORCE)])))
    with installed.start() as http:
        yield http


def test_every_page_tells_it_before_anything_is_typed(held: httpx.Client) -> None:
    for path, field in (("/", "Write here"), ("/share", "<textarea"), ("/return", "words_typed")):
        html = held.get(path).text
        told = html.index("A court has asked that &lt;nothing&gt; is destroyed.")
        assert told < html.index(field, html.index("<h1"))
        assert f"– {LAST})" in html
    listed = re.search(r'data-holds="([^"]*)"', held.get("/return").text)
    assert listed is not None
    assert unescape(listed[1]).encode() == encode_notice(IN_FORCE)


def test_a_form_that_comes_back_tells_it_too(held: httpx.Client) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    for path, body in (("/share", "seed=" + "ab" * 32), ("/return", "action=open&words_typed=seven+wrong+words")):
        answer = held.post(path, content=body, headers=form)
        assert answer.status_code >= 400
        assert "A legal hold is in force" in answer.text


def test_without_scripts_it_is_told_after_opening_and_before_taking_back(held: httpx.Client) -> None:
    person = Scripted(samples.card()).send_account(held)
    plain = Plain(held)
    plain.enter(" ".join(person.words.words))
    assert f"– {LAST})" in plain.html
    assert plain.html.index("A legal hold is in force") < plain.html.index("What you sent")
    plain.choose("keep", "nothing").press("Next")
    assert "Are you sure?" in plain.html
    assert "What it has not fetched stays there, sealed" in plain.html
    assert f"– {LAST})" in plain.html


def test_without_a_hold_nothing_is_told(installed: Installed, tmp_path: Path) -> None:
    """The control, with one that is over and one that was ended."""
    over = hold(3, valid_from="2026-01-01", valid_to="2026-01-31", text=WHY)
    end = current(2, IN_FORCE, valid_to=str(today() - timedelta(days=1)))
    installed.run("import", str(bundle(tmp_path / "back", [encode_notice(one) for one in (IN_FORCE, end, over)])))
    with installed.start() as http:
        for path in ("/", "/share", "/return"):
            html = http.get(path).text
            assert "A legal hold is in force" not in html
            assert "data-holds" not in html


# The board


def test_what_was_known_is_still_told_while_the_database_is_away(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.run("import", str(bundle(tmp_path / "back", [encode_notice(IN_FORCE)])))
    monkeypatch.setattr(holds, "SECONDS_BETWEEN", 0)
    store = store_of(installed)
    board = HoldBoard(store, today)
    assert asyncio.run(board.shown()) == shown_holds([IN_FORCE])
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE holds")
    assert asyncio.run(board.shown()).text == shown_holds([IN_FORCE]).text
    store.close()


def test_the_database_is_not_asked_for_every_page(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Store] = []

    def ask(store: Store) -> list[Notice]:
        asked.append(store)
        return []

    monkeypatch.setattr(Store, "holds", ask)
    board = HoldBoard(sqlite_store, today)
    for _ in range(5):
        assert asyncio.run(board.shown()) == ShownHolds()
    assert len(asked) == 1
