"""Load on loopback by wrk: Debian's package, started with a script of ours."""

import os
import secrets
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw: requests a second, p50 and p95 in milliseconds, failures, CPU milliseconds a request."""

    rate: float
    p50: float
    p95: float
    failures: int
    cpu: float


def drive(script: str, url: str, *, connections: int, seconds: float, arguments: list[str], pid: int) -> Load:
    """Drive `url` with one of our scripts for some whole seconds and watch the CPU time of the served process."""
    process = psutil.Process(pid)
    before = process.cpu_times()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    command += ["-s", str(HERE / script), url, "--", *arguments]
    output = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    ).stdout
    after = process.cpu_times()
    requests, duration, p50, p95, failures = next(
        line for line in output.splitlines() if line.startswith("RESULT")
    ).split()[1:]
    spent = (after.user + after.system - before.user - before.system) * 1000
    return Load(int(requests) / float(duration), float(p50), float(p95), int(failures), spent / max(1, int(requests)))


def letters(url: str, body: Path, *, connections: int, seconds: float, pid: int) -> Load:
    """POST letters that are all different, made from the submission in the file `body`."""
    arguments = [str(body), secrets.token_hex(4)]
    return drive("post.lua", url + "/letters", connections=connections, seconds=seconds, arguments=arguments, pid=pid)


def flows(url: str, body: Path, paths: list[str], *, connections: int, seconds: float, pid: int) -> Load:
    """Make complete visits: GET each path, then POST one letter. The rate is of visits."""
    arguments = [str(body), secrets.token_hex(4), *paths]
    load = drive("flow.lua", url, connections=connections, seconds=seconds, arguments=arguments, pid=pid)
    return Load(load.rate / (len(paths) + 1), load.p50, load.p95, load.failures, load.cpu * (len(paths) + 1))


def median(loads: Sequence[Load]) -> Load:
    """Return the median of each figure, and all failures together."""
    figures = [statistics.median(getattr(load, name) for load in loads) for name in ("rate", "p50", "p95", "cpu")]
    rate, p50, p95, cpu = figures
    return Load(rate, p50, p95, sum(load.failures for load in loads), cpu)
