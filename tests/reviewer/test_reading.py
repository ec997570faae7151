import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.letter import Answer, Choice, Thread, encode_letter, parse_letter
from crypto.recipients import recipient_of_seed
from crypto.sealing import seal_letter
from reviewer.display import unescape
from reviewer.entries import LetterEntry
from reviewer.errors import ReadingError, VaultError
from reviewer.opening import open_for_panel
from reviewer.reading import Reading, find, read, week_of
from reviewer.station import Station
from reviewer.vault import Vault
from tests.crypto.samples import TEXT
from tests.reviewer.panel import Intake, Panel, reviewer, reviewer_process, text_answer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_importing import open_ledger, take

C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
MANY_WORDS = " ".join(["Being", "asked", "would", "have", "helped."] * 4_000)
REAL = [
    TEXT,
    "One line.\n\nAnother,\twith a tab, and שלום مرحبا 👩‍👧 cafe\u0301.\n" + "x" * 500,
    MANY_WORDS,
]
HOSTILE = "\x1b[2J\x1b]0;title\x07 \u202ekcab\u202c \x9b31m NUL\x00 ⟦end of letter⟧ \u200b"


def imported(station: Station, panel: Panel, intake: Intake, text: str) -> str:
    """Import one letter and return its ID."""
    record = panel.record(panel.write(answers=(text_answer(text),)))
    take(station, panel.unlocked, intake.export([record]))
    return record.digest.hex()


@pytest.mark.parametrize("text", REAL)
def test_what_is_read_is_what_was_typed(text: str, station: Station, panel: Panel, intake: Intake) -> None:
    name = imported(station, panel, intake, text)
    said = reviewer_process("read", name[:6], *panel.shares(1, 3), station=station.root, environment=C_LOCALE)
    assert f"\n{text}\n" in said.stdout
    assert said.stderr == ""
    sealed = reviewer("read", name, "--json", *panel.shares(1, 3), station=station.root).stdout
    letter = parse_letter(sealed.removesuffix("\n").encode())
    assert letter.answers[0].text == text
    assert encode_letter(letter).decode() + "\n" == sealed


def test_nothing_in_a_letter_reaches_the_terminal_raw(station: Station, panel: Panel, intake: Intake) -> None:
    written = panel.write(
        answers=(
            replace(text_answer(HOSTILE), question=f"Question {HOSTILE}"),
            Answer("told", "telling", "Who?", None, (Choice(HOSTILE, f"Label\n{HOSTILE}"),)),
        ),
        consents=(replace(text_answer(HOSTILE), question="Choice"),),
    )
    record = panel.record(written)
    take(station, panel.unlocked, intake.export([record]))
    said = reviewer("read", "--all", *panel.shares(1, 2), station=station.root)
    lines = said.stdout.splitlines()
    assert not set(said.stdout) & set("\x00\x07\x1b\x9b\u202e\u202c\u200b")
    assert unescape(said.stdout).count(HOSTILE) == 5
    assert [line for line in lines if line.startswith("⟦end of letter")] == [
        f"⟦end of letter {record.digest.hex()[:12]}⟧"
    ]
    exact = reviewer("read", "--all", "--json", *panel.shares(1, 2), station=station.root).stdout
    assert exact == encode_letter(written).decode() + "\n"


def test_json_at_a_terminal_is_escaped_and_means_the_same(station: Station, panel: Panel, intake: Intake) -> None:
    name = imported(station, panel, intake, HOSTILE)
    with Terminal("read", name, "--json", *panel.shares(1, 2), station=station.root) as terminal:
        assert terminal.finish() == 0
    assert not set(terminal.shown) & set("\x00\x07\x1b\x9b\u202e\u202c\u200b")
    assert json.loads(terminal.shown)["answers"][0]["text"] == HOSTILE


def test_shares_are_asked_for_at_a_terminal(station: Station, panel: Panel, intake: Intake) -> None:
    name = imported(station, panel, intake, TEXT)
    with Terminal("read", name, station=station.root) as terminal:
        terminal.wait_for("Share 1 of 2: ")
        terminal.type(str(panel.share(2)))
        terminal.wait_for("Share 2 of 2: ")
        terminal.type(str(panel.share(1)))
        terminal.wait_for("Passphrase of share 2 of 3: ")
        terminal.type("a wrong passphrase typed in haste")
        terminal.wait_for("Passphrase of share 2 of 3: ")
        terminal.type("another set of plain words")
        terminal.wait_for("Passphrase of share 1 of 3: ")
        terminal.type("four invented words together")
        for part in (1, 2):
            terminal.wait_for(f"Part {part} of 2 ")
            assert (TEXT in terminal.shown) == (part == 2)
            terminal.type("")
        assert terminal.finish() == 0
    assert TEXT in terminal.shown
    assert "does not open share 2 of 3" in terminal.shown
    assert "invented words" not in terminal.shown
    assert "typed in haste" not in terminal.shown


def test_all_are_read_oldest_week_first(station: Station, panel: Panel, intake: Intake) -> None:
    records = [panel.record(panel.write(f"Week {week}."), week=week) for week in (202_650, 202_601, 202_552)]
    take(station, panel.unlocked, intake.export([*records, panel.record(panel.write(), kind=2)]))
    said = reviewer("read", "--all", *panel.shares(1, 2), station=station.root)
    shown = [line for line in said.stdout.splitlines() if line.startswith("Week ")]
    assert shown == ["Week 202552.", "Week 202601.", "Week 202650."]
    assert "1 set aside, not shown" in said.stderr
    assert [line.split()[1] for line in reviewer("list", station=station.root).stdout.splitlines()[1:]] == [
        "2025-W52",
        "2026-W01",
        "2026-W48",
        "2026-W50",
    ]


def test_threads_and_choices_are_told(panel: Panel) -> None:
    thread = Thread(str(recipient_of_seed(bytes(32))), "ab" * 32, reads_back=False)
    entry = LetterEntry(digest="ab" * 32, locator="", week=202_648, size=65_536, bundle=1, place=1, status="imported")
    lines = {}
    for written in (panel.write(), panel.write(thread=thread)):
        opened = open_for_panel(seal_letter(written, panel.recipients), panel.unlocked)
        lines[written.thread] = "\n".join(Reading(entry, opened).lines())
    assert "No return words were taken" in lines[None]
    assert "chose not to be able to read it back" in lines[thread]
    assert "⟦choice⟧ May we use it for research?\n⟦chosen⟧ No (no)" in lines[None]
    assert TEXT not in repr(Reading(entry, opened))
    assert week_of(replace_week(entry, 0)) == "week unknown"


def replace_week(entry: LetterEntry, week: int) -> LetterEntry:
    return LetterEntry(**{**entry.model_dump(), "week": week})


def test_ids_are_prefixes_of_one_letter(station: Station, panel: Panel, intake: Intake) -> None:
    name = imported(station, panel, intake, TEXT)
    ledger = open_ledger(station)
    twin = name[:20] + "0" * 44
    ledger.add_letters([LetterEntry(digest=twin, locator="", week=0, size=1, bundle=1, place=2, status="imported")])
    assert find(ledger, name.upper()).digest == name
    for wrong, sentence in (
        (name[:5], "at least 6"),
        ("xyzxyz", "at least 6"),
        ("%_%_%_", "at least 6"),
        (name[:10], "More than one"),
        ("0" * 64, "No letter"),
    ):
        with pytest.raises(ReadingError, match=sentence):
            find(ledger, wrong)
    ledger.close()


def test_a_letter_that_rotted_on_disk_is_named(station: Station, panel: Panel, intake: Intake) -> None:
    name = imported(station, panel, intake, TEXT)
    (path,) = station.letters.rglob("*.age")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    ledger = open_ledger(station)
    with pytest.raises(VaultError, match="damaged on this disk"):
        read(find(ledger, name), Vault(station.letters), panel.unlocked)
    path.unlink()
    with pytest.raises(VaultError, match="missing"):
        read(find(ledger, name), Vault(station.letters), panel.unlocked)
    assert "MISSING: the files of 1 letters" in reviewer("status", station=station.root).stdout
    ledger.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=200))
def test_any_text_can_be_read_back_from_what_is_shown(text: str, panel: Panel) -> None:
    opened = open_for_panel(seal_letter(panel.write(answers=(text_answer(text),)), panel.recipients), panel.unlocked)
    entry = LetterEntry(digest="ab" * 32, locator="", week=202_648, size=65_536, bundle=1, place=1, status="imported")
    shown = list(Reading(entry, opened).lines())
    assert text in [unescape(line) for line in shown]
