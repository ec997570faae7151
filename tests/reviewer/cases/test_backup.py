"""Backup and restore: one encrypted file that only the panel opens, and that brings everything back."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from crypto.recipients import Recipient
from crypto.sealing import seal
from reviewer.station import Station
from tests.leaks import leaks
from tests.reviewer.cases.test_commands import Staff, account, take
from tests.reviewer.panel import Intake, Panel, reviewer

TEXT = "The marigold lanterns were never lit."


@pytest.fixture
def staff(station: Station, panel: Panel, tmp_path: Path) -> Staff:
    return Staff(station, panel, tmp_path)


def restore(panel: Panel, backup: Path, to: Path, code: int = 0) -> str:
    done = reviewer(
        "restore", str(backup), f"--card={panel.folder / 'panel.card'}", *panel.shares(2, 3), station=to, code=code
    )
    return done.stdout + done.stderr


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_everything_comes_back_from_one_file(staff: Staff, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    one, two = take(staff, intake, account(panel, TEXT), account(panel, "A choir.", kind=2))
    staff.hire("ann", "custodian")
    staff.hire("bo", "reader", "second-reader")
    staff.run("read", one, who=staff.who("bo"))
    staff.station.replies.write_text(
        '[[template]]\nname = "own"\ntitle = "Own"\nlanguage = "en"\ntext = "Thank you."\n'
    )
    staff.run("export", f"--to={tmp_path / 'back'}", who=staff.who("ann"))
    medium = tmp_path / "copy"
    assert "may manage" in staff.run("backup", f"--to={medium}", who=staff.who("bo"), code=1).stderr
    staff.run("backup", f"--to={medium}", who=staff.who("ann"))
    (backup,) = medium.glob("*.heard-backup")
    assert leaks([medium, staff.station.root], [TEXT]) == []
    before = files(staff.station.root)
    again = Staff(Station(tmp_path / "again"), panel, tmp_path)
    assert "10 file(s) are back, and 1 letter(s)" in restore(panel, backup, again.station.root)
    after = files(again.station.root)
    same = {
        name for name in before if name.split("/")[0] in {"cards", "letters", "outgoing", "intake.pub", "replies.toml"}
    }
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert TEXT in again.run("read", one, who=again.who("bo")).stdout
    assert "kind than the outside says" in again.run("read", two, who=again.who("bo")).stdout
    log = json.loads(again.run("log", "--json", who=again.who("ann")).stdout)["log"]
    assert [entry["act"] for entry in log[-3:]] == ["restored", "opened", "looked at"]
    assert json.loads(again.run("log", "--check", "--json", who=again.who("ann")).stdout)["whole"]
    assert "exists already" in restore(panel, backup, again.station.root, code=1)


def test_a_withdrawal_names_the_backups_it_cannot_reach(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    take(staff, intake, account(panel))
    for _ in range(2):
        staff.run("backup", f"--to={tmp_path / 'copy'}")
    staff.run("backup", "--gone=1")
    said = json.loads(staff.run("destroy", "--json").stdout)
    assert said["backups_out_of_reach"] == [2]
    listed = json.loads(staff.run("backup", "--list", "--json").stdout)["backups"]
    assert [(one["number"], one["gone"]) for one in listed] == [(1, True), (2, False)]
    assert "There is no backup 3" in staff.run("backup", "--gone=3", code=1).stderr
    assert "own folder" in staff.run("backup", f"--to={staff.station.root / 'x'}", code=1).stderr


def archive(names: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, content in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if name == "link":
                info.type, info.linkname, info.name = tarfile.SYMTYPE, "/etc/passwd", "intake.pub"
            tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


def signed(panel: Panel, plaintext: bytes, path: Path, comment: str) -> Path:
    path.write_bytes(seal(plaintext, [Recipient.parse(panel.card.recipient)]))
    with path.open("rb") as file:
        path.with_name(path.name + ".minisig").write_bytes(panel.root.minisign_key.sign(file, comment))
    return path


@pytest.mark.parametrize("name", ["../outside", "/etc/heard", "cases/../../x", "letters/zz/x.age", "link", "run.sh"])
def test_a_hostile_archive_writes_nothing(name: str, panel: Panel, tmp_path: Path) -> None:
    card = (panel.folder / "panel.card").read_bytes()
    content = archive({"cards/0001.card": card, name: b"x"})
    backup = signed(panel, content, tmp_path / "a.heard-backup", f"heard backup v1 {panel.card.inquiry} 1 1")
    before = files(tmp_path)
    assert "holds something that no station has" in restore(panel, backup, tmp_path / "again", code=1)
    assert files(tmp_path) == before


def test_what_the_panel_did_not_sign_is_not_looked_at(
    staff: Staff, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    take(staff, intake, account(panel))
    staff.run("backup", f"--to={tmp_path / 'copy'}")
    (backup,) = (tmp_path / "copy").glob("*.heard-backup")
    whole = backup.read_bytes()
    to = tmp_path / "again"
    for content in (whole[:-1], whole + b"x", whole[:5_000] + bytes([whole[5_000] ^ 1]) + whole[5_001:]):
        backup.write_bytes(content)
        assert "not signed by the panel" in restore(panel, backup, to, code=1)
    other = signed(panel, archive({}), tmp_path / "b.heard-backup", "heard backup v1 another 1 1")
    assert "is no backup of" in restore(panel, other, to, code=1)
    half = signed(
        panel,
        archive({"cards/0001.card": b"x" * 3_000})[:1_500],
        tmp_path / "c.heard-backup",
        f"heard backup v1 {panel.card.inquiry} 1 1",
    )
    assert "damaged" in restore(panel, half, to, code=1)
    assert not to.exists()
