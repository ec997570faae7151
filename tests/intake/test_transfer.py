"""Bundles out and in: shuffled, repeatable, interrupted and resumed; what does not belong changes nothing."""

import hashlib
import io
import stat
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.bundle import (
    FIRST_PREVIOUS,
    BundleHeader,
    BundleReader,
    BundleWriter,
    Direction,
    RecordKind,
    sign_bundle,
    verify_bundle,
)
from crypto.card import PanelCard, encode_card
from crypto.minisigning import SigningKey, VerifyKey
from crypto.panel import PanelRoot
from crypto.records import Confirmation, LetterRecord, NoticeRecord
from intake import exporting, schema
from intake.rows import NewLetter
from tests.crypto import samples
from tests.intake.conftest import new_letter
from tests.intake.installed import Installed, store_of

INWARD: Direction = "station to intake"


def put(installed: Installed, *letters: NewLetter) -> None:
    store = store_of(installed)
    store.add(letters)
    store.close()


def export(installed: Installed, *arguments: str) -> list[Path]:
    target = installed.data.parent / "export"
    target.mkdir(exist_ok=True)
    said = installed.run("export", "--to", str(target), "--json", *arguments)
    return [Path(entry["bundle"]) for entry in said.json["bundles"]]


def letters_in(path: Path) -> list[LetterRecord]:
    with path.open("rb") as source:
        return [LetterRecord.parse(record.body) for record in BundleReader(source)]


def public_key(installed: Installed) -> VerifyKey:
    return VerifyKey.parse((installed.data / "intake.pub").read_text())


def station_bundle(
    folder: Path,
    records: Sequence[tuple[RecordKind, bytes]],
    *,
    sequence: int = 1,
    previous: str = FIRST_PREVIOUS,
    root: PanelRoot = samples.ROOT,
    **header: object,
) -> tuple[Path, str]:
    """Write a bundle as the station would and return it with its chain value."""
    folder.mkdir(exist_ok=True)
    fields = {"direction": INWARD, "inquiry": "heard-demonstration", "epoch": 1, "generation": 1, **header}
    target = io.BytesIO()
    writer = BundleWriter(target, BundleHeader(**fields, sequence=sequence, previous=previous))  # type: ignore[arg-type]  # some tests give wrong ones
    for kind, body in records:
        writer.add(kind, body)
    summary = writer.finish()
    path = folder / f"station-0001-{sequence:06}.heard"
    path.write_bytes(target.getvalue())
    path.with_name(path.name + ".minisig").write_bytes(sign_bundle(target, summary, root.minisign_key))
    return path, summary.chain


def outcomes(installed: Installed) -> dict[bytes, str | None]:
    store = store_of(installed)
    with store._engine.connect() as connection:
        rows = connection.execute(select(schema.letters.c.digest, schema.letters.c.confirmed)).all()
    store.close()
    return dict(rows)


def test_export_holds_each_letter_once_in_the_order_of_digests(installed: Installed) -> None:
    letters = [new_letter() for _ in range(12)]
    put(installed, *letters)
    (path,) = export(installed)
    assert path.name == "intake-0001-000001.heard"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = letters_in(path)
    assert [record.digest for record in held] == sorted(letter.digest for letter in letters)
    assert {record.week for record in held} == {202648}
    with path.open("rb") as source:
        signature = path.with_name(path.name + ".minisig").read_bytes()
        summary = verify_bundle(source, signature, public_key(installed))
    assert (summary.count, summary.header.previous) == (12, FIRST_PREVIOUS)
    assert export(installed) == []


def test_order_of_arrival_does_not_show(installed: Installed) -> None:
    letters = sorted((new_letter() for _ in range(6)), key=lambda letter: letter.digest)
    for letter in reversed(letters):
        put(installed, letter)
    (path,) = export(installed)
    assert [record.digest for record in letters_in(path)] == [letter.digest for letter in letters]


def test_next_bundle_follows_the_last_and_holds_only_new_letters(installed: Installed) -> None:
    put(installed, new_letter())
    (first,) = export(installed)
    later = new_letter(day=date(2027, 1, 3))
    put(installed, later)
    (second,) = export(installed)
    assert [(record.digest, record.week) for record in letters_in(second)] == [(later.digest, 202653)]
    with first.open("rb") as source:
        reader = BundleReader(source)
        list(reader)
        assert reader.summary is not None
        chain = reader.summary.chain
    with second.open("rb") as source:
        assert BundleReader(source).header.previous == chain


def test_export_again_is_the_same_to_the_byte(installed: Installed, tmp_path: Path) -> None:
    put(installed, *(new_letter() for _ in range(5)))
    (first,) = export(installed)
    signature = first.with_name(first.name + ".minisig")
    before = first.read_bytes(), signature.read_bytes()
    first.unlink()
    signature.unlink()
    put(installed, new_letter())
    (again,) = export(installed, "--again", "1")
    assert (again.read_bytes(), signature.read_bytes()) == before
    said = installed.run("export", "--to", str(tmp_path), "--again", "2", check=False)
    assert (said.status, "no bundle 2" in said.err) == (1, True)


def test_empty_bundle_only_when_asked_for(installed: Installed) -> None:
    assert export(installed) == []
    (path,) = export(installed, "--empty")
    assert letters_in(path) == []


def test_interrupted_export_is_finished_before_anything_new(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = new_letter()
    put(installed, early)

    def fail(*_arguments: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "sign_bundle", fail)
        target = installed.data.parent / "export"
        target.mkdir()
        assert installed.run("export", "--to", str(target), check=False).status == 130
    assert list(target.iterdir()) == []
    late = new_letter()
    put(installed, late)
    first, second = export(installed)
    assert [record.digest for record in letters_in(first)] == [early.digest]
    assert [record.digest for record in letters_in(second)] == [late.digest]


def test_export_says_what_is_missing(installed: Installed, tmp_path: Path) -> None:
    put(installed, new_letter())
    said = installed.run("export", "--to", str(tmp_path / "not-mounted"), check=False)
    assert "is the medium mounted?" in said.err
    (installed.data / "intake.key").unlink()
    said = installed.run("export", "--to", str(tmp_path), check=False)
    assert "no intake.key" in said.err
    assert store_of(installed).count() == (1, 1)


def test_letters_that_were_altered_are_noticed_when_exported_again(installed: Installed) -> None:
    put(installed, new_letter(), new_letter())
    export(installed)
    store = store_of(installed)
    with store._engine.begin() as connection:
        connection.execute(schema.envelopes.update().values(sealed=bytes(65_536)))
    store.close()
    said = installed.run("export", "--to", str(installed.data), "--again", "1", check=False)
    assert "would not be what it was" in said.err


def test_confirmations_come_back(installed: Installed, tmp_path: Path) -> None:
    letters = [new_letter(), new_letter(), new_letter()]
    put(installed, *letters)
    records = [
        (RecordKind.CONFIRMATION, Confirmation(letters[0].digest, "imported").encode()),
        (RecordKind.CONFIRMATION, Confirmation(letters[1].digest, "set aside").encode()),
    ]
    path, chain = station_bundle(tmp_path / "medium", records)
    said = installed.run("import", str(path), "--json")
    assert said.json == {
        "purpose": "panel",
        "sequence": 1,
        "confirmed": 2,
        "closed": 0,
        "cards": [],
        "holds": [],
    }
    assert outcomes(installed) == {
        letters[0].digest: "imported",
        letters[1].digest: "set aside",
        letters[2].digest: None,
    }
    path, _ = station_bundle(tmp_path / "medium", [], sequence=2, previous=chain)
    assert installed.run("import", str(path), "--json").json["sequence"] == 2
    assert not list(installed.data.glob(".incoming*"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"root": samples.NEXT_ROOT}, "does not verify"),
        ({"direction": "intake to station"}, "goes from here to the station"),
        ({"inquiry": "another-inquiry"}, "has no card here"),
        ({"epoch": 2}, "has no card here"),
        ({"generation": 2, "sequence": 2}, "has not begun here"),
        ({"generation": 2}, "does not begin its generation"),
        ({"sequence": 2, "previous": "ab" * 32}, "Bundle 1 is missing"),
        ({"previous": "ab" * 32}, "does not follow"),
    ],
)
def test_a_foreign_or_misplaced_bundle_changes_nothing(
    installed: Installed, tmp_path: Path, change: dict[str, object], says: str
) -> None:
    letter = new_letter()
    put(installed, letter)
    records = [(RecordKind.CONFIRMATION, Confirmation(letter.digest, "imported").encode())]
    path, _ = station_bundle(tmp_path / "medium", records, **change)  # type: ignore[arg-type]  # wrong on purpose
    said = installed.run("import", str(path), check=False)
    assert said.status == 1
    assert says in said.err
    assert outcomes(installed) == {letter.digest: None}
    path, _ = station_bundle(tmp_path / "medium", records)
    assert installed.run("import", str(path), "--json").json["confirmed"] == 1


def test_replay_is_named(installed: Installed, tmp_path: Path) -> None:
    first, chain = station_bundle(tmp_path / "medium", [])
    installed.run("import", str(first))
    assert "was imported before" in installed.run("import", str(first), check=False).err
    second, _ = station_bundle(tmp_path / "medium", [], sequence=2, previous=chain)
    installed.run("import", str(second))
    assert "is a replay" in installed.run("import", str(first), check=False).err


@pytest.mark.parametrize("fault", ["cut", "extended", "flipped", "unsigned", "missing"])
def test_a_damaged_bundle_changes_nothing(installed: Installed, tmp_path: Path, fault: str) -> None:
    letter = new_letter()
    put(installed, letter)
    path, _ = station_bundle(
        tmp_path / "medium", [(RecordKind.CONFIRMATION, Confirmation(letter.digest, "imported").encode())]
    )
    content = bytearray(path.read_bytes())
    if fault == "cut":
        path.write_bytes(content[:-1])
    elif fault == "extended":
        path.write_bytes(content + b"\0")
    elif fault == "flipped":
        content[-60] ^= 1
        path.write_bytes(content)
    elif fault == "unsigned":
        path.with_name(path.name + ".minisig").unlink()
    else:
        path.unlink()
    said = installed.run("import", str(path), check=False)
    assert said.status == 1
    assert said.err.startswith("intake: ")
    assert said.err.count("\n") == 1
    assert outcomes(installed) == {letter.digest: None}


@pytest.mark.parametrize(
    "record",
    [
        (RecordKind.LETTER, LetterRecord(1, 202648, bytes(16), bytes(65_536)).encode()),
        (RecordKind.CONFIRMATION, b"short"),
        (RecordKind.CARD, b"not a card"),
        (RecordKind.CARD, encode_card(samples.card(samples.NEXT_ROOT, epoch=2))),  # not signed by the epoch before
    ],
)
def test_one_bad_record_changes_nothing(installed: Installed, tmp_path: Path, record: tuple[RecordKind, bytes]) -> None:
    letter = new_letter()
    put(installed, letter)
    card = (installed.data / "panel-card.card").read_bytes()
    records = [(RecordKind.CONFIRMATION, Confirmation(letter.digest, "imported").encode()), record]
    path, _ = station_bundle(tmp_path / "medium", records)
    assert installed.run("import", str(path), check=False).status == 1
    assert outcomes(installed) == {letter.digest: None}
    assert (installed.data / "panel-card.card").read_bytes() == card


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_receipts_for_arrival_in_one_bundle_the_newer_is_kept(
    installed: Installed, tmp_path: Path, order: tuple[int, int]
) -> None:
    """As after an import at the station that was interrupted behind its receipt: both leave, in no order."""
    receipts = {at: NoticeRecord(10, bytes(16), at, bytes([at]) * 65_536) for at in order}
    records = [(RecordKind.NOTICE, receipts[at].encode()) for at in order]
    path, _ = station_bundle(tmp_path / "medium", records)
    installed.run("import", str(path))
    assert list(outcomes(installed)) == [hashlib.sha256(receipts[2].sealed).digest()]


def next_card() -> PanelCard:
    return samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT)


def test_a_new_card_arrives_and_bundles_of_the_old_epoch_end(installed: Installed, tmp_path: Path) -> None:
    medium = tmp_path / "medium"
    path, chain = station_bundle(medium, [(RecordKind.CARD, encode_card(next_card()))])
    assert installed.run("import", str(path), "--json").json["cards"] == [2]
    assert (installed.data / "panel-card.card").read_bytes() == encode_card(next_card())
    # One that was on its way in the old epoch still counts; after the first of the new epoch, none does.
    path, chain = station_bundle(medium, [], sequence=2, previous=chain)
    installed.run("import", str(path))
    path, chain = station_bundle(medium, [], sequence=3, previous=chain, epoch=2, root=samples.NEXT_ROOT)
    installed.run("import", str(path))
    path, _ = station_bundle(medium, [], sequence=4, previous=chain)
    assert "epoch that has ended" in installed.run("import", str(path), check=False).err


def test_an_export_spans_a_new_card_without_changing_old_bundles(installed: Installed) -> None:
    put(installed, new_letter())
    (first,) = export(installed)
    content = first.read_bytes()
    installed.install(next_card())
    put(installed, new_letter())
    (second,) = export(installed)
    assert second.name == "intake-0002-000002.heard"
    (again,) = export(installed, "--again", "1")
    assert (again.name, again.read_bytes()) == (first.name, content)


def test_key_of_bundles_is_the_one_that_init_made(installed: Installed) -> None:
    key = SigningKey.parse((installed.data / "intake.key").read_text())
    assert key.public == public_key(installed)


def test_exporting_many_letters_takes_constant_memory(installed: Installed, tmp_path: Path) -> None:
    import tracemalloc

    put(installed, *(new_letter(size=1_048_576) for _ in range(40)))
    tracemalloc.start()
    try:
        installed.run("export", "--to", str(tmp_path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1_048_576


def test_card_is_kept_out_when_it_follows_nothing(installed: Installed) -> None:
    for card in (samples.card(samples.NEXT_ROOT, epoch=2), replace(next_card(), signature="00" * 64)):
        said = installed.install(card, check=False)
        assert said.status == 1
    assert (installed.data / "panel-card.card").read_bytes() == encode_card(samples.card())
