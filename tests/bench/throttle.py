"""A slower processor for Chromium: Chromium's own throttle slows pages, not the Workers where keys are derived.

The renderer processes are stopped and let go on in turn, so that none of their threads has more than one `rate`-th of a
core's time: as if every core were so much slower.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

RUNS_SECONDS = 0.008


@dataclass
class Share:
    """How much of one core the busiest thread of the renderers had while they were slowed; known afterwards."""

    of_one_core: float = 0.0


@contextlib.contextmanager
def throttled(rate: float) -> Iterator[Share]:
    """Give the renderers of our Chromium one `rate`-th of the time; 1 leaves them alone. Yields what they then had."""
    pids = renderers()
    assert pids
    share, end = Share(), threading.Event()
    thread = threading.Thread(target=_slow, args=(pids, rate, end), daemon=True)
    start, before = time.perf_counter(), _spent(pids)
    if rate > 1:
        thread.start()
    try:
        yield share
    finally:
        end.set()
        if rate > 1:
            thread.join()
        share.of_one_core = _busiest(before, _spent(pids)) / (time.perf_counter() - start)


def renderers() -> list[int]:
    """Return the processes, started below this one, that run pages and their Workers."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "--type=renderer" in process.cmdline():
                found.append(process.pid)
    return found


def _spent(pids: list[int]) -> dict[str, float]:
    """Return the seconds that each thread of the processes has had so far, by its number."""
    found = {}
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            # A thread may end while we look.
            with contextlib.suppress(OSError):
                found[file.parent.name] = int(file.read_text().split()[0]) / 1e9
    return found


def _busiest(before: dict[str, float], after: dict[str, float]) -> float:
    return max((spent - before.get(thread, 0) for thread, spent in after.items()), default=0.0)


def _slow(pids: list[int], rate: float, end: threading.Event) -> None:
    """Let the processes run a little, then stop them until their busiest thread used one `rate`-th of the time passed."""
    start, before = time.perf_counter(), _spent(pids)
    while not end.is_set():
        time.sleep(RUNS_SECONDS)
        _tell(pids, signal.SIGSTOP)
        try:
            while _busiest(before, _spent(pids)) * rate > time.perf_counter() - start and not end.is_set():
                time.sleep(RUNS_SECONDS / 4)
        finally:
            _tell(pids, signal.SIGCONT)


def _tell(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
