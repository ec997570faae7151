"""Two sides, the people who write to them, and the media between: everything that a run of the exchange can do."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crypto.bundle import Direction
from crypto.constants import VISIT_STATUSES
from crypto.frame import Frame
from crypto.visit import VisitRequest, parse_index
from intake.errors import TransferError
from reviewer.answering import reply, say_heard
from reviewer.entries import LetterEntry
from reviewer.errors import (
    AnswerError,
    BundleRefusedError,
    DivergedBundleError,
    EndedGenerationError,
    HoldError,
    MissingBundleError,
    ReplayedBundleError,
)
from tests.machines import people
from tests.machines.crashes import Crash, Crashes
from tests.machines.people import Person, Sent, Told
from tests.machines.sides import LOG, IntakeSide, StationSide, bundles_in, new_sides
from tests.threads.survivor import filler

_NAMES = {code: name for name, code in VISIT_STATUSES.items()}
OUTWARD: Direction = "intake to station"
INWARD: Direction = "station to intake"


@dataclass(frozen=True)
class Carried:
    """One copy of a bundle on a medium."""

    path: Path

    @property
    def sequence(self) -> int:
        return int(self.path.stem.rsplit("-", 1)[1])

    @property
    def generation(self) -> int:
        middle = self.path.stem.split("-")[2]
        return int(middle[1:]) if middle.startswith("g") else 1


class World:
    """One run, in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heard-exchange-"))
        self.runner = asyncio.Runner()
        self.crashes = Crashes()
        intake, station = new_sides(self.folder)
        self.intake = IntakeSide(intake, self.crashes, self.runner)
        self.station = StationSide(station, self.crashes)
        self.people: list[Person] = []
        self.outward: list[Carried] = []
        self.inward: list[Carried] = []
        self.is_station_restored = False
        # While a hold may be in force here, what was taken back and is not confirmed stays, sealed.
        self.may_be_held = False
        # Letters that only the station had left: an older copy of it does not have them any more.
        self.only_there: set[bytes] = set()
        self.is_missing = False
        self._media = 0

    def close(self) -> None:
        self.intake.close()
        self.runner.close()
        shutil.rmtree(self.folder)

    # What survivors do

    def deliver(self, person: Person, sent: Sent, crash: int = 0) -> bool:
        """Send one letter, for the first time or again, and note what was said to it. Say whether nothing was said."""
        try:
            with self.intake.ending(crash):
                self._hear(person, sent, self._sent(sent))
        except Crash:
            if sent.kind == "draft":
                person.slot.add(sent.digest)
            return True
        return False

    def _sent(self, sent: Sent) -> str:
        if isinstance(sent.request, Frame):
            return "stored" if self.intake.send(sent.request, sent.sealed) else "closed"
        answer = self.intake.ask(sent.request, sent.sealed)
        return "none" if answer is None else _NAMES[answer.status]

    def _hear(self, person: Person, sent: Sent, word: str) -> None:
        is_known = sent.acknowledged and sent.kind != "draft" and not person.forgotten
        assert word == "stored" or not is_known, f"a {sent.kind} again: {word}"
        if word != "stored":
            sent.refused = not sent.acknowledged
            if word == "closed":
                person.take_back()
            return
        sent.acknowledged, sent.refused = True, False
        if sent.kind == "draft" and not person.withdrawn and sent.by is person.now:
            person.slot = {sent.digest}
        elif sent.kind == "withdrawal":
            person.take_back()
        elif sent is person.pending:
            person.leave()

    def place(self, person: Person) -> int:
        """Come back: the next free place of the thread, or -1 where nothing can be written."""
        answer = self.intake.ask(_open(person), filler())
        if answer is None and person.pending is not None:
            person.leave()
            answer = self.intake.ask(_open(person), filler())
        if answer is None:
            return -1
        index = parse_index(answer.slot)
        if index.state != 1:
            person.take_back()
            return -1
        return index.sequence

    def write(self, person: Person, compose: Callable[[int], Sent], crash: int = 0, *, first: bool = False) -> None:
        """Write a letter for the next place of the thread, if there is one; `first` ones may stand before the account."""
        place = self.place(person)
        if place < 0 and not (first and not person.sent):
            return
        if place == 0 and not first:
            return
        person.now.sequence = max(place, 0)
        sent = compose(person.now.sequence)
        person.sent.append(sent)
        if sent.kind == "replacement":
            person.pending = sent
        self.deliver(person, sent, crash)

    def replace_words(self, person: Person, crash: int = 0, second_crash: int = 0) -> None:
        """New words: first what they inherit, then the letter of the old ones that lets them count."""
        if self.place(person) < 1 or person.pending is not None:
            return
        before, after = person.now, person.now.successor()
        inheritance = after.inheritance(before)
        request, sealed = after.put(inheritance)
        handed = Sent(after, "inheritance", 0, request, sealed)
        person.sent.append(handed)
        self.deliver(person, handed, crash)
        if not handed.acknowledged:
            return
        person.after = after
        target = after.keys.locator.ljust(32, b"\0")
        self.write(person, lambda _: people.letter(person, before.replacement(after), target=target), second_crash)

    def discard(self, person: Person, crash: int = 0) -> None:
        try:
            with self.intake.ending(crash):
                answer = self.intake.ask(person.now.ask("discard"), filler())
                if answer is not None and _NAMES[answer.status] == "stored":
                    person.slot = set()
        except Crash:
            return

    # What is carried

    def medium(self) -> Path:
        self._media += 1
        medium = self.folder / f"medium-{self._media:03}"
        medium.mkdir()
        return medium

    def export(self, crash: int = 0, *, again: int = 0, lost: bool = False) -> bool:
        """The intake writes what is due, or bundle `again` once more; what is lost never reaches the station.

        Say whether it was interrupted.
        """
        medium, is_interrupted = self.medium(), False
        try:
            with self.intake.ending(crash):
                if again:
                    self.intake.export_again(again, medium)
                else:
                    self.intake.export(medium)
        except Crash:
            is_interrupted = True
        self._carry(medium, self.outward, lost=lost)
        return is_interrupted

    def export_back(self, crash: int = 0, *, again: int = 0, lost: bool = False) -> bool:
        """The station writes what is due, or bundle `again` once more. Say whether it was interrupted."""
        medium, is_interrupted = self.medium(), False
        try:
            with self.station.ending(crash):
                if again:
                    self.station.export_again(again, medium)
                else:
                    self.station.export(medium)
        except Crash:
            is_interrupted = True
        self._carry(medium, self.inward, lost=lost)
        return is_interrupted

    def _carry(self, medium: Path, carried: list[Carried], *, lost: bool) -> None:
        found = bundles_in(medium)
        for path in found:
            self.must_not_hold(path.read_bytes(), path.name)
        if lost:
            shutil.rmtree(medium)
        else:
            carried += map(Carried, found)

    def take(self, bundle: Carried, crash: int = 0) -> bool:
        """The station imports a copy; one that is not next is refused by name and changes nothing.

        Say whether it was interrupted.
        """
        refusal = self._refusal(bundle)
        before, refused = self.station.state() if refusal else None, None
        try:
            with self.station.ending(crash):
                self.station.take(bundle.path)
        except Crash:
            return True
        except BundleRefusedError as error:
            refused = type(error)
        assert refused is refusal, f"bundle {bundle.path.stem}: {refused}, and should be {refusal}"
        assert refused is None or self.station.state() == before, "a refused bundle changed something"
        return False

    def _refusal(self, bundle: Carried) -> type[BundleRefusedError] | None:
        generation = self.station.generation()
        if bundle.generation != generation:
            return EndedGenerationError if bundle.generation < generation else DivergedBundleError
        last, unfinished = self.station.last(OUTWARD), self.station.unfinished()
        if bundle.sequence <= last:
            return None if bundle.sequence == unfinished else ReplayedBundleError
        return MissingBundleError if unfinished or bundle.sequence > last + 1 else None

    def take_back_in(self, bundle: Carried, crash: int = 0) -> bool:
        """The intake imports a copy; one that is not next is refused by name and changes nothing.

        Say whether it was interrupted.
        """
        expected = self.intake.last(INWARD) + 1
        word = "missing" if bundle.sequence > expected else "imported" if bundle.sequence < expected else ""
        if bundle.generation < self.intake.store.generation():
            word = "has ended"
        before, said = self.intake.state() if word else None, ""
        try:
            with self.intake.ending(crash):
                self.intake.take_in(bundle.path)
        except Crash:
            return True
        except TransferError as error:
            said = str(error)
        assert bool(said) == bool(word), f"bundle {bundle.path.stem}: {said or 'taken in, and should not have been'}"
        assert word in said, said
        assert not said or self.intake.state() == before, "a refused bundle changed something"
        return False

    # What reviewers do

    def answer(self, letter: LetterEntry, text: str, crash: int = 0) -> None:
        """Reply to a letter, or say that it was heard (no text)."""
        told = Told("reply" if text else "heard", text, signed=False)
        person = self.writer_of(bytes.fromhex(letter.digest))
        try:
            with self.station.ending(crash):
                if text:
                    self.station.answer(lambda notices, panel: reply(notices, panel, letter, text))
                else:
                    self.station.answer(lambda notices, panel: say_heard(notices, panel, letter))
                told.signed = True
        except AnswerError:
            return
        except Crash:
            pass
        if person is not None:
            person.told.append(told)

    def destroy(self, crash: int = 0) -> bool:
        """Two people destroy what was taken back; under a hold they cannot. Say whether they were interrupted."""
        before = self.station.state() if self.station.is_held() else None
        try:
            with self.station.ending(crash):
                self.station.destroy()
        except Crash:
            return True
        except HoldError:
            assert before is not None, "there is no hold"
            assert self.station.state() == before, "something was destroyed under a hold"
        else:
            assert before is None, "a hold does not keep them from destroying"
        return False

    def hold(self) -> None:
        self.station.hold()
        self.may_be_held = True

    def end_holds(self) -> None:
        """The hold ends, which the intake hears with the next bundle; then it erases what waited."""
        self.station.end_holds()

    # Who is who

    def writer_of(self, digest: bytes) -> Person | None:
        return next((one for one in self.people if any(sent.digest == digest for sent in one.sent)), None)

    def must_not_hold(self, content: bytes, name: str) -> None:
        """Hold a file against every sealed body that must be gone."""
        if self.may_be_held:
            return
        for person in self.people:
            for sent in person.gone:
                # The log of closings is never cut: it keeps what new words inherit, which they alone open (decision 8).
                may_stay = name == LOG and sent.kind == "inheritance"
                assert may_stay or sent.piece not in content, f"{name} holds a {sent.kind} that is gone"


def _open(person: Person) -> VisitRequest:
    return person.now.ask("open")
