"""A station whose letters are of every sort that a page of the room has to show: all invented, and short."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.constants import LETTER_KINDS
from crypto.records import LetterRecord
from reviewer.cases.casework import open_casework
from reviewer.cases.readers import Role
from reviewer.cases.unsealing import OpenedPanel
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS
from reviewer.station import Station
from tests.reviewer.panel import Intake, Panel, new_station
from tests.reviewer.test_calls import Caller, at, take, unlocked
from tests.reviewer.test_threads import account, record, signed
from tests.threads.survivor import Survivor

TEXT = "Invented. I told a teacher in the spring.\n\nNobody wrote it down."
ADDED = "Invented addition. A letter had no answer."
FORGED = "Invented forgery. Quillwort."
PART = "Invented call. The line broke."
SECRET = "an invented passphrase of words"
READER, OTHER = "bo", "cy"


@dataclass
class Shelves:
    """`account`, `addition` and `choices` are one person's, `second` was set aside from their thread, `forged`
    only says that it is theirs; the rest are others'."""

    station: Station
    panel: Panel
    folder: Path
    account: LetterRecord
    addition: LetterRecord
    choices: LetterRecord
    forged: LetterRecord
    second: LetterRecord
    other_kind: LetterRecord
    part: LetterRecord
    waiting: LetterRecord
    taken_back: LetterRecord

    def copied(self, folder: Path) -> "Shelves":
        """The same in another folder, for a test that changes something."""
        shutil.copytree(self.station.root, folder / "station")
        return replace(self, station=Station(folder / "station"), folder=folder)

    def who(self, name: str = READER) -> tuple[str, ...]:
        """The options by which a reader signs in."""
        path = self.folder / "passphrase"
        if not path.exists():
            path.touch(0o600)
            path.write_text(SECRET + "\n")
        return f"--reader={name}", f"--reader-passphrase-file={path}"


def short_of(one: LetterRecord) -> str:
    """The ID of a letter as pages show it."""
    return one.digest.hex()[:12]


def filled(folder: Path, panel: Panel, *, readers: bool = True) -> Shelves:
    """Make it in `folder`: three imports, and two people who read."""
    medium = folder / "medium"
    medium.mkdir(parents=True)
    intake = Intake(panel.card, medium)
    station = new_station(folder / "station", panel, intake)
    person, gone, caller = Survivor(panel.card), Survivor(panel.card), Caller(panel)
    first, added = account(person, TEXT), signed(person, person.addition(ADDED))
    # Somebody who knows where the thread is, and does not have its words.
    forged = record(person, replace(person.addition(FORGED), signature="00" * 64))
    second = record(person, replace(person, sequence=1).addition("Invented, for a place that is taken."))
    other_kind = panel.record(panel.write("Invented."), kind=LETTER_KINDS["draft"])
    part, taken_back = caller.part(PART), account(gone, "Invented, and taken back.")
    early = Survivor(panel.card, sequence=1)
    waiting = signed(early, early.addition("Invented, and early."))
    take(station, panel, intake, [first, added, forged, other_kind, part, waiting, taken_back])
    take(station, panel, intake, [second, signed(gone, gone.withdrawal())])
    # Chosen after two letters claimed one place: what counts is clear again.
    changed = signed(person, person.choices("no"))
    take(station, panel, intake, [changed])
    with at(station) as desk, open_casework(desk, OpenedPanel(unlocked(panel))) as work:
        if readers:
            work.store.add_reader("custodians", "ann", [Role.CUSTODIAN], SECRET, CHEAPEST_FOR_TESTS)
            for name in (READER, OTHER):
                work.store.add_reader("ann", name, [Role.READER, Role.SECOND], SECRET, CHEAPEST_FOR_TESTS)
    return Shelves(station, panel, folder, first, added, changed, forged, second, other_kind, part, waiting, taken_back)
