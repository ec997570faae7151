"""The offline station at the size of a national inquiry: the case store, imports, and opening many letters beside other programs."""

import json
import os
import resource
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median

from crypto.bundle import FIRST_PREVIOUS, BundleHeader, BundleWriter, RecordKind, sign_bundle, verify_bundle
from crypto.card import PanelCard
from crypto.letter import Answer, Letter
from crypto.minisigning import SigningKey
from crypto.opening import Identity, open_sealed
from crypto.recipients import Recipient, throwaway_recipient
from crypto.records import LetterRecord
from crypto.sealing import seal_letter
from reviewer.cases.casework import open_casework
from reviewer.cases.letters import NewCase
from reviewer.cases.unsealing import OpenedPanel
from reviewer.desk import Desk, open_desk
from reviewer.entries import LetterEntry
from reviewer.importing import Importer
from reviewer.opening import Unlocked
from reviewer.station import Station
from reviewer.verifying import copy_in, verify_copy
from tests.browser.node import BROWSER, node_command
from tests.crypto.samples import ROOT, card, letter

# Words of invented text: as often as words are, a few everywhere and most of them rarely.
VOCABULARY = [f"word{number}" for number in range(20_000)]
_BLANK = letter(with_thread=False)
_WEIGHTS = list(accumulate(1 / number for number in range(1, len(VOCABULARY) + 1)))
COMMON, MIDDLING, RARE = "word0", "word400", "quillwort"
MEDIAN_BYTES = 3_000
_TRIES = 9
_GPG_LETTERS, _NODE_LETTERS = 60, 60
_AT_ONCE = 500

_NODE = """
import { readFileSync } from 'node:fs'
import { Decrypter } from 'age-encryption'
const { identity, files } = JSON.parse(readFileSync(0, 'utf8'))
const sealed = files.map((path) => new Uint8Array(readFileSync(path)))
const open = async (bytes) => { const d = new Decrypter(); d.addIdentity(identity); return d.decrypt(bytes) }
await open(sealed[0])
const start = performance.now()
for (const bytes of sealed) await open(bytes)
console.log(sealed.length / (performance.now() - start) * 1000)
"""


@dataclass(frozen=True)
class Times:
    """Seconds of several runs: the median, the fastest, and the processor's time in the median run, which other work does not lengthen."""

    median: float
    fastest: float
    processor: float

    @property
    def row(self) -> str:
        """All as cells of a table, in milliseconds."""
        return " | ".join(f"{seconds * 1e3:,.1f}" for seconds in (self.median, self.fastest, self.processor))


@dataclass(frozen=True)
class StoreFigures:
    """Times at a number of letters, and the bytes of the file."""

    letters: int
    size: int
    put_in: float
    listing: "Times"
    search: dict[str, "Times"]
    opening: "Times"
    unlock: "Times"


@dataclass(frozen=True)
class ImportFigures:
    """Records and letters a second, and by how many bytes memory grew meanwhile."""

    records: int
    written: float
    verified: float
    verified_growth: int
    letters: int
    imported: float
    imported_growth: int


@contextmanager
def panel_station() -> Iterator[tuple[Desk, Unlocked]]:
    """Yield an open station of an invented panel, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as name:
        station = Station(Path(name) / "station")
        station.create()
        station.install_card(card())
        with open_desk(station, json_follows=True) as desk:
            yield desk, Unlocked(card(), ROOT, (1, 2))


def store_figures(letters: int) -> StoreFigures:
    """Fill a case store, and time what a reader waits for."""
    random = Random(6)  # noqa: S311 - invented text, the same in each run
    with panel_station() as (desk, unlocked):
        opener = OpenedPanel([unlocked])
        with open_casework(desk, opener) as work:
            start = time.perf_counter()
            digests = [one for some in _batches(random, letters) for one in _put_in(desk, work.store.add, some)]
            took = time.perf_counter() - start
            middle = work.store.line(digests[letters // 2])
            assert middle is not None
            listing = timed(lambda: work.store.page(None, (middle.week, middle.digest)))
            search = {word: timed(partial(work.store.search, word, None)) for word in (RARE, MIDDLING, COMMON)}
            opening = timed(lambda: work.store.letter(random.choice(digests)))
            path = work.store.path
        # Closed: unlocking verifies every page, and compares the store with the ledger.
        unlock = timed(partial(_unlock, desk, opener), tries=3)
        return StoreFigures(letters, path.stat().st_size, letters / took, listing, search, opening, unlock)


def _unlock(desk: Desk, opener: OpenedPanel) -> None:
    with open_casework(desk, opener) as work:
        assert work.filed.added == 0
        assert work.filed.shredded == ()


def _put_in(desk: Desk, add: Callable[[Sequence[NewCase]], None], some: list[NewCase]) -> list[str]:
    desk.ledger.add_letters([new.entry for new in some])
    add(some)
    return [new.entry.digest for new in some]


def _batches(random: Random, letters: int) -> Iterator[list[NewCase]]:
    for at in range(0, letters, _AT_ONCE):
        yield [_new(random, number) for number in range(at, min(at + _AT_ONCE, letters))]


def _new(random: Random, number: int) -> NewCase:
    digest = sha256(number.to_bytes(8)).hexdigest()
    week = 202_601 + number % 52
    entry = LetterEntry(
        digest=digest, locator="", week=week, size=65_536, bundle=1, place=1, claim="{}", status="imported"
    )
    return NewCase(entry, written(text_of(random, rare=number % 5_000 == 0)), digest)


def text_of(random: Random, *, rare: bool = False) -> str:
    """Return invented text: half of all have more than `MEDIAN_BYTES`, a few have many times that."""
    size = min(int(random.lognormvariate(0, 0.8) * MEDIAN_BYTES), 55_000)
    words = random.choices(VOCABULARY, cum_weights=_WEIGHTS, k=size // 8 + 1)
    return " ".join([*words, RARE] if rare else words)


def written(text: str) -> Letter:
    """Return an account with two parts and a choice."""
    half = len(text) // 2
    parts = tuple(
        Answer(name, name, "What would you like to tell us?", part, ())
        for name, part in (("account", text[:half]), ("effects", text[half:]))
    )
    return replace(_BLANK, answers=parts)


def import_figures(records: int, letters: int) -> ImportFigures:
    """Verify a bundle of many small records, and import one of many letters of 64 KiB."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "small.heard"
        key, body = SigningKey.generate(), secrets.token_bytes(1_000)
        start = time.perf_counter()
        _write(path, key, (body for _ in range(records)))
        written_in = time.perf_counter() - start
        before, start = peak(), time.perf_counter()
        with path.open("rb") as bundle:
            assert verify_bundle(bundle, path.with_suffix(".minisig").read_bytes(), key.public).count == records
        verified, growth = time.perf_counter() - start, peak() - before
    imported, imported_growth = _import(letters)
    return ImportFigures(records, records / written_in, records / verified, growth, letters, imported, imported_growth)


def _import(letters: int) -> tuple[float, int]:
    """Return letters a second, copied in, verified, kept, judged and filed, and how far memory grew after the first tenth."""
    key, marks = SigningKey.generate(), []
    with panel_station() as (desk, unlocked), tempfile.TemporaryDirectory() as name:
        path = Path(name) / "intake-0001-000001.heard"
        _write(path, key, (record.encode() for record in sealed_records(unlocked.card, letters)))
        path.with_suffix(".minisig").rename(Path(f"{path}.minisig"))
        start = time.perf_counter()
        copied = copy_in(path, desk.station.incoming)
        summary = verify_copy(copied, key.public, desk.cards)
        with open_casework(desk, OpenedPanel([unlocked])) as work:
            imported = Importer(desk.ledger, desk.vault, [unlocked]).take(
                copied, summary, False, lambda: marks.append(peak())
            )
            filed = work.filer.file(lambda: marks.append(peak()))
            took = time.perf_counter() - start
            assert imported.counts.imported == filed.added == letters
    return letters / took, marks[-1] - marks[len(marks) // 10]


def _write(path: Path, key: SigningKey, bodies: Iterator[bytes]) -> None:
    own = card()
    with path.open("w+b") as target:
        writer = BundleWriter(target, BundleHeader("intake to station", own.inquiry, own.epoch, 1, 1, FIRST_PREVIOUS))
        for body in bodies:
            writer.add(RecordKind.LETTER, body)
        path.with_suffix(".minisig").write_bytes(sign_bundle(target, writer.finish(), key))


def sealed_records(own: PanelCard, letters: int) -> Iterator[LetterRecord]:
    """Yield letters of 64 KiB, each sealed anew."""
    random = Random(7)  # noqa: S311 - the same
    recipients = [Recipient.parse(own.recipient), throwaway_recipient()]
    for _ in range(letters):
        one = replace(written(text_of(random)), locator=secrets.token_hex(16))
        yield LetterRecord(1, 202_648, bytes.fromhex(one.locator), seal_letter(one, recipients))


def opening_figures(letters: int) -> dict[str, float]:
    """Return letters of 64 KiB opened a second: here on one core and on two, by age-encryption under Node, by gpg with RSA-4096."""
    sealed = [record.sealed for record in sealed_records(card(), letters)]
    identity = ROOT.identity
    figures = {"one core": letters / once(lambda: [open_sealed(one, [identity]) for one in sealed])}
    with ProcessPoolExecutor(
        2, mp_context=get_context("fork"), initializer=_hold, initargs=(identity.seed, sealed)
    ) as pool:
        list(pool.map(_open_some, [range(1)] * 2))
        parts = [range(at, min(at + 50, letters)) for at in range(0, letters, 50)]
        figures["two cores"] = letters / once(lambda: list(pool.map(_open_some, parts)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures["age-encryption"] = _node(folder, identity, sealed[:_NODE_LETTERS])
        figures["gpg"] = _gpg(folder, [open_sealed(one, [identity]) for one in sealed[:_GPG_LETTERS]])
    return figures


_held: dict[str, object] = {}


def _hold(seed: bytes, sealed: list[bytes]) -> None:
    """What each process keeps: the identity, and the letters, which came with the fork."""
    _held["identity"], _held["sealed"] = Identity.from_seed(seed), sealed


def _open_some(places: range) -> int:
    identity, sealed = _held["identity"], _held["sealed"]
    assert isinstance(identity, Identity)
    assert isinstance(sealed, list)
    return sum(len(open_sealed(sealed[place], [identity])) for place in places)


def _node(folder: Path, identity: Identity, sealed: Sequence[bytes]) -> float:
    files = [_file(folder, f"{number}.age", one) for number, one in enumerate(sealed)]
    command = [*node_command(), "--input-type=module", "-e", _NODE]
    said = json.dumps({"identity": identity.encode(), "files": files})
    done = subprocess.run(command, cwd=BROWSER, input=said, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _gpg(folder: Path, plain: Sequence[bytes]) -> float:
    """Open with one gpg process for all files, so that starting it counts once."""
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    gpg = [
        "gpg",
        "--homedir",
        str(home),
        "--batch",
        "--quiet",
        "--yes",
        "--trust-model",
        "always",
        "--compress-algo",
        "none",
    ]
    run = partial(subprocess.run, check=True, capture_output=True, env={"PATH": os.environ["PATH"]})
    try:
        run([*gpg, "--passphrase", "", "--quick-generate-key", "bench", "rsa4096", "encrypt", "never"])
        files = [_file(folder, f"{number}.txt", one) for number, one in enumerate(plain)]
        run([*gpg, "--recipient", "bench", "--multifile", "--encrypt", *files])
        for file in files:
            Path(file).unlink()
        took = once(lambda: run([*gpg, "--multifile", "--decrypt", *(f"{file}.gpg" for file in files)]))
        assert [Path(file).read_bytes() for file in files] == list(plain)
    finally:
        if shutil.which("gpgconf"):
            subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)
    return len(plain) / took


def _file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def timed(work: Callable[[], object], tries: int = _TRIES) -> Times:
    """Return how long `work` takes; the first time warms up and is left out."""
    work()
    took, processor = [], []
    for _ in range(tries):
        start = time.process_time()
        took.append(once(work))
        processor.append(time.process_time() - start)
    return Times(median(took), min(took), median(processor))


def once(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak() -> int:
    """Return the most bytes of memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024


def section(letters: int, records: int, imported: int, opened: int) -> Iterator[str]:
    """Yield the station's section of the report."""
    store = store_figures(letters)
    yield "## The station's case store\n"
    yield f"{store.letters:,} letters, median {MEDIAN_BYTES:,} bytes of text, one encrypted file of {store.size / 1e6:,.0f} MB; {store.put_in:,.0f} put in a second."
    yield "Aim: list under 100 ms, search under 200 ms, open one under 5 ms, unlock under 5 s.\n"
    yield "| what | ms, median | fastest | processor |"
    yield "|---|---|---|---|"
    yield f"| list, a page | {store.listing.row} |"
    for word, times in store.search.items():
        yield f"| search, {_NAMES[word]} | {times.row} |"
    yield f"| open one | {store.opening.row} |"
    yield f"| unlock: verify every page, compare with the ledger | {store.unlock.row} |"
    yield ""
    figures = import_figures(records, imported)
    yield "## Import at the station\n"
    yield f"{figures.records:,} records of 1 KB: {figures.written:,.0f} written and {figures.verified:,.0f} verified a second; memory grew by {figures.verified_growth / 1e6:,.1f} MB."
    yield f"{figures.letters:,} letters of 64 KiB: {figures.imported:,.0f} a second copied, verified, kept, judged and opened into the case store; after the first tenth memory grew by {figures.imported_growth / 1e6:,.1f} MB.\n"
    rates = opening_figures(opened)
    yield "## Opening letters of 64 KiB, the same letters for all\n"
    yield "Aim: 30 times gpg, and 2,000 a second on two cores.\n"
    yield "| what | a second |"
    yield "|---|---|"
    for what, rate in rates.items():
        yield f"| {_PROGRAMS.get(what, what)} | {rate:,.0f} |"
    yield f"\nTwo cores are {rates['two cores'] / rates['gpg']:,.0f} times gpg, one core {rates['one core'] / rates['gpg']:,.0f} times.\n"


_NAMES = {RARE: "a rare word", MIDDLING: "a word of many letters", COMMON: "a word of nearly all letters"}
_PROGRAMS = {
    "one core": "Heard, one core",
    "two cores": "Heard, two processes",
    "age-encryption": "age-encryption under Node",
    "gpg": "gpg, RSA-4096, one process for all files",
}
