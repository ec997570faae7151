"""Both sides in one process: people at the store, bundles on a medium, a station whose custodians are always there.

Custodians unlock once: stretching passphrases for every bundle would take most of a test's time.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crypto.bundle import TO_STATION
from crypto.constants import LETTER_KINDS
from crypto.letter import Letter
from crypto.visit import Index
from intake.engine import create_engine, database_url
from intake.installation import open_store
from intake.rows import NewLetter, ThreadLetter
from intake.settings import Settings
from intake.store import Store
from reviewer.answering import reply
from reviewer.desk import Desk, open_desk
from reviewer.destroying import Destroyer
from reviewer.exporting import Exporter
from reviewer.holding import Holds
from reviewer.importing import Imported, Importer
from reviewer.noticing import Notices
from reviewer.opening import Unlocked
from reviewer.resyncing import Resyncer
from reviewer.station import Station
from reviewer.trust import Candidate, keep, require_trusted_key
from reviewer.verifying import check_generation, check_order, copy_in, verify_copy
from tests.intake.installed import Installed
from tests.reviewer.panel import Panel
from tests.threads.survivor import Survivor, digest_of

DAY = date(2026, 11, 24)


@dataclass
class Exchange:
    """`folder` holds everything: the intake's data, its log on "another disk", the station, the medium, and copies."""

    folder: Path
    panel: Panel
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.medium.mkdir(parents=True)
        self.intake = Installed(self.folder / "data", {"HEARD_CLOSINGS": str(self.log), **self.settings})
        self.intake.run("init")
        self.intake.install(self.panel.card)
        self.station = Station(self.folder / "station")
        self.station.create()
        self.station.install_card(self.panel.card)
        keep(self.station, Candidate.read(self.intake.data / "intake.pub"))

    @property
    def medium(self) -> Path:
        return self.folder / "medium"

    @property
    def log(self) -> Path:
        return self.folder / "closings"

    @contextmanager
    def store(self) -> Iterator[Store]:
        environment = {"HEARD_DATA": str(self.intake.data), **self.intake.settings}
        opened = open_store(Settings.read(environment))
        yield opened
        opened.close()

    # People

    def write(self, text: str = "Invented.") -> tuple[Survivor, bytes]:
        """Somebody with words, and the digest of their account."""
        person = Survivor(self.panel.card)
        frame, sealed = person.account(text)
        with self.store() as store:
            assert store.add([NewLetter(frame.kind, frame.locator, frame.access_hash, DAY, sealed)])
        person.sequence = 1
        return person, digest_of(sealed)

    def put(self, person: Survivor, letter: Letter, target: bytes = bytes(16)) -> bytes:
        """Put a letter into a thread and return its digest."""
        sealed = person.seal(letter)
        new = NewLetter(
            LETTER_KINDS[letter.kind],
            person.keys.locator,
            person.keys.access_hash,
            DAY,
            sealed,
            sequence=letter.sequence,
        )
        with self.store() as store:
            standing = store.put(ThreadLetter(new, target))
        assert standing is not None
        assert standing.outcome == "stored"
        person.sequence = standing.sequence
        return digest_of(sealed)

    def other_words(self, person: Survivor) -> Survivor:
        after = person.successor()
        self.put(after, after.inheritance(person))
        self.put(person, person.replacement(after), after.keys.locator)
        return after

    def index(self, person: Survivor) -> Index | None:
        with self.store() as store:
            return store.index(person.keys.locator, person.keys.access_hash, DAY, 30)

    def fetch(self, person: Survivor, digest: bytes) -> bytes | None:
        with self.store() as store:
            return store.fetch(person.keys.locator, person.keys.access_hash, digest)[1]

    # Bundles

    def export(self, *arguments: str) -> list[Path]:
        said = self.intake.run("export", "--to", str(self.medium), "--json", *arguments)
        return [Path(entry["bundle"]) for entry in said.json["bundles"]]

    def carry(self, *arguments: str) -> list[Path]:
        """Letters to the station."""
        bundles = self.export(*arguments)
        for bundle in bundles:
            self.take(bundle)
        return bundles

    def take(self, bundle: Path) -> Imported:
        """Import as the command does."""
        with self.desk() as desk:
            copied = copy_in(bundle, desk.station.incoming)
            summary = verify_copy(copied, require_trusted_key(desk.station), desk.cards)
            check_generation(summary, desk.ledger.generation())
            known = desk.ledger.bundle(TO_STATION["panel"], summary.header.sequence)
            resumed = check_order(summary, known, desk.ledger.last_bundle(TO_STATION["panel"]))
            return Importer(desk.ledger, desk.vault, [self.unlocked]).take(copied, summary, resumed)

    def answer(self, name: str = "back") -> Path:
        """The next return bundle; not taken in yet."""
        with self.desk() as desk:
            exporter = Exporter(desk.station, desk.ledger, desk.vault)
            assert exporter.has_news()
            entry = exporter.write(self.unlocked, self.folder / name)
        return self.folder / name / f"{entry.name}.heard"

    def confirm(self) -> Path:
        """Answers to the intake side."""
        bundle = self.answer()
        self.intake.run("import", str(bundle))
        return bundle

    def resync(self, generation: int | None = None, name: str = "resync") -> Path:
        """The first bundle of a new generation; not taken in yet."""
        with self.desk() as desk:
            exporter = Exporter(desk.station, desk.ledger, desk.vault)
            entry = Resyncer(exporter, desk.cards).begin(self.unlocked, self.folder / name, generation)
        return self.folder / name / f"{entry.name}.heard"

    def begin(self, bundle: Path) -> Any:
        """Take in a new generation, after it was shown what that means; return what was said."""
        shown = self.intake.run("import", str(bundle), "--json", check=False)
        done = self.intake.run("import", str(bundle), "--new-generation", "--json").json
        assert shown.status == 1
        assert {**shown.json, "done": True} == done
        return done

    def reply(self, digest: bytes) -> None:
        with self.desk() as desk:
            letter = desk.ledger.letter(digest.hex())
            assert letter is not None
            reply(Notices(desk.ledger, desk.vault), self.unlocked, letter, "Thank you.")

    def destroy(self) -> None:
        with self.desk() as desk:
            holds = Holds(desk.ledger, desk.vault, desk.cards)
            Destroyer(desk.ledger, desk.vault, holds, [self.unlocked]).destroy(DAY)

    def statuses(self) -> dict[str, str]:
        """The status of every letter at the station, by digest."""
        with self.desk() as desk:
            return {entry.digest: entry.status for entry in desk.ledger.letters() if entry.bundle}

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with open_desk(self.station, json_follows=False) as desk, desk.station.locked():
            yield desk

    @property
    def unlocked(self) -> Unlocked:
        return Unlocked(self.panel.card, self.panel.root, (1, 2))

    # What breaks

    def backup(self, name: str = "backup") -> Path:
        path = self.folder / name
        path.unlink(missing_ok=True)
        self.intake.run("backup", "--to", str(path))
        return path

    def restore(self, backup: Path, *, with_log: bool) -> None:
        """A new disk for the data; `with_log`: the log's disk is still there, and is replayed."""
        shutil.rmtree(self.intake.data)
        if not with_log:
            self.log.unlink()
        if self.intake.settings.get("HEARD_DATABASE"):
            engine = create_engine(database_url(self.intake.settings["HEARD_DATABASE"], Path()), 5)
            with engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
            engine.dispose()
        self.intake.run("restore", str(backup))
        if with_log:
            self.intake.run("replay")

    def copy_station(self, name: str = "copy") -> Path:
        path = self.folder / name
        shutil.copytree(self.station.root, path)
        return path

    def restore_station(self, copy: Path) -> None:
        shutil.rmtree(self.station.root)
        shutil.copytree(copy, self.station.root)
