import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.bundle import TO_STATION, RecordKind
from crypto.constants import SEALED_SIZES
from crypto.letter import encode_letter
from crypto.panel import PanelRoot
from crypto.recipients import throwaway_recipient
from crypto.records import LetterRecord
from crypto.sealing import seal_letter
from reviewer.errors import BusyError, VaultError
from reviewer.importing import Imported, Importer
from reviewer.ledger import Ledger
from reviewer.migration import migrate
from reviewer.opening import Reason, Unlocked
from reviewer.station import Station
from reviewer.trust import require_trusted_key
from reviewer.vault import Vault
from reviewer.verifying import check_order, copy_in, verify_copy
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process, text_answer


def open_ledger(station: Station) -> Ledger:
    ledger = Ledger(station.ledger)
    migrate(ledger.engine)
    return ledger


def take(station: Station, panel: list[Unlocked], bundle: Path) -> Imported:
    """Import as the command does, in this process."""
    ledger = open_ledger(station)
    try:
        copied = copy_in(bundle, station.incoming)
        summary = verify_copy(copied, require_trusted_key(station), station.all_cards())
        known = ledger.bundle(TO_STATION["panel"], summary.header.sequence)
        resumed = check_order(summary, known, ledger.last_bundle(TO_STATION["panel"]))
        return Importer(ledger, Vault(station.letters), panel).take(copied, summary, resumed)
    finally:
        ledger.close()


def test_letters_are_imported_and_kept_sealed(station: Station, panel: Panel, intake: Intake) -> None:
    records = [panel.record(panel.write()) for _ in range(3)]
    said = reviewer_process("import", str(intake.export(records)), *panel.shares(2, 3), "--json", station=station.root)
    assert json.loads(said.stdout) == {
        "demonstration": False,
        "bundle": "intake-0001-000001",
        "sequence": 1,
        "resumed": False,
        "imported": 3,
        "set_aside": [],
        "waiting": 0,
        "withdrawn": 0,
        "destroyed": 0,
        "missing": 0,
        "duplicates": 0,
    }
    for record in records:
        assert Vault(station.letters).fetch(record.digest.hex()) == record.sealed
    modes = {stat.S_IMODE(path.stat().st_mode) for path in station.root.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {
        stat.S_IMODE(path.stat().st_mode) for path in [station.root, *station.root.rglob("*")] if path.is_dir()
    } == {0o700}
    assert list(station.incoming.iterdir()) == []


def hostile(panel: Panel) -> dict[Reason, list[LetterRecord]]:
    """Letters that must not come in, by the reason that must be given."""
    good = panel.write()
    record = panel.record(good)
    elsewhere = seal_letter(good, [throwaway_recipient(), throwaway_recipient()])
    canonical = encode_letter(good)
    damaged = bytearray(record.sealed)
    damaged[40_000] ^= 1
    broken_header = bytearray(record.sealed)
    broken_header[5_000] ^= 1
    inside = [
        b"",
        b"{}",
        b"[" * 40_000,
        b'{"version":1,"kind":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        canonical.replace(b'"account"', b"[]", 1),
        canonical.replace(b'"version":1', b'"version":1,"version":1', 1),
        canonical.replace(b'"version":1', b'"version":' + b"9" * 10_000, 1),
        canonical.replace(b'"version":1', b'"version":2', 1),
        canonical.replace(b'"version":1', b'"version":1e400', 1),
        canonical.replace(b'"web"', b'"\\ud800"', 1),
        canonical.replace(b"teacher", b"\xff\xfe"),
        canonical.replace(b"teacher", b"\x1b[2J"),
        canonical + b"x",
        canonical + canonical,
        b"\n" + canonical,
    ]
    other_epoch = panel.record(replace(good, epoch=2))
    return {
        Reason.OTHER_KEY: [replace(record, sealed=elsewhere)],
        Reason.DAMAGED: [
            replace(record, sealed=bytes(damaged)),
            replace(record, sealed=bytes(broken_header)),
            replace(record, sealed=bytes(SEALED_SIZES[0])),
            replace(record, sealed=os.urandom(SEALED_SIZES[0])),
        ],
        Reason.NOT_A_LETTER: [panel.raw_record(content) for content in inside],
        Reason.OTHER_INQUIRY: [panel.record(replace(good, inquiry="another-inquiry"))],
        Reason.OTHER_CARD: [other_epoch, panel.record(replace(good, card="00" * 32))],
        Reason.OTHER_KIND: [replace(record, kind=2)],
        Reason.OTHER_THREAD: [panel.record(good, locator=bytes(16))],
    }


def test_hostile_letters_are_set_aside_and_block_nothing(station: Station, panel: Panel, intake: Intake) -> None:
    cases = hostile(panel)
    good = [panel.record(panel.write()) for _ in range(2)]
    bodies = [record for records in cases.values() for record in records]
    letters = [(RecordKind.LETTER, record.encode()) for record in (good[0], *bodies, good[1])]
    strays = [(RecordKind.CONFIRMATION, bytes(33)), (RecordKind.LETTER, b"short"), (RecordKind.CARD, b"{}")]
    result = take(station, panel.unlocked, intake.export_bodies(letters + strays, intake.header()))
    expected = {record.digest.hex(): reason.value for reason, records in cases.items() for record in records}
    found = {entry.digest: entry.reason for entry in result.set_aside}
    assert {digest: found[digest] for digest in expected} == expected
    assert list(found.values()).count(Reason.NOT_A_LETTER_RECORD) == len(strays)
    assert (result.counts.imported, result.counts.set_aside) == (2, len(expected) + len(strays))
    assert result.duplicates == 0
    vault = Vault(station.letters)
    assert vault.missing(found) == []
    for record in bodies:
        assert vault.fetch(record.digest.hex()) == record.sealed
    listed = reviewer("list", station=station.root).stdout
    assert listed.count("set aside: ") == len(found)
    for name in list(found)[:3]:
        said = reviewer("read", name, *panel.shares(1, 2), station=station.root, code=1)
        assert "cannot be read" in said.stderr


def test_a_letter_that_names_another_thread_can_still_be_read_with_a_warning(
    station: Station, panel: Panel, intake: Intake
) -> None:
    record = panel.record(panel.write(), locator=bytes(16))
    take(station, panel.unlocked, intake.export([record]))
    said = reviewer("read", record.digest.hex()[:8], *panel.shares(1, 2), station=station.root).stdout
    assert f"⟦set aside⟧ {Reason.OTHER_THREAD}" in said
    assert "Nobody wrote it down." in said


def test_letters_that_come_again_are_counted_and_confirmed_again(
    station: Station, panel: Panel, intake: Intake
) -> None:
    records = [panel.record(panel.write()) for _ in range(3)]
    take(station, panel.unlocked, intake.export(records))
    ledger = open_ledger(station)
    again = take(station, panel.unlocked, intake.export([*records[:2], panel.record(panel.write()), records[0]]))
    assert (again.counts.imported, again.duplicates) == (1, 3)
    assert ledger.counts().imported == 4
    assert len(list(station.letters.rglob("*.age"))) == 4
    ledger.close()


def test_shares_of_two_epochs_open_letters_of_both(station: Station, panel: Panel, intake: Intake) -> None:
    """A page that was open when the card changed seals to the old one."""
    root = PanelRoot.random()
    card = root.issue_card(
        inquiry=panel.card.inquiry,
        epoch=2,
        valid_from=panel.card.valid_from,
        valid_to=panel.card.valid_to,
        threshold=2,
        custodians=3,
        previous=panel.root,
    )
    station.install_card(card)
    both = [Unlocked(card, root), *panel.unlocked]
    result = take(station, both, intake.export([panel.record(panel.write())], epoch=2))
    assert result.counts.imported == 1
    assert result.entry.name == "intake-0002-000001"
    alone = take(station, [Unlocked(card, root)], intake.export([panel.record(panel.write())], epoch=2))
    assert [entry.reason for entry in alone.set_aside] == [Reason.OTHER_KEY]


def test_the_longest_letters_come_in(station: Station, panel: Panel, intake: Intake) -> None:
    written = panel.write(answers=(text_answer("Nobody wrote it down. " * 40_000),))
    record = panel.record(written)
    assert len(record.sealed) == SEALED_SIZES[2]
    assert take(station, panel.unlocked, intake.export([record])).counts.imported == 1


def test_an_import_killed_in_the_middle_goes_on(station: Station, panel: Panel, intake: Intake) -> None:
    records = [panel.record(panel.write()) for _ in range(250)]
    bundle = intake.export(records)
    command = [sys.executable, "-m", "reviewer", "import", str(bundle), *panel.shares(1, 3), "--json"]
    environment = {"PATH": os.environ["PATH"], "HEARD_STATION": str(station.root)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as process:
        while sum(1 for _ in station.letters.rglob("*.age")) < 40 and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "the import was over before it was killed"
    ledger = open_ledger(station)
    last = ledger.last_bundle(TO_STATION["panel"])
    assert last is not None
    assert not last.finished
    assert 0 < ledger.counts().imported < len(records)
    ledger.close()
    assert "interrupted" in reviewer("status", station=station.root).stdout
    following = Intake(panel.card, intake.medium, intake.key, intake.sequence, intake.previous).export([])
    said = reviewer("import", str(following), *panel.shares(1, 3), station=station.root, code=1)
    assert "was interrupted; import it again first" in said.stderr

    resumed = json.loads(reviewer(*command[3:], station=station.root).stdout)
    assert (resumed["resumed"], resumed["imported"], resumed["duplicates"]) == (True, len(records), 0)
    assert sorted(path.stem for path in station.letters.rglob("*.age")) == sorted(r.digest.hex() for r in records)
    assert not list(station.root.rglob("*.unfinished"))
    assert "imported before" in reviewer(*command[3:], station=station.root, code=1).stderr


def test_a_full_disk_loses_nothing(station: Station, panel: Panel, intake: Intake) -> None:
    bundle = intake.export([panel.record(panel.write())])
    station.letters.rmdir()
    station.letters.write_bytes(b"in the way")
    with pytest.raises(VaultError, match="import the bundle again"):
        take(station, panel.unlocked, bundle)
    station.letters.unlink()
    station.letters.mkdir(0o700)
    assert take(station, panel.unlocked, bundle).counts.imported == 1


def test_memory_stays_flat(station: Station, panel: Panel, intake: Intake) -> None:
    """Eighty more letters of 1 MiB may not take the memory of eight."""
    long_text = "Nobody wrote it down. " * 40_000
    record = panel.record(panel.write(answers=(text_answer(long_text),)))
    peaks = []
    for count in (40, 120):
        # The same letter again and again: it is opened each time, and counts as here before.
        bundle = intake.export([record] * count)
        # VmHWM is this program's own peak; ru_maxrss would start from that of the process that started it.
        code = (
            "import sys; from pathlib import Path; from reviewer.cli import main; main(sys.argv[1:]);"
            "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "import", str(bundle), *panel.shares(1, 2)],
            env={"PATH": os.environ["PATH"], "HEARD_STATION": str(station.root)},
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] - peaks[0] < 8 * 1_024, peaks


def test_two_commands_do_not_change_a_station_at_once(station: Station, panel: Panel, intake: Intake) -> None:
    bundle = intake.export([panel.record(panel.write())])
    with station.locked():
        said = reviewer("import", str(bundle), *panel.shares(1, 2), station=station.root, code=1)
        with pytest.raises(BusyError), station.locked():
            pass
    assert "Another command" in said.stderr
    reviewer("import", str(bundle), *panel.shares(1, 2), station=station.root)


def test_core_dumps_are_off_and_files_private() -> None:
    code = "import ctypes, os, resource; from reviewer.cli import _harden; _harden(); print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), oct(os.umask(0)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 0 0o77"
