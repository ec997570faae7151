"""The two sides, each in a folder of its own, by the code that their commands run. They meet only through files."""

import argparse
import asyncio
import atexit
import contextlib
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crypto.bundle import TO_STATION, Direction
from crypto.card import encode_card
from crypto.constants import LETTER_KINDS
from crypto.errors import NoThreadError
from crypto.frame import Frame, parse_submission
from crypto.hold import in_force
from crypto.minisigning import SigningKey, VerifyKey
from crypto.panel import PanelRoot
from crypto.thread import ThreadKeys
from crypto.visit import VisitAnswer, VisitRequest, miss, open_answer, parse_request
from intake import schema
from intake.clock import today
from intake.commands import backup as backup_command
from intake.commands import restore as restore_command
from intake.exporting import Exporter as IntakeExporter
from intake.folder import Folder
from intake.importing import Importer as IntakeImporter
from intake.installation import load_card, load_key, open_store
from intake.migration import migrate as migrate_intake
from intake.rows import NewLetter, RetentionDays
from intake.settings import Settings
from intake.store import Store
from intake.threads import Threads
from intake.unscripted.reading import Reader
from intake.unscripted.view import View
from reviewer.desk import Desk, open_desk
from reviewer.destroying import Destroyer
from reviewer.entries import LetterEntry, NoticeEntry
from reviewer.exporting import Exporter as StationExporter
from reviewer.holding import Holds
from reviewer.importing import Importer as StationImporter
from reviewer.ledger import Ledger
from reviewer.noticing import Notices
from reviewer.opening import Unlocked
from reviewer.resyncing import Resyncer
from reviewer.station import Station
from reviewer.trust import Candidate, keep, require_trusted_key
from reviewer.vault import Vault
from reviewer.verifying import check_generation, check_order, copy_in, verify_copy
from tests.machines.crashes import Crash, Crashes

LOG = "closings.log"
DRAFT_DAYS = 30
REMNANT_DAYS = 90
ROOT = PanelRoot.from_bytes(hashlib.sha256(b"a panel for the exchange").digest())
CARD = ROOT.issue_card(
    inquiry="heard-demonstration",
    epoch=1,
    valid_from=date(2026, 11, 1),
    valid_to=date(2036, 11, 1),
    threshold=2,
    custodians=3,
)
PANEL = [Unlocked(CARD, ROOT, (1, 2))]
INTAKE_SEED = hashlib.sha256(b"an intake for the exchange").digest()
INTAKE_KEY = SigningKey.from_seed(INTAKE_SEED)
TO_PANEL = tuple(LETTER_KINDS[kind] for kind in ("account", "addition", "choices", "withdrawal", "replacement"))


class Side:
    """What both have: a folder, and moments at which the process may end."""

    def __init__(self, root: Path, crashes: Crashes) -> None:
        self.root = root
        self._crashes = crashes
        self.changes = 0

    def open(self) -> None:
        """Begin, or begin again."""

    def close(self) -> None:
        """Let go of every file."""

    @contextmanager
    def ending(self, moment: int) -> Iterator[None]:
        """Let the process end at a moment of this block, and begin again with what it left. Raises Crash when it did."""
        self.changes += 1
        try:
            with self._crashes.at(moment, self.root):
                yield
        except Crash:
            self.close()
            self._crashes.recover(self.root)
            self.open()
            raise


class IntakeSide(Side):
    """The online side: threads as the survivors' site answers for them, and bundles."""

    def __init__(self, root: Path, crashes: Crashes, runner: asyncio.Runner) -> None:
        super().__init__(root, crashes)
        self._run = runner.run
        self.open()

    def open(self) -> None:
        self.folder = Folder(self.root / "data")
        self.store: Store = open_store(settings_of(self.root))
        self._crashes.watch(self.store._engine)
        self._threads = Threads(self.store, today, DRAFT_DAYS)
        # As the service does when it starts.
        self.store.catch_up()

    def close(self) -> None:
        self.store.close()

    # What survivors ask for

    def ask(self, request: VisitRequest, slot: bytes) -> VisitAnswer | None:
        """One request and its answer, in the bytes that travel."""
        parsed, body = parse_request(request.encode() + slot)
        answer = self._run(self._threads.visit(parsed, body))
        try:
            return open_answer(miss() if answer is None else answer.seal(parsed), request)
        except NoThreadError:
            return None

    def send(self, frame: Frame, sealed: bytes) -> bool:
        """An account, and whether it is acknowledged."""
        parsed, body = parse_submission(frame.encode() + sealed)
        letter = NewLetter(parsed.kind, parsed.locator, parsed.access_hash, today(), body)
        return letter.digest in self.store.add([letter])

    def read(self, keys: ThreadKeys) -> View | None:
        """What a survivor sees."""
        return self._run(Reader(keys, self._threads.visit, [CARD]).read())

    # Bundles

    def export(self, medium: Path) -> None:
        self._exporter(medium).write_new(even_empty=False)

    def export_again(self, sequence: int, medium: Path) -> None:
        self._exporter(medium).write_again(sequence)

    def take_in(self, bundle: Path, *, new_generation: bool = False) -> None:
        IntakeImporter(self.store, self.folder, _no_step).take_in(bundle, new_generation=new_generation)

    def last(self, direction: Direction) -> int:
        """The sequence of the newest bundle of this generation, 0 when there is none."""
        row = self.store.last_bundle(direction)
        return row.sequence if row else 0

    def forget(self) -> None:
        """What the service does by itself: what was taken back and is still here goes, once no hold keeps it."""
        self.store.forget(today(), RetentionDays(DRAFT_DAYS, 0, 0, 0))
        assert self.store.settle()

    def forget_confirmed(self) -> None:
        """Time passes: what the station has confirmed is not kept here any longer."""
        self.store.forget(today() + timedelta(days=2), RetentionDays(DRAFT_DAYS, 1, 0, 0))
        assert self.store.settle()

    def backup(self, target: Path) -> None:
        backup_command.run(argparse.Namespace(to=str(target)), settings_of(self.root))

    def restore(self, backup: Path) -> None:
        """The data's disk was lost, the log's was not."""
        self.close()
        shutil.rmtree(self.folder.root)
        restore_command.run(argparse.Namespace(file=str(backup)), settings_of(self.root))
        self.open()

    def _exporter(self, medium: Path) -> IntakeExporter:
        return IntakeExporter(self.store, load_card(self.folder), load_key(self.folder), medium, _no_step)

    # What the test looks at

    def held(self) -> set[bytes]:
        """The digests of the letters whose sealed bytes are here."""
        letters, envelopes = schema.letters, schema.envelopes
        both = letters.join(envelopes, letters.c.place == envelopes.c.place)
        with self.store._engine.connect() as connection:
            return set(connection.scalars(select(letters.c.digest).select_from(both)))

    def state(self) -> object:
        """Everything that the database says, to compare."""
        return [(name, sorted(row.items())) for name, row in self.store.dump()]


class StationSide(Side):
    """The offline side. Each command opens the station and closes it again."""

    def __init__(self, root: Path, crashes: Crashes) -> None:
        super().__init__(root, crashes)
        self.station = Station(root)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with self.ledger() as ledger, self.station.locked():
            self._crashes.watch(ledger.engine)
            yield Desk(self.station, [CARD], ledger, Vault(self.station.letters))

    def take(self, bundle: Path) -> None:
        with self.desk() as desk:
            copied = copy_in(bundle, self.station.incoming)
            try:
                summary = verify_copy(copied, require_trusted_key(self.station), desk.cards)
                check_generation(summary, desk.ledger.generation())
                known = desk.ledger.bundle(TO_STATION["panel"], summary.header.sequence)
                resumed = check_order(summary, known, desk.ledger.last_bundle(TO_STATION["panel"]))
                StationImporter(desk.ledger, desk.vault, PANEL).take(copied, summary, resumed)
            finally:
                copied.remove()

    def export(self, medium: Path) -> None:
        with self.desk() as desk:
            exporter = StationExporter(self.station, desk.ledger, desk.vault)
            if (begun := exporter.unfinished()) is not None:
                exporter.hand_out(begun, medium)
            elif exporter.has_news():
                exporter.write(PANEL[0], medium)

    def export_again(self, sequence: int, medium: Path) -> None:
        with self.desk() as desk:
            StationExporter(self.station, desk.ledger, desk.vault).again(sequence, medium)

    def resync(self, medium: Path, generation: int) -> None:
        """Begin that generation, or go on with it."""
        with self.desk() as desk:
            exporter = StationExporter(self.station, desk.ledger, desk.vault)
            begun = exporter.unfinished()
            if begun is not None and (begun.generation, begun.sequence) == (generation, 1):
                exporter.hand_out(begun, medium)
            elif desk.ledger.generation() < generation:
                Resyncer(exporter, [CARD]).begin(PANEL[0], medium, generation)

    def copy(self, target: Path) -> None:
        shutil.copytree(self.root, target)

    def restore(self, copy: Path) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(copy, self.root)

    def destroy(self) -> None:
        with self.desk() as desk:
            desk.station.empty_incoming()
            Destroyer(desk.ledger, desk.vault, _holds(desk), PANEL, REMNANT_DAYS).destroy(today())

    def hold(self) -> None:
        """Publish a legal hold: from now on nothing is destroyed."""
        with self.desk() as desk:
            _holds(desk).publish(PANEL[0], "Invented.", today(), today() + timedelta(days=30))

    def end_holds(self) -> None:
        with self.desk() as desk:
            for hold in in_force(_holds(desk).all(), today()):
                _holds(desk).end(PANEL[0], hold, today() - timedelta(days=1))

    def is_held(self) -> bool:
        with self.desk() as desk:
            return bool(in_force(_holds(desk).all(), today()))

    def answer(self, say: Callable[[Notices, Unlocked], NoticeEntry]) -> None:
        with self.desk() as desk:
            say(Notices(desk.ledger, desk.vault), PANEL[0])

    # What the test looks at

    def last(self, direction: Direction) -> int:
        """The sequence of the newest bundle of this generation, 0 when there is none."""
        with self.ledger() as ledger:
            entry = ledger.last_bundle(direction)
        return entry.sequence if entry else 0

    def unfinished(self) -> int:
        """The sequence of the bundle whose import was interrupted, or 0."""
        with self.ledger() as ledger:
            entry = ledger.last_bundle(TO_STATION["panel"])
        return entry.sequence if entry and not entry.finished else 0

    def generation(self) -> int:
        with self.ledger() as ledger:
            return ledger.generation()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = Ledger(self.station.ledger)
        try:
            yield ledger
        finally:
            ledger.close()

    def letters(self) -> list[LetterEntry]:
        with self.ledger() as ledger:
            return list(ledger.letters())

    def held(self) -> set[bytes]:
        """The digests of what is in the vault."""
        return {bytes.fromhex(path.stem) for path in self.station.letters.rglob("*.age")}

    def state(self) -> object:
        """Everything that the ledger says, and what is in the vault, to compare."""
        tables = ("letters", "threads", "notices", "bundles")
        rows = [sorted(map(repr, self.rows(f"SELECT * FROM {table}"))) for table in tables]  # noqa: S608 - fixed names
        return rows, sorted(self.held())

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.station.ledger)) as connection:
            return connection.execute(query, values).fetchall()


def _holds(desk: Desk) -> Holds:
    return Holds(desk.ledger, desk.vault, desk.cards)


def bundles_in(medium: Path) -> list[Path]:
    """The bundles on a medium that have their signature, in order."""
    return sorted(path for path in medium.glob("*.heard") if path.with_name(path.name + ".minisig").exists())


def new_sides(folder: Path) -> tuple[Path, Path]:
    """Two empty sides in `folder` that know each other's public keys."""
    intake, station = _templates()
    return shutil.copytree(intake, folder / "intake"), shutil.copytree(station, folder / "station")


def settings_of(root: Path) -> Settings:
    """The settings of an intake whose log of closings is not on the disk of its data."""
    return Settings.read({"HEARD_DATA": str(root / "data"), "HEARD_CLOSINGS": str(root / LOG)})


@cache
def _templates() -> tuple[Path, Path]:
    """Made once: bringing databases to their tables takes longer than most runs."""
    place = tempfile.mkdtemp(prefix="heard-exchange-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    root = Path(place) / "intake"
    intake = Folder(root / "data")
    intake.create()
    intake.key.write_text(INTAKE_KEY.encode())
    intake.public.write_text(INTAKE_KEY.public.encode())
    intake.card.write_bytes(encode_card(CARD))
    store = open_store(settings_of(root))
    migrate_intake(store._engine)
    store.begin_log()
    store.close()
    station = Station(Path(place) / "station")
    station.create()
    station.install_card(CARD)
    keep(station, Candidate(VerifyKey.parse(intake.public.read_text())))
    with open_desk(station, json_follows=True):
        pass
    return root, station.root


def _no_step() -> None:
    pass
