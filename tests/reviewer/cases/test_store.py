"""The case store: letters go in and come out the same, nothing of them lies on the disk in the clear, and a kill loses nothing."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from crypto.letter import encode_letter
from reviewer.cases.casework import CaseStore
from reviewer.cases.letters import NewCase, case_values, letter_of, part_values
from reviewer.cases.rows import CASES, CaseRow, PartRow
from reviewer.errors import CaseStoreError
from reviewer.migration import CASE_STORE, migrate
from tests.crypto.samples import letter
from tests.leaks import leaks
from tests.reviewer.cases.stores import Kept, decrypted, kept, new_case, write

CANARY = "Marigold lanterns were never lit"
SECONDS = 60


def test_the_tables_are_those_of_the_newest_revision(tmp_path: Path) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(CASE_STORE.scripts))
    assert ScriptDirectory.from_config(configuration).get_current_head() == CASE_STORE.revision
    with kept(tmp_path / "store") as here:
        migrate(here.store.engine, CASE_STORE)
        found = inspect(here.store.engine)
        for table in CASES.metadata.tables.values():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}
            assert {one["name"] for one in found.get_indexes(table.name)} == {one.name for one in table.indexes}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=300))
def test_a_letter_comes_out_as_the_very_bytes_that_went_in(text: str) -> None:
    for written in (write(text), letter(text), letter(text, with_thread=False)):
        new = new_case(text)
        row = CaseRow(**case_values(NewCase(new.entry, written, "p"), 1))
        parts = [PartRow(**values) for values in part_values(1, written, 1)]
        assert encode_letter(letter_of(row, parts)) == encode_letter(written)
        assert text not in repr(row) + repr(parts) or len(text) < 20


def test_pages_and_search(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        late, early = here.add("The choir sang.", week=202_650), here.add("A CHOIR, and café lights.", week=202_601)
        assert [line.digest for line in here.store.page(None)] == [early, late]
        assert here.store.page(None, (202_601, early))[0].digest == late
        for words, found in (
            ("choir", [early, late]),
            ("cafe", [early]),
            ("sang choir", [late]),
            ("choi*", [early, late]),
            ('choir" OR "x', []),
            ("choi", []),
        ):
            assert [one.line.digest for one in here.store.search(words, None)] == found, words
        assert "choir sang" in here.store.search("sang", None, excerpts=True)[0].excerpt
        with pytest.raises(CaseStoreError, match="at least one word"):
            here.store.search('"*"', None)


def test_nothing_of_a_letter_is_on_the_disk_in_the_clear(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    with kept(folder / "cases.sqlite") as here:
        for number in range(30):
            here.add(f"{CANARY} {number}. " + "More words. " * 500)
        here.store.search("marigold", None)
        assert {path.name for path in folder.iterdir()} >= {"cases.sqlite", "cases.sqlite-wal"}
        assert leaks([folder], [CANARY, "never lit"]) == []
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        # Our own decryption finds it, so the search of raw pages below can find what is left.
        assert CANARY.encode() in decrypted(here.path, here.key)
    planted = sqlite3.connect(folder / "planted.sqlite")
    with planted:
        planted.execute("CREATE TABLE parts (text)")
        planted.execute("INSERT INTO parts VALUES (?)", [CANARY])
    planted.close()
    assert [path.name for path, _ in leaks([folder], [CANARY])] == ["planted.sqlite"]


def test_what_is_shredded_leaves_no_page_even_without_the_encryption(tmp_path: Path) -> None:
    with kept(tmp_path / "cases.sqlite") as here:
        digests = [here.add(f"{CANARY} {number}. Quillwort. " + "Other words. " * 900) for number in range(20)]
        stays = here.add("Quite another thing.")
        before = decrypted(here.path, here.key)
        assert CANARY.encode() in before
        assert b"quillwort" in before
        here.store.shred(digests)
        after = decrypted(here.path, here.key)
        assert CANARY.encode() not in after
        assert b"quillwort" not in after.lower()
        assert b"Quite another thing" in after
        assert here.store.search("marigold", None) == []
        assert set(here.store.persons()) == {stays}
        here.store.check()


def test_shredding_without_secure_delete_would_be_noticed(tmp_path: Path) -> None:
    """The search of raw pages finds what an ordinary DELETE leaves."""
    with kept(tmp_path / "cases.sqlite") as here:
        here.add(f"{CANARY}. " + "Other words. " * 900)
        raw = here.store.engine.raw_connection()
        raw.cursor().execute("PRAGMA secure_delete = OFF")
        raw.cursor().execute("DELETE FROM parts")
        raw.commit()
        raw.close()
        here.store.empty_log()
        assert CANARY.encode() in decrypted(here.path, here.key)


def test_another_key_and_a_changed_page_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    with kept(path) as here:
        for number in range(20):
            here.add(f"Invented {number}. " + "More words. " * 300)
        key = here.key
    wrong = CaseStore(path, bytes(32))
    with pytest.raises(CaseStoreError, match="damaged or was swapped"):
        wrong.check()
    wrong.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    changed = CaseStore(path, key)
    with pytest.raises(CaseStoreError, match="damaged or was swapped"):
        changed.check()
    changed.close()


WRITER = """
import sys
from pathlib import Path
from tests.reviewer.cases.stores import Kept, new_case
here = Kept(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
if sys.argv[3] == "losing":
    from sqlalchemy import event
    event.listen(here.store.engine, "begin", lambda connection: connection.exec_driver_sql("SAVEPOINT never"))
    raw = here.store.engine.raw_connection()
for number in range(100_000):
    new = new_case(f"Invented {number}.")
    if sys.argv[3] == "losing":
        raw.cursor().execute("INSERT INTO aside VALUES (?, 1, 'x')", [new.entry.digest]) if number else raw.cursor().execute("BEGIN")
    else:
        here.store.add([new])
    print(new.entry.digest, flush=True)
"""


def killed(path: Path, key: bytes, how: str) -> list[str]:
    """Let another process save letters, kill it in the middle, and return what it said was saved."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), key.hex(), how],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(25)]
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.stdout.close()
    assert process.wait(SECONDS) == -signal.SIGKILL
    return [line.strip() for line in said if line.endswith("\n")]


def test_a_kill_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    path, key = tmp_path / "cases.sqlite", bytes(range(32))
    told = killed(path, key, "saving")
    assert len(told) >= 25
    here = Kept(path, key)
    here.store.check()
    assert set(told) <= here.store.persons().keys()
    assert len(here.store.search("invented", None, limit=1_000_000)) == here.store.count()
    here.store.close()


def test_a_writer_that_tells_too_early_would_be_noticed(tmp_path: Path) -> None:
    path, key = tmp_path / "cases.sqlite", bytes(range(32))
    told = killed(path, key, "losing")
    here = Kept(path, key)
    assert not {row.digest for row in here.store.aside()} & set(told)
    here.store.close()
