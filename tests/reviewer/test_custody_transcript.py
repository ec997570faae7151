"""What the commands of custody say, as a person sees it."""

from pathlib import Path

from tests.reviewer.panel import Intake, Panel
from tests.reviewer.test_cli import Transcript
from tests.reviewer.test_custody import followed, new_passphrases, shares_in
from tests.reviewer.test_doctor import SWAPS, machine

GOLDEN = Path(__file__).parents[1] / "golden" / "custody.txt"


def test_the_transcript_of_custody_is_the_golden_one(
    panel: Panel, later: Panel, intake: Intake, tmp_path: Path
) -> None:
    """Delete the golden file and run this twice to renew it; then read what changed."""
    followed(panel, later, intake, tmp_path).root.rename(tmp_path / "station")
    transcript = Transcript(tmp_path)
    run = transcript.run
    on_disk = f"--to={tmp_path / 'sheets'}"
    run("ceremony", "--threshold=2", code=1)
    run("ceremony", "--threshold=2", "--custodians=3", "--inquiry=another", "--sheets", on_disk, code=1)
    run("card", code=1)
    run("card", "--text", "--epoch=1")
    run("card", "--text")
    run("doctor", f"--root={machine(tmp_path / 'good').root}")
    bad = machine(
        tmp_path / "bad", sys__class__net__wlan0__flags="0x1003", proc__swaps=SWAPS + "/dev/sda1 partition"
    ).root
    run("doctor", f"--root={bad}", code=1)
    run("rehearse", "--epoch=1", *panel.shares(1, 2, 3))
    run("rehearse", *later.shares(1, 3))
    run("rehearse", *panel.shares(1, 3), code=1)
    run("reshare", f"--to={tmp_path / 'new'}", *new_passphrases(later), *later.shares(1, 3))
    run("rehearse", *shares_in(tmp_path / "new", later, 1), *later.shares(2), code=1)
    run("reshare", f"--to={tmp_path / 'newer'}", *new_passphrases(later), *later.shares(1, 3), code=1)
    run("status")
    run("reshare", "--destroyed=1", "--witness=Jo Example", "--witness=Sam Example", code=1)
    run("reshare", "--destroyed=1", "--destroyed=2", "--witness=Jo Example", code=1)
    run("reshare", "--destroyed=1", "--destroyed=2", "--witness=Jo Example", "--witness=Sam Example")
    run("end-epoch", "2", code=1)
    run("end-epoch", "1", "--yes", *panel.shares(2), code=1)
    run("end-epoch", "1", "--yes", *panel.shares(2, 3))
    run("status")
    transcript.compare(GOLDEN)
