"""`python -m tests.bench [--seconds 5] [--to FILE]`: measure everything and print it as a page of Markdown."""

import argparse
import os
import platform
import re
import statistics
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.bench import load, returning, sealing, server
from tests.bench.visit import visit

CONNECTIONS = (1, 8, 32)
ROUNDS = 3
ROW = "| {} | {} | {:,.0f} | {:,.1f} | {:,.1f} | {:.2f} | {} |"


def main() -> None:
    """Print the report, and write it where `--to` says."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=9, help="how long each load runs")
    parser.add_argument("--to", type=Path, help="also write the report to this file")
    options = parser.parse_args()
    lines = []
    for line in report(options.seconds):
        print(line, flush=True)
        lines.append(line)
    if options.to:
        options.to.write_text("\n".join(lines) + "\n")


def report(seconds: float) -> Iterator[str]:
    """Yield the report, a line at a time, each section when it was measured."""
    yield "# Measured\n"
    yield f"`make bench` on {date.today().isoformat()}: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}."
    yield "Load generator and server share these cores; compare within one run.\n"
    yield from letters_section(seconds)
    yield from flow_section(seconds)
    yield from sealing_section(seconds)
    yield from visit_section()
    # Minutes even when small: tests/bench runs its parts.
    if seconds > 1:
        yield from returning.sections(5, 2_000)
    yield from start_section(5 if seconds > 1 else 1)


def letters_section(seconds: float) -> Iterator[str]:
    """Durable letters of 65,586 bytes beside the floor's group commit: both servers up, loaded in turn, medians."""
    yield "## Durable `POST /letters`, each letter different, 65,586 bytes\n"
    yield "Aim: 0.7 of the floor, which shares commits in the same way and does nothing else. Medians of three turns.\n"
    yield "| what | connections | a second | p50 ms | p95 ms | CPU ms each | failed |"
    yield "|---|---|---|---|---|---|---|"
    with server.postgresql() as url:
        for engine, ours, floors in (("SQLite", "", ""), ("PostgreSQL", sqlalchemy_url(url), url)):
            with server.floor(floors) as floor, server.service(ours) as heard:
                for connections in CONNECTIONS:
                    yield from letter_rows(engine, floor, heard, connections, seconds)
    yield ""


def letter_rows(
    engine: str, floor: server.Served, heard: server.Served, connections: int, seconds: float
) -> Iterator[str]:
    """Yield a row for the floor and one for Heard; a shared machine drifts, so each round loads one after the other."""
    loads: dict[str, list[load.Load]] = {"floor": [], "Heard": []}
    with server.folder() as name:
        body = server.submission(name / "submission")
        for _ in range(ROUNDS):
            for what, served in (("floor", floor), ("Heard", heard)):
                loads[what].append(
                    load.letters(served.url, body, connections=connections, seconds=seconds / ROUNDS, pid=served.pid)
                )
    share = statistics.median(
        ours.rate / floors.rate for floors, ours in zip(loads["floor"], loads["Heard"], strict=True)
    )
    for what, note in (("floor", ""), ("Heard", f" ({share:.2f} of the floor)")):
        m = load.median(loads[what])
        yield ROW.format(f"{what}, {engine}{note}", connections, m.rate, m.p50, m.p95, m.cpu, m.failures)


def flow_section(seconds: float) -> Iterator[str]:
    """Complete visits, a new connection for every request: form, styles, scripts, one durable letter."""
    yield "## Complete flow with scripts: form, styles, both scripts, one letter; a new connection each\n"
    yield "| what | connections | flows a second | p50 ms | p95 ms | CPU ms a flow | failed |"
    yield "|---|---|---|---|---|---|---|"
    with server.service() as served, server.folder() as name:
        body = server.submission(name / "submission")
        paths = ["/share", *linked(served.url)]
        for connections in CONNECTIONS:
            m = load.flows(served.url, body, paths, connections=connections, seconds=seconds, pid=served.pid)
            yield ROW.format("Heard, SQLite", connections, m.rate, m.p50, m.p95, m.cpu, m.failures)
    yield ""


def linked(url: str) -> list[str]:
    """Return the paths of the styles and scripts that the form names."""
    with urllib.request.urlopen(url + "/share") as answer:
        return sorted(set(re.findall(r"/static/[\w.-]+\.(?:css|js)", answer.read().decode())))


def sealing_section(seconds: float) -> Iterator[str]:
    """Python, 4 KB, one core, one recipient."""
    figures = sealing.figures(seconds)
    yield "## Sealing in Python, 4 KB, one core\n"
    yield "Aim: 2,500 opens and 4,000 seals a second.\n"
    yield f"Opens {figures['opens']:,.0f} a second, seals {figures['seals']:,.0f} a second.\n"


def visit_section() -> Iterator[str]:
    """First visits in Chromium."""
    yield "## First visit in Chromium\n"
    yield "Aim: 4 requests each, and 110 KB gzip for the form; the sealing bundle only with a form. Nothing is typed yet.\n"
    yield "| page | requests | raw | gzip | brotli |"
    yield "|---|---|---|---|---|"
    with server.service() as served:
        for path in ("/", "/share", "/return"):
            seen = visit(served.url + path)
            yield f"| `{path}` | {seen.requests} | {seen.raw:,} | {seen.gzip:,} | {seen.brotli:,} |"
    yield ""


def start_section(runs: int) -> Iterator[str]:
    """Cold start and idle memory, medians."""
    start, memory = server.start_figures(runs)
    yield "## Start\n"
    yield "Aim: 0.8 s and 70 MB.\n"
    yield f"Cold start {start:.2f} s until `/healthz` answers 200; idle memory {memory:.0f} MB (median of {runs})."


def sqlalchemy_url(url: str) -> str:
    """Return the URL with the driver that the service uses."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


if __name__ == "__main__":
    main()
