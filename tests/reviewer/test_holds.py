"""Legal holds at the station: published and ended by the quorum, carried every time, and nothing is destroyed meanwhile."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import RecordKind
from crypto.hold import parse_hold, verify_hold
from crypto.notice import Notice
from crypto.panel import PanelRoot
from intake.settings import Settings
from reviewer.destroying import REMNANT_DAYS, Destroyer
from reviewer.errors import DestructionError, HoldError
from reviewer.holding import Holds
from reviewer.ledger import Ledger
from reviewer.opening import Unlocked
from reviewer.station import Station
from reviewer.vault import Vault
from tests.reviewer.panel import PLAN, Intake, Panel, reviewer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_threads import account, sent_back, signed, states, take
from tests.threads.survivor import Survivor

WHY = "A court has asked that nothing is destroyed for now."
TODAY = date.today()
SOON, LATER = TODAY + timedelta(days=30), TODAY + timedelta(days=60)


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def hold(station: Station, panel: Panel, *arguments: str, code: int = 0) -> Any:
    done = reviewer("hold", *arguments, *panel.shares(1, 2), "--json", station=station.root, code=code)
    return json.loads(done.stdout)["hold"] if code == 0 else done.stderr


def publish(station: Station, panel: Panel, last: date = SOON, text: str = WHY) -> str:
    name: str = hold(station, panel, f"--to={last}", f"--text={text}", "--yes")["id"]
    return name


def listed(station: Station) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(reviewer("hold", "--json", station=station.root).stdout)["holds"]
    return found


def holds_in(records: Sequence[tuple[RecordKind, bytes]]) -> list[Notice]:
    return [parse_hold(body) for kind, body in records if kind == RecordKind.HOLD]


def held(station: Station) -> set[str]:
    return {path.stem for path in station.letters.rglob("*.age")}


def test_a_hold_is_listed_without_shares_and_carried(station: Station, panel: Panel, tmp_path: Path) -> None:
    assert reviewer("hold", station=station.root).stdout == "There is no legal hold.\n"
    publish(station, panel)
    (known,) = listed(station)
    assert (known["from"], known["to"], known["state"], known["sent"]) == (str(TODAY), str(SOON), "in force", False)
    assert WHY in reviewer("hold", station=station.root).stdout
    assert f"LEGAL HOLD from {TODAY} to {SOON}" in reviewer("status", station=station.root).stdout
    (carried,) = holds_in(sent_back(station, panel, tmp_path / "back"))
    verify_hold(carried, [panel.card])
    assert (carried.text, carried.digests, carried.sequence) == (WHY, (), 1)
    assert listed(station)[0]["sent"]


def test_every_bundle_from_then_on_carries_all_of_them(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    """An intake side that was restored from a backup is told again."""
    publish(station, panel)
    first = holds_in(sent_back(station, panel, tmp_path / "first"))
    take(station, panel, intake, [panel.record(panel.write())])
    publish(station, panel, LATER, "Another reason.")
    assert holds_in(sent_back(station, panel, tmp_path / "second"))[:1] == first
    assert len(holds_in(sent_back_after(station, panel, intake, tmp_path / "third"))) == 2


def sent_back_after(station: Station, panel: Panel, intake: Intake, folder: Path) -> list[tuple[RecordKind, bytes]]:
    take(station, panel, intake, [panel.record(panel.write())])
    return sent_back(station, panel, folder)


def test_while_it_lasts_nothing_is_destroyed(station: Station, panel: Panel, intake: Intake, person: Survivor) -> None:
    first = account(person)
    take(station, panel, intake, [first, signed(person, person.withdrawal())])
    name = publish(station, panel)
    assert f"in force until {SOON}" in reviewer("destroy", station=station.root).stdout
    refused = reviewer("destroy", *panel.shares(1, 2), station=station.root, code=1).stderr
    assert str(SOON) in refused
    assert WHY in refused
    assert first.digest.hex() in held(station)
    # Withdrawn all the same: nobody reads it.
    assert states(station, [first]) == ["withdrawn"]
    reviewer("read", first.digest.hex(), *panel.shares(1, 2), station=station.root, code=1)
    hold(station, panel, f"--end={name[:8]}", "--yes")
    assert "1 letter" in reviewer("destroy", *panel.shares(1, 2), station=station.root).stdout
    assert first.digest.hex() not in held(station)


def test_it_is_asked_before_any_passphrase(station: Station, panel: Panel) -> None:
    publish(station, panel)
    done = reviewer("destroy", f"--share={panel.share(1)}", "--passphrase-file=nowhere", station=station.root, code=1)
    assert "legal hold" in done.stderr


def test_a_hold_that_is_over_or_to_come_holds_nothing(station: Station, panel: Panel) -> None:
    hold(station, panel, f"--from={SOON}", f"--to={LATER}", f"--text={WHY}", "--yes")
    assert listed(station)[0]["state"] == "to come"
    assert "0 letter" in reviewer("destroy", *panel.shares(1, 2), station=station.root).stdout
    with opened(station, panel) as holds:
        holds.require_none(SOON - timedelta(days=1))
        for day in (SOON, LATER):
            with pytest.raises(HoldError):
                holds.require_none(day)
        holds.require_none(LATER + timedelta(days=1))


@contextmanager
def opened(station: Station, panel: Panel) -> Iterator[Holds]:
    ledger = Ledger(station.ledger)
    yield Holds(ledger, Vault(station.letters), [panel.card])
    ledger.close()


def test_ending_is_a_notice_that_takes_its_place(station: Station, panel: Panel, tmp_path: Path) -> None:
    first, second = publish(station, panel), publish(station, panel, LATER, "Another reason.")
    sent_back(station, panel, tmp_path / "first")
    ended = hold(station, panel, f"--end={first}", "--yes")
    assert (ended["replaces"], ended["to"], ended["text"]) == (first, str(TODAY - timedelta(days=1)), WHY)
    assert [one["state"] for one in listed(station)] == ["replaced", "in force", "past"]
    # The other one still holds.
    assert "Another reason." in reviewer("destroy", *panel.shares(1, 2), station=station.root, code=1).stderr
    carried = holds_in(sent_back(station, panel, tmp_path / "second"))
    assert [one.sequence for one in carried] == [1, 2, 3]
    assert "No one hold" in reviewer("hold", f"--end={first}", "--yes", station=station.root, code=1).stderr
    hold(station, panel, f"--end={second}", f"--to={SOON}", "--text=It ends sooner.", "--yes")
    assert [one["state"] for one in listed(station)] == ["replaced", "replaced", "past", "in force"]


def test_a_hold_ends_earlier_and_never_later(station: Station, panel: Panel) -> None:
    name = publish(station, panel)
    for last in (SOON, LATER):
        assert "ends on" in hold(station, panel, f"--end={name}", f"--to={last}", "--yes", code=1)
    assert "no first" in hold(station, panel, f"--end={name}", f"--from={TODAY}", "--yes", code=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([f"--from={TODAY}"], "until when"),
        ([f"--to={TODAY - timedelta(days=1)}", f"--text={WHY}"], "not over already"),
        ([f"--from={LATER}", f"--to={SOON}", f"--text={WHY}"], "not before its first"),
        ([f"--to={SOON}"], "--text"),
        ([f"--to={SOON}", "--text= "], "plain language"),
        ([f"--to={SOON}", "--text=" + "a" * 2_001], "2000 characters"),
        (["--end=ffffffff"], "No one hold"),
    ],
)
def test_what_nobody_could_act_on_is_refused(station: Station, panel: Panel, arguments: list[str], said: str) -> None:
    assert said in hold(station, panel, *arguments, "--yes", code=1)
    assert listed(station) == []


def test_one_share_publishes_nothing(station: Station, panel: Panel) -> None:
    arguments = [f"--to={SOON}", f"--text={WHY}", "--yes"]
    assert "2 shares" in reviewer("hold", *arguments, *panel.shares(1), station=station.root, code=1).stderr


def test_at_a_terminal_it_is_shown_and_asked_once_more(station: Station, panel: Panel) -> None:
    arguments = ["hold", f"--to={SOON}", f"--text={WHY}", *panel.shares(1, 2)]
    for answer, status in (("no", 1), ("yes", 0)):
        with Terminal(*arguments, station=station.root) as terminal:
            terminal.wait_for(WHY)
            terminal.wait_for("Type yes:")
            terminal.type(answer)
            assert terminal.finish() == status
        assert len(listed(station)) == (answer == "yes")


def test_a_hold_that_was_altered_here_is_not_believed(station: Station, panel: Panel) -> None:
    """Not even as if there were none: destroying waits until the copy is restored."""
    name = publish(station, panel)
    path = next(station.letters.rglob(name + ".age"))
    path.write_bytes(path.read_bytes().replace(WHY.encode(), b"Nothing is held any more."))
    assert "restore the station" in reviewer("destroy", *panel.shares(1, 2), station=station.root, code=1).stderr
    path.unlink()
    assert "restore the station" in reviewer("destroy", *panel.shares(1, 2), station=station.root, code=1).stderr


def test_a_hold_of_a_later_epoch_needs_its_card_at_the_other_side(
    station: Station, panel: Panel, tmp_path: Path
) -> None:
    later = Panel.held(tmp_path / "later", replace(PLAN, epoch=2), panel.root)
    # The case store is there before the epoch ends, and opens with the shares of both then.
    reviewer("log", *panel.shares(1, 2), station=station.root)
    station.install_card(later.card)
    reviewer("log", *panel.shares(1, 2), station=station.root)
    hold(station, later, f"--to={SOON}", f"--text={WHY}", "--yes")
    back = [f"--to={tmp_path / 'back'}", *panel.shares(1, 2)]
    assert "--card" in reviewer("export", *back, station=station.root, code=1).stderr
    reviewer("export", *back, f"--card={later.folder / 'panel.card'}", station=station.root)


# Two people


def destroyer(station: Station, ledger: Ledger, unlocked: Unlocked) -> Destroyer:
    return Destroyer(ledger, vault := Vault(station.letters), Holds(ledger, vault, [unlocked.card]), [unlocked])


def test_destroying_takes_two_people_even_where_one_share_opens(
    station: Station, panel: Panel, intake: Intake, person: Survivor
) -> None:
    first = account(person)
    take(station, panel, intake, [first, signed(person, person.withdrawal())])
    card = replace(panel.card, threshold=1)
    ledger = Ledger(station.ledger)
    for custodians in ((), (1,), (2, 2)):
        with pytest.raises(DestructionError, match="two people"):
            destroyer(station, ledger, Unlocked(card, panel.root, custodians)).destroy(TODAY)
    assert first.digest.hex() in held(station)
    assert destroyer(station, ledger, Unlocked(card, panel.root, (1, 3))).destroy(TODAY) == 1
    ledger.close()


def test_only_a_demonstration_of_one_is_alone(station: Station, panel: Panel) -> None:
    reviewer("status", station=station.root)
    root: PanelRoot = panel.root
    ledger = Ledger(station.ledger)
    alone = replace(panel.card, threshold=1, custodians=1, demonstration=True)
    assert destroyer(station, ledger, Unlocked(alone, root, (1,))).destroy(TODAY) == 0
    for card in (replace(alone, demonstration=False), replace(alone, custodians=3)):
        with pytest.raises(DestructionError):
            destroyer(station, ledger, Unlocked(card, root, (1,))).destroy(TODAY)
    ledger.close()


def test_receipts_say_what_the_pages_say() -> None:
    assert Settings().remnant_days == REMNANT_DAYS


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_remnants_last_for_some_days(station: Station, panel: Panel, days: int) -> None:
    done = reviewer("destroy", f"--remnant-days={days}", *panel.shares(1, 2), station=station.root, code=1)
    assert "from 1 to 3650" in done.stderr
