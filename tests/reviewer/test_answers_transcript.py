"""What the commands say around one person's letters, from their coming to a copy of the station; and that every command is in some transcript."""

import re
from collections.abc import Iterable
from pathlib import Path

from reviewer.cli import build_parser
from tests.reviewer.panel import Intake, Panel, new_station
from tests.reviewer.test_cli import Transcript, copied_card, names
from tests.reviewer.test_threads import account, signed
from tests.threads.survivor import Survivor

GOLDEN = Path(__file__).parents[1] / "golden"


def test_the_transcript_of_answers_is_the_golden_one(panel: Panel, intake: Intake, tmp_path: Path) -> None:
    """Delete the golden file and run this twice to renew it; then read what changed."""
    new_station(tmp_path / "station", panel, intake)
    transcript, shares, person = Transcript(tmp_path), panel.shares(1, 2), Survivor(panel.card)
    run = transcript.run
    (first, further) = (account(person), signed(person, person.addition("The bell rang late.")))
    without_words = panel.record(panel.write())
    run("list")
    run("import", str(intake.export([first])), *shares)
    run("list")
    run("import", str(intake.export([further, without_words])), *shares)
    run("room", "--no-browser", code=1)
    run("read", first.digest.hex()[:12], *shares)
    run("heard", "ffff", *shares, code=1)
    run("heard", first.digest.hex()[:12], *shares)
    run("heard", first.digest.hex()[:12], *shares, code=1)
    run("reply", first.digest.hex()[:12], "--text=Thank you for the spring.", "--yes", *shares)
    run("reply", first.digest.hex()[:12], "--text= ", "--yes", *shares, code=1)
    run("reply", without_words.digest.hex()[:12], "--text=Thank you.", "--yes", *shares, code=1)
    run("reply", first.digest.hex()[:12], code=1)
    run("thread", first.digest.hex()[:12], *shares)
    run("acknowledge", "--all", code=1)
    run("destroy-record", first.digest.hex()[:12], code=1)
    run("export", f"--to={tmp_path / 'back'}", *shares)
    run("backup", f"--to={tmp_path / 'copy'}", *shares)
    (copy,) = (tmp_path / "copy").glob("*.heard-backup")
    again = [str(copy), f"--card={copied_card(panel, tmp_path)}"]
    run("restore", *again, *shares, code=1)
    run("restore", *again, f"--station={tmp_path / 'again'}", *shares)
    run("identity", f"--to={tmp_path / 'identity'}", *shares)
    transcript.compare(GOLDEN / "answers.txt")


def test_every_command_is_in_a_transcript() -> None:
    every = names(build_parser())
    assert every - shown(path.read_text("utf-8") for path in GOLDEN.glob("*.txt")) == set()
    assert every - shown(["$ reviewer status\n"]) == every - {"status"}


def shown(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in re.findall(r"^\$ reviewer ([a-z-]+)", text, re.MULTILINE)}
