"""Sheets on paper: what is printed, and that a scanner reads from the page what a custodian could type."""

import http.server
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import reviewer.paper.printing as printing
import templates
from reviewer.custody.share_words import parse_words
from reviewer.station import Station
from tests.intake.installed import ROOT
from tests.leaks import leaks
from tests.reviewer.agents import DESPITE, locked_at_the_end
from tests.reviewer.panel import reviewer, reviewer_process
from tests.reviewer.terminal import Terminal

HOLDERS = ["Jo <b>Example", "Sam Example", "Kim Example"]
PLAN = ["--threshold=2", "--custodians=3", "--inquiry=an-inquiry", "--sheets"]
# As the library's loader says it where the system has no Pango.
NO_PANGO = "raise OSError(\"cannot load library 'libpango-1.0-0': cannot open shared object file\")\n"


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where alone sheets may be written."""
    folder = Path(tempfile.mkdtemp(prefix="heard-", dir="/dev/shm"))
    yield folder
    shutil.rmtree(folder)


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def scanned(sheet: Path) -> str:
    """What a scanner reads from the page, drawn as a printer draws it."""
    page = sheet.with_suffix(".png")
    run("pdftoppm", "-r", "150", "-singlefile", "-png", str(sheet), str(page.with_suffix("")))
    return run("zbarimg", "--quiet", "--raw", str(page)).strip()


def test_sheets_open_the_station_by_scanner(memory: Path, tmp_path: Path) -> None:
    station = Station(tmp_path / "station")
    holders = [f"--holder={name}" for name in HOLDERS]
    reviewer("ceremony", *PLAN, *holders, f"--to={memory / 'sheets'}", station=station.root)
    sheets = sorted((memory / "sheets").glob("sheet-*-of-3.pdf"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in sheets] == [0o600] * 3
    card = station.newest_card()
    codes = []
    for number, (sheet, holder) in enumerate(zip(sheets, HOLDERS, strict=True), 1):
        codes.append(scanned(sheet))
        share = parse_words(codes[-1])
        assert (share.number, share.threshold) == (number, 2)
        text = run("pdftotext", "-layout", str(sheet), "-")
        assert "Pages:           1\n" in run("pdfinfo", str(sheet))
        shown = [f"Share {number} of 3", holder, "an-inquiry, panel, epoch 1", "any 2 of 3", str(share.set_number)]
        assert [part for part in (*shown, " ".join(card.fingerprint_words[0])) if part not in text] == []
        printed = dict(re.findall(r"(\d+)\. ([a-z]+)", text))
        assert " ".join(printed[str(place)] for place in range(1, 34)) == share.words
    assert leaks([tmp_path], [parse_words(code).words for code in codes]) == []
    with locked_at_the_end(station), Terminal("unlock", *DESPITE, station=station.root) as terminal:
        for number, code in enumerate((codes[2], codes[0]), 1):
            terminal.wait_for(f"Share {number} of 2: ")
            terminal.type("words")
            terminal.wait_for("Words from 1 on: ")
            terminal.type(code)
        terminal.wait_for("by custodian(s) 1, 3.")
        assert terminal.finish() == 0


def test_sheets_never_go_to_a_disk(tmp_path: Path) -> None:
    said = reviewer("ceremony", *PLAN, f"--to={tmp_path / 'sheets'}", station=tmp_path / "station", code=1)
    assert "may be on a disk" in said.stderr
    assert "--to /dev/shm/sheets" in said.stderr
    assert not list(tmp_path.rglob("sheet-*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--holder=Jo"], "Give --holder 3 times"),
        (["--passphrase-file=x"], "A sheet has no passphrase"),
    ],
    ids=["one holder", "a passphrase"],
)
def test_options_that_do_not_go_together(arguments: list[str], said: str, memory: Path, tmp_path: Path) -> None:
    done = reviewer("ceremony", *PLAN, *arguments, f"--to={memory / 'x'}", station=tmp_path / "station", code=1)
    assert said in done.stderr
    assert not (memory / "x").exists()


def test_without_the_systems_library_it_is_html_to_print(memory: Path, tmp_path: Path) -> None:
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(NO_PANGO)
    done = reviewer_process(
        "ceremony",
        *PLAN,
        *(f"--holder={name}" for name in HOLDERS),
        f"--to={memory / 'sheets'}",
        station=tmp_path / "station",
        environment={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    assert "cannot make PDF files (the system's libpango is missing)" in done.stderr
    sheets = sorted((memory / "sheets").glob("sheet-*"))
    assert [path.name for path in sheets] == [f"sheet-{number}-of-3.html" for number in (1, 2, 3)]
    page = sheets[0].read_text("utf-8")
    words = re.findall(r'<span class="n">\d+\.</span> ([a-z]+)<', page)
    in_order = [words[row * 3 + column] for column in range(3) for row in range(11)]
    assert parse_words(" ".join(in_order)).number == 1
    assert "Jo &lt;b&gt;Example" in page
    assert page.count("<svg") == 1
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_nothing_is_fetched_for_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        image = f"http://127.0.0.1:{server.server_address[1]}/image.svg"
        page = f'<html lang="en"><title>A page</title><p>Words<img alt="" src="{image}">'
        (tmp_path / "station").mkdir()
        (tmp_path / "station" / "page.html").write_text(page)
        monkeypatch.setattr(templates, "FOLDER", tmp_path)
        printing._environment.cache_clear()
        try:
            assert printing.printed("page.html").content.startswith(b"%PDF-")
            assert visits == []
            # The same page as the library would print it by itself.
            outside = f"import weasyprint; weasyprint.HTML(string={page!r}).write_pdf()"
            subprocess.run([sys.executable, "-c", outside], check=True, capture_output=True)
            assert visits == ["/image.svg"]
        finally:
            printing._environment.cache_clear()
            server.shutdown()


def test_a_leaflet_and_the_same_as_text(tmp_path: Path) -> None:
    passphrase = tmp_path / "words"
    passphrase.touch(0o600)
    passphrase.write_text("four invented words together\n")
    alone = ["--threshold=1", "--custodians=1", "--demonstration", "--inquiry=an-inquiry"]
    place = tmp_path / "station"
    reviewer("ceremony", *alone, f"--to={tmp_path / 'x'}", f"--passphrase-file={passphrase}", station=place)
    card = Station(place).newest_card()
    said = reviewer("card", "--text", f"--leaflet={tmp_path / 'out'}", station=place).stdout
    leaflet = run("pdftotext", "-layout", str(tmp_path / "out" / "card-0001.pdf"), "-")
    for text in (said, leaflet):
        assert " ".join(card.fingerprint_words[0]) in text
        assert " ".join(card.fingerprint_words[1]) in text
        assert card.verify_key in text
        assert card.minisign_key in text
        assert "DEMONSTRATION" in text
    assert "not overwritten" in reviewer("card", f"--leaflet={tmp_path / 'out'}", station=place, code=1).stderr
    assert "no card of epoch 2" in reviewer("card", "--text", "--epoch=2", station=place, code=1).stderr
    assert "Name the card's file" in reviewer("card", station=place, code=1).stderr
