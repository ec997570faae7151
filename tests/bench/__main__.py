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

from tests import chromium
from tests.bench import calling, load, returning, sealing, server, station
from tests.bench.visit import (
    KILOBITS,
    LATENCY_MILLISECONDS,
    SLOWER,
    bundle_weight,
    page_weight,
    readable,
    visit,
)

CONNECTIONS = (1, 8, 32)
ROUNDS = 3
VISIT_RUNS = 5
# Below this the bench is only tried out: one connection count, one turn, and not what takes minutes even when it is small.
LEAST_SECONDS = 1
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
    yield from visit_section(VISIT_RUNS if seconds >= LEAST_SECONDS else 1)
    # tests/bench runs its parts.
    if seconds >= LEAST_SECONDS:
        yield from returning.sections(5, 2_000)
        yield from calling.section(seconds)
        yield from station.section(letters=100_000, records=1_000_000, imported=20_000, opened=2_000)
    yield from start_section(5 if seconds >= LEAST_SECONDS else 1)


def connections(seconds: float) -> tuple[int, ...]:
    """Return how many connections are tried, one count after the other."""
    return CONNECTIONS if seconds >= LEAST_SECONDS else CONNECTIONS[1:2]


def letters_section(seconds: float) -> Iterator[str]:
    """Durable letters of 65,586 bytes beside the floor's group commit: both servers up, loaded in turn, medians."""
    yield "## Durable `POST /letters`, each letter different, 65,586 bytes\n"
    yield "Aim: 0.7 of the floor, which shares commits in the same way and does nothing else. Medians of three turns.\n"
    yield "| what | connections | a second | p50 ms | p95 ms | CPU ms each | failed |"
    yield "|---|---|---|---|---|---|---|"
    with server.postgresql() as url:
        for engine, ours, floors in (("SQLite", "", ""), ("PostgreSQL", sqlalchemy_url(url), url)):
            with server.floor(floors) as floor, server.service(ours) as heard:
                for count in connections(seconds):
                    yield from letter_rows(engine, floor, heard, count, seconds)
    yield ""


def letter_rows(engine: str, floor: server.Served, heard: server.Served, count: int, seconds: float) -> Iterator[str]:
    """Yield a row for the floor and one for Heard; a shared machine drifts, so each round loads one after the other."""
    loads: dict[str, list[load.Load]] = {"floor": [], "Heard": []}
    with server.folder() as name:
        body = server.submission(name / "submission")
        rounds = ROUNDS if seconds >= LEAST_SECONDS else 1
        for _ in range(rounds):
            for what, served in (("floor", floor), ("Heard", heard)):
                loads[what].append(
                    load.letters(served.url, body, connections=count, seconds=seconds / rounds, pid=served.pid)
                )
    share = statistics.median(
        ours.rate / floors.rate for floors, ours in zip(loads["floor"], loads["Heard"], strict=True)
    )
    for what, note in (("floor", ""), ("Heard", f" ({share:.2f} of the floor)")):
        m = load.median(loads[what])
        yield ROW.format(f"{what}, {engine}{note}", count, m.rate, m.p50, m.p95, m.cpu, m.failures)


def flow_section(seconds: float) -> Iterator[str]:
    """Complete visits, a new connection for every request: form, styles, scripts, one durable letter."""
    yield "## Complete flow with scripts: form, styles, both scripts, one letter; a new connection each\n"
    yield "| what | connections | flows a second | p50 ms | p95 ms | CPU ms a flow | failed |"
    yield "|---|---|---|---|---|---|---|"
    with server.service() as served, server.folder() as name:
        body = server.submission(name / "submission")
        paths = ["/share", *linked(served.url)]
        for count in connections(seconds):
            m = load.flows(served.url, body, paths, connections=count, seconds=seconds, pid=served.pid)
            yield ROW.format("Heard, SQLite", count, m.rate, m.p50, m.p95, m.cpu, m.failures)
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


def visit_section(runs: int) -> Iterator[str]:
    """First visits in Chromium; how soon there is text is the median of `runs`."""
    yield "## First visit in Chromium\n"
    yield "Bytes of bodies as they crossed the line, as brotli. Aim: 3 requests and 20 KB for the first page, 45 KB for the form, 65 KB for"
    yield "the bundle that seals, which comes while one reads. The first page is to be read after less than 2 s on a line of"
    yield f"{KILOBITS} kbit/s with {LATENCY_MILLISECONDS} ms latency, the processor {SLOWER} times slower.\n"
    yield "| page | requests | page, bytes | bundle, bytes | first text, s |"
    yield "|---|---|---|---|---|"
    with server.service() as served, chromium.launch() as browser:
        for path in ("/", "/share", "/return"):
            seen = visit(browser, served.url + path)
            soon = statistics.median(readable(browser, served.url + path) for _ in range(runs))
            yield f"| `{path}` | {len(seen)} | {page_weight(seen):,} | {bundle_weight(seen):,} | {soon:.2f} |"
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
