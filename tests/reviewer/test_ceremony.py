import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crypto.card import parse_card, verify_succession
from reviewer.custody.ceremony import Plan, hold
from reviewer.custody.share_file import parse_share
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS
from reviewer.errors import CeremonyError, FolderError, PassphraseError
from reviewer.files import write_new
from tests.reviewer.panel import PASSPHRASES, PLAN, Panel, reviewer, reviewer_process

ALONE = replace(PLAN, threshold=1, custodians=1, demonstration=True)


def passphrase_files(folder: Path, *passphrases: str) -> list[str]:
    arguments = []
    for number, passphrase in enumerate(passphrases):
        path = folder / f"words-{number}"
        path.touch(0o600)
        path.write_text(passphrase + "\n")
        arguments += ["--passphrase-file", str(path)]
    return arguments


def ceremony(folder: Path, *more: str, passphrases: tuple[str, ...] = PASSPHRASES, code: int = 0) -> str:
    arguments = ["ceremony", "--inquiry", "an-inquiry", "--to", str(folder / "shares"), *more]
    done = reviewer_process(*arguments, *passphrase_files(folder, *passphrases), station=folder / "station", code=code)
    return done.stdout + done.stderr


def test_a_ceremony_from_the_command_line(tmp_path: Path) -> None:
    said = ceremony(tmp_path, "--threshold", "2", "--custodians", "3", "--valid-from", "2026-11-23")
    files = {path.name: path for path in (tmp_path / "shares").iterdir()}
    assert set(files) == {"share-1-of-3.json", "share-2-of-3.json", "share-3-of-3.json", "panel.card"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert stat.S_IMODE((tmp_path / "shares").stat().st_mode) == 0o700
    card = parse_card(files["panel.card"].read_bytes())
    assert (card.threshold, card.custodians, card.epoch, card.demonstration) == (2, 3, 1, False)
    assert (card.valid_from, card.valid_to) == (date(2026, 11, 23), date(2028, 11, 23))
    assert " ".join(card.fingerprint_words[0]) in said
    assert "DEMONSTRATION" not in said
    assert (tmp_path / "station" / "cards" / "0001.card").read_bytes() == files["panel.card"].read_bytes()


def test_one_custodian_alone_only_for_a_demonstration(tmp_path: Path) -> None:
    alone = ("--threshold", "1", "--custodians", "1")
    said = ceremony(tmp_path, *alone, passphrases=PASSPHRASES[:1], code=1)
    assert "--demonstration" in said
    assert not (tmp_path / "shares").exists()
    said = ceremony(tmp_path, *alone, "--demonstration", "--json", passphrases=PASSPHRASES[:1])
    assert "DEMONSTRATION" in said
    (share,) = (tmp_path / "shares").glob("share-*")
    assert "DEMONSTRATION" in share.name
    assert "DEMONSTRATION" in share.read_text()
    assert json.loads(said[: said.rindex("}") + 1])["demonstration"] is True
    assert parse_card((tmp_path / "shares" / "panel.card").read_bytes()).demonstration
    assert "DEMONSTRATION" in reviewer("status", station=tmp_path / "station").stdout


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, threshold=1),
        replace(PLAN, inquiry="An Inquiry"),
        replace(PLAN, inquiry="a" * 65),
        replace(PLAN, epoch=0),
        replace(PLAN, epoch=10_000),
        replace(PLAN, threshold=4),
        replace(PLAN, custodians=17),
        replace(PLAN, valid_to=date(2026, 10, 31)),
        replace(PLAN, demonstration=True),
    ],
)
def test_plans_that_protect_nothing_are_refused(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(CeremonyError):
        hold(plan, PASSPHRASES, tmp_path / "shares", profile=CHEAPEST_FOR_TESTS)
    assert not (tmp_path / "shares").exists()


@pytest.mark.parametrize("weak", ["", "too short", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_weak_passphrases_are_refused_with_advice(weak: str, tmp_path: Path) -> None:
    with pytest.raises(PassphraseError, match="unrelated words") as caught:
        hold(PLAN, (*PASSPHRASES[:2], weak), tmp_path / "shares", profile=CHEAPEST_FOR_TESTS)
    assert not weak or weak not in str(caught.value)
    assert not (tmp_path / "shares").exists()


def test_a_new_epoch_that_nobody_signed_is_told(panel: Panel, tmp_path: Path) -> None:
    reviewer("card", str(panel.folder / "panel.card"), station=tmp_path / "station")
    arguments = ["ceremony", "--threshold", "2", "--custodians", "3", "--epoch", "2", "--to", str(tmp_path / "next")]
    said = reviewer(*arguments, *passphrase_files(tmp_path, *PASSPHRASES), station=tmp_path / "station")
    assert "will refuse the new one" in said.stderr


@pytest.mark.parametrize("name", ["share-2-of-3.json", "panel.card"])
def test_nothing_is_overwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("precious")
    with pytest.raises(FolderError, match="not overwritten"):
        hold(PLAN, PASSPHRASES, tmp_path, profile=CHEAPEST_FOR_TESTS)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "precious")]


def test_what_cannot_be_read_back_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A medium that damages one byte of one share, planted."""

    def damaging(path: Path, content: bytes) -> None:
        write_new(path, content.replace(b'"number": 3', b'"number": 2'))

    monkeypatch.setattr("reviewer.custody.dealing.write_new", damaging)
    with pytest.raises(CeremonyError, match="could not be read back"):
        hold(PLAN, PASSPHRASES, tmp_path, profile=CHEAPEST_FOR_TESTS)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert len(hold(PLAN, PASSPHRASES, tmp_path, profile=CHEAPEST_FOR_TESTS).shares) == 3


def test_the_next_epoch_is_signed_by_the_one_before(panel: Panel, tmp_path: Path) -> None:
    station = tmp_path / "station"
    reviewer("card", str(panel.folder / "panel.card"), station=station)
    before = [
        part.replace("--share", "--previous-share").replace("--passphrase", "--previous-passphrase")
        for part in panel.shares(2, 3)
    ]
    arguments = ["ceremony", "--threshold", "2", "--custodians", "3", "--epoch", "2", "--to", str(tmp_path / "next")]
    reviewer(*arguments, *before, *passphrase_files(tmp_path, *PASSPHRASES), station=station)
    card = parse_card((tmp_path / "next" / "panel.card").read_bytes())
    assert (card.inquiry, card.epoch) == (panel.card.inquiry, 2)
    verify_succession(card, panel.card)
    # The same epoch again would leave two keys under one name.
    arguments[-1] = str(tmp_path / "again")
    said = reviewer(*arguments, *passphrase_files(tmp_path, *PASSPHRASES), station=station, code=1)
    assert "choose another --epoch" in said.stderr
    assert not (tmp_path / "again").exists()


def test_a_demonstration_never_shares_a_station_with_a_panel(panel: Panel, tmp_path: Path) -> None:
    reviewer("card", str(panel.folder / "panel.card"), station=tmp_path / "station")
    alone = [
        "--threshold",
        "1",
        "--custodians",
        "1",
        "--demonstration",
        "--inquiry",
        panel.card.inquiry,
        "--epoch",
        "2",
    ]
    files = passphrase_files(tmp_path, PASSPHRASES[0])
    said = reviewer("ceremony", *alone, "--to", str(tmp_path / "x"), *files, station=tmp_path / "station", code=1)
    assert "never share a station" in said.stderr


def test_the_root_is_nowhere_on_disk(panel: Panel) -> None:
    secrets = [panel.root.root, panel.root.identity.seed]
    spelt = [form for secret in secrets for form in (secret, secret.hex().encode())]
    contents = [path.read_bytes() for path in panel.folder.iterdir()]
    assert not any(form in content for form in spelt for content in contents)
    planted = panel.root.root.hex().encode()
    assert any(form in planted for form in spelt)
    assert parse_share(panel.share(1).read_bytes()).header.card == panel.card.fingerprint.hex()
