"""A backup is whole or refused, and restores on either engine."""

import io
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.archive import ArchiveWriter, KeptFile, KeptRow, read_archive, verify_archive
from intake.errors import BackupError
from intake.installation import open_store
from intake.settings import Settings
from tests.intake.conftest import new_letter
from tests.intake.installed import Installed, store_of
from tests.intake.test_transfer import export, put


@pytest.fixture
def filled(installed: Installed) -> Installed:
    """An installation with an export behind it and letters waiting."""
    put(installed, new_letter(once=bytes(32)), new_letter(size=262_144))
    export(installed)
    put(installed, new_letter())
    return installed


def rows(installed: Installed) -> list[object]:
    store = store_of(installed)
    found: list[object] = list(store.dump())
    store.close()
    return found


def replay(restored: Installed, before: Installed) -> None:
    """Bring the log that the first service kept, as from another disk."""
    restored.run("replay", "--log", str(before.data / "closings.log"))


def test_backup_restores_everything(filled: Installed, tmp_path: Path) -> None:
    backup = tmp_path / "heard.backup"
    said = filled.run("backup", "--to", str(backup), "--json")
    assert (
        said.json["records"] == 3 + 11
    )  # key, public half, card; three letters with their threads and envelopes, a bundle, and how far the log went
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    other = Installed(tmp_path / "other")
    assert other.run("restore", str(backup), "--json").json["letters"] == 3
    replay(other, filled)
    assert rows(other) == rows(filled)
    for name in ("intake.key", "intake.pub", "panel-card.card"):
        assert (other.data / name).read_bytes() == (filled.data / name).read_bytes()
        assert stat.S_IMODE((other.data / name).stat().st_mode) == 0o600
    assert export(other, "--again", "1")[0].exists()
    assert other.run("check").status == 0


def test_backup_carries_from_sqlite_to_postgresql_and_back(filled: Installed, postgresql: str, tmp_path: Path) -> None:
    there, back = Installed(tmp_path / "there", {"HEARD_DATABASE": postgresql}), Installed(tmp_path / "back")
    filled.run("backup", "--to", str(tmp_path / "one"))
    there.run("restore", str(tmp_path / "one"))
    replay(there, filled)
    assert rows(there) == rows(filled)
    there.run("backup", "--to", str(tmp_path / "two"))
    assert (tmp_path / "two").read_bytes() == (tmp_path / "one").read_bytes()
    back.run("restore", str(tmp_path / "two"))
    replay(back, filled)
    assert rows(back) == rows(filled)
    assert not (there.data / "letters.sqlite").exists()


def test_restore_refuses_a_service_that_is_not_empty(filled: Installed, tmp_path: Path) -> None:
    backup = tmp_path / "heard.backup"
    filled.run("backup", "--to", str(backup))
    before = rows(filled)
    assert "key or a card already" in filled.run("restore", str(backup), check=False).err
    for path in filled.data.glob("intake.*"):
        path.unlink()
    (filled.data / "panel-card.card").unlink()
    assert "holds letters already" in filled.run("restore", str(backup), check=False).err
    assert rows(filled) == before


@pytest.mark.parametrize("fault", ["cut", "extended", "flipped", "emptied", "foreign"])
def test_a_damaged_backup_restores_nothing(filled: Installed, tmp_path: Path, fault: str) -> None:
    backup = tmp_path / "heard.backup"
    filled.run("backup", "--to", str(backup))
    content = backup.read_bytes()
    middle = len(content) // 2
    faulty = {
        "cut": content[:-1],
        "extended": content + b"\0",
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "emptied": b"",
        "foreign": b"x" * 99,
    }
    backup.write_bytes(faulty[fault])
    other = Installed(tmp_path / "other")
    said = other.run("restore", str(backup), check=False)
    assert said.status == 1
    assert "backup" in said.err
    assert not other.data.exists()


def test_restore_refuses_names_that_do_not_belong(tmp_path: Path) -> None:
    target = io.BytesIO()
    writer = ArchiveWriter(target)
    writer.add_file(KeptFile("../outside", b"x"))
    writer.finish()
    (tmp_path / "heard.backup").write_bytes(target.getvalue())
    other = Installed(tmp_path / "other")
    assert "does not belong" in other.run("restore", str(tmp_path / "heard.backup"), check=False).err
    assert not (tmp_path / "outside").exists()


def test_backup_keeps_what_was_there_when_it_fails(filled: Installed, tmp_path: Path) -> None:
    backup = tmp_path / "heard.backup"
    backup.write_bytes(b"the last good one")
    (filled.data / "letters.sqlite").unlink()
    assert filled.run("backup", "--to", str(backup), check=False).status == 1
    assert backup.read_bytes() == b"the last good one"
    assert "no folder" in filled.run("backup", "--to", str(tmp_path / "none" / "x"), check=False).err


def archive(records: Iterator[KeptFile | KeptRow]) -> bytes:
    target = io.BytesIO()
    writer = ArchiveWriter(target)
    for record in records:
        if isinstance(record, KeptFile):
            writer.add_file(record)
        else:
            writer.add_row(record)
    writer.finish()
    return target.getvalue()


def small() -> bytes:
    row = KeptRow("envelopes", {"place": 7, "sealed": new_letter(size=100).sealed})
    return archive(iter([KeptFile("intake.pub", b"x"), row]))


@given(st.data())
def test_any_change_of_a_backup_is_noticed(data: st.DataObject) -> None:
    content = bytearray(small())
    assert verify_archive(io.BytesIO(content)) == 2
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BackupError):
        verify_archive(io.BytesIO(content))


@given(st.binary(max_size=400))
def test_what_is_read_is_what_would_be_written(tail: bytes) -> None:
    content = b"heard backup v1\n" + tail
    try:
        records = list(read_archive(io.BytesIO(content)))
    except BackupError:
        return
    assert archive(iter(records)) == content


def test_settings_name_the_store(filled: Installed) -> None:
    store = open_store(Settings.read({"HEARD_DATA": str(filled.data)}))
    assert store.count() == (3, 1)
    store.close()
