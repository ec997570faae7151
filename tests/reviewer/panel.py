"""A panel of two of three, an intake side that signs bundles of invented letters, and stations to carry them to."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from crypto.bundle import FIRST_PREVIOUS, BundleHeader, BundleWriter, Direction, RecordKind, sign_bundle
from crypto.card import PanelCard
from crypto.constants import SEALED_SIZES
from crypto.letter import Answer, Letter
from crypto.minisigning import SigningKey
from crypto.panel import PanelRoot
from crypto.recipients import Recipient, throwaway_recipient
from crypto.records import LetterRecord
from crypto.sealing import capacity, seal, seal_letter
from reviewer.cli import main
from reviewer.custody.ceremony import Plan, hold
from reviewer.custody.quorum import unlock
from reviewer.custody.share_file import parse_share
from reviewer.importing import name_of
from reviewer.opening import Unlocked
from reviewer.station import Station, read_card
from reviewer.trust import Candidate, keep
from tests.crypto.samples import TEXT, letter

PASSPHRASES = ("four invented words together", "another set of plain words", "the third custodian's words")
INQUIRY = "heard-demonstration"
PLAN = Plan(INQUIRY, 1, 2, 3, date(2026, 11, 1), date(2028, 11, 1))
WEEK = 202_648


@dataclass
class Panel:
    """`folder` holds share files, passphrase files and the card, as a ceremony wrote them."""

    folder: Path
    card: PanelCard = field(init=False)
    root: PanelRoot = field(init=False, repr=False)

    def __post_init__(self) -> None:
        (card,) = self.folder.glob("*.card")
        self.card = read_card(card)
        words = dict(enumerate(PASSPHRASES, 1))
        shares = [parse_share(self.share(number).read_bytes()) for number in (1, 2)]
        self.root = unlock(shares, lambda share: share.open(words[share.header.number]), self.card)

    @classmethod
    def held(cls, folder: Path, plan: Plan = PLAN, previous: PanelRoot | None = None) -> "Panel":
        hold(plan, PASSPHRASES, folder, previous)
        for number, passphrase in enumerate(PASSPHRASES, 1):
            path = folder / f"passphrase-{number}"
            path.touch(0o600)
            path.write_text(passphrase + "\n")
        return cls(folder)

    @property
    def unlocked(self) -> list[Unlocked]:
        return [Unlocked(self.card, self.root)]

    def share(self, number: int) -> Path:
        return self.folder / f"share-{number}-of-3.json"

    def shares(self, *numbers: int) -> list[str]:
        """Arguments that unlock with those custodians' shares."""
        files = [f"--share={self.share(number)}" for number in numbers]
        return files + [f"--passphrase-file={self.folder / f'passphrase-{number}'}" for number in numbers]

    def write(self, text: str = TEXT, **changes: Any) -> Letter:
        """An invented letter to this panel, with a thread of its own."""
        written = letter(text, with_thread=False)
        own: dict[str, Any] = {"card": self.card.fingerprint.hex(), "locator": os.urandom(16).hex()}
        return replace(written, **own | changes)

    def record(self, written: Letter, **changes: Any) -> LetterRecord:
        sealed = seal_letter(written, self.recipients)
        return replace(LetterRecord(1, WEEK, bytes.fromhex(written.locator), sealed), **changes)

    def raw_record(self, plaintext: bytes, size: int = SEALED_SIZES[0]) -> LetterRecord:
        """A record whose plaintext is whatever a hostile sender likes, in a sealed letter of an allowed size."""
        padded = plaintext.ljust(capacity(size, len(self.recipients)))
        return LetterRecord(1, WEEK, bytes(16), seal(padded, self.recipients))

    @property
    def recipients(self) -> list[Recipient]:
        return [Recipient.parse(self.card.recipient), throwaway_recipient()]


@dataclass
class Intake:
    """The other side: its key, and where its chain of bundles stands."""

    card: PanelCard
    medium: Path
    key: SigningKey = field(default_factory=SigningKey.generate, repr=False)
    sequence: int = 0
    previous: str = FIRST_PREVIOUS

    @property
    def public(self) -> Path:
        path = self.medium / "intake.pub"
        path.write_text(self.key.public.encode())
        return path

    def header(self, direction: Direction = "intake to station", **changes: Any) -> BundleHeader:
        plain = BundleHeader(direction, self.card.inquiry, self.card.epoch, 1, self.sequence + 1, self.previous)
        return replace(plain, **changes)

    def export(self, records: Iterable[LetterRecord], **changes: Any) -> Path:
        """Write the next bundle, as the intake side would, and move the chain on."""
        return self.export_bodies([(RecordKind.LETTER, record.encode()) for record in records], self.header(**changes))

    def export_bodies(self, bodies: Sequence[tuple[RecordKind, bytes]], header: BundleHeader) -> Path:
        target = io.BytesIO()
        writer = BundleWriter(target, header)
        for kind, body in bodies:
            writer.add(kind, body)
        summary = writer.finish()
        path = self.medium / f"{name_of(header)}.heard"
        path.write_bytes(target.getvalue())
        signature_of(path).write_bytes(sign_bundle(target, summary, self.key))
        self.sequence, self.previous = header.sequence, summary.chain
        return path


def signature_of(bundle: Path) -> Path:
    return bundle.with_name(bundle.name + ".minisig")


def new_station(folder: Path, panel: Panel, intake: Intake) -> Station:
    """A station with the panel's card, which trusts the intake side."""
    station = Station(folder)
    station.create()
    station.install_card(panel.card)
    keep(station, Candidate.read(intake.public))
    return station


def reviewer(*arguments: str, station: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, with outputs of its own, and hold its exit code against `code`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    words = 2 if arguments[0] == "reader" else 1
    before = os.umask(0o022)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            found = main([*arguments[:words], f"--station={station}", *arguments[words:]])
    finally:
        os.umask(before)
    return _checked(arguments, found, _text(out), _text(err), code)


def reviewer_process(
    *arguments: str, station: Path, code: int = 0, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, in a process of its own, and hold its exit code against `code`."""
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", *arguments],
        env={"PATH": os.environ["PATH"], "HEARD_STATION": str(station), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return _checked(arguments, done.returncode, done.stdout, done.stderr, code)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode("utf-8")


def _checked(arguments: Sequence[str], found: int, out: str, err: str, code: int) -> subprocess.CompletedProcess[str]:
    assert found == code, err or out
    assert "Traceback" not in err
    return subprocess.CompletedProcess(arguments, found, out, err)


def text_answer(text: str) -> Answer:
    return Answer("account", "account", "What would you like to tell us?", text, ())
