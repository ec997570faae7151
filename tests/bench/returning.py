"""Coming back with words: the keys, opening a long thread, and whether its state can be told from the time of an answer."""

import functools
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crypto.words import ReturnWords
from tests.bench import server
from tests.bench.asking import Times, ask_all
from tests.bench.auc import separation
from tests.bench.thread import PLANTED, SLOT, STATES, UNKNOWN, LongThread, States
from tests.bench.throttle import throttled
from tests.bench.worker import Answered, SiteWorker, Way, site_worker
from tests.crypto import samples
from tests.intake.installed import COMMAND, Installed

SLOWER = 6
KEYS_LIMIT, OPENING_LIMIT, AREA_LIMIT = 1_000, 600, 0.60
LETTERS = 50
# Off the grid few, since requests that wait for each other hide what each of them takes.
CONNECTIONS, CONNECTIONS_OFF = 24, 2
PLANTED_MILLISECONDS = 40
PLANTED_COMMAND = (sys.executable, "-m", "tests.bench.planted", str(PLANTED_MILLISECONDS), "serve", "--port", "0")
WITH = Way()
WITHOUT = Way("no WebAssembly", allows=False, fast=False)
WITHOUT_BOTH = Way("no WebAssembly, no compiler", ("--js-flags=--jitless",), fast=False)


def sections(runs: int, requests: int) -> Iterator[str]:
    """Yield the report: each figure of a browser the median of `runs`, each state of a thread asked for `requests` times."""
    with server.service() as served:
        yield from keys_section(served.url, runs)
        yield from opening_section(served.url, runs)
    yield from timing_section(requests)


def keys_section(url: str, runs: int) -> Iterator[str]:
    """Words to keys."""
    yield "## Words to keys in Chromium\n"
    yield f"Aim: {KEYS_LIMIT:,} ms at six times CPU throttle, with WebAssembly; without a compiler, progress is told and the page never stands still."
    yield "Chromium's own throttle leaves Workers alone, so its process is stopped five sixths of the time.\n"
    yield "| browser | throttle | of one core | median ms | most ms | progress told | page held, ms |"
    yield "|---|---|---|---|---|---|---|"
    for way, rate, count in ((WITH, 1, runs), (WITH, SLOWER, runs), (WITHOUT, 1, runs), (WITHOUT_BOTH, 1, 1)):
        share, answers = keys_figures(url, way, rate, count)
        took = [answered.milliseconds for answered in answers]
        told, held = (max(values) for values in zip(*((len(one.told), one.held) for one in answers), strict=True))
        yield f"| {way.name} | {rate} | {share:.0%} | {statistics.median(took):,.0f} | {max(took):,.0f} | {told} | {held:,.0f} |"
    yield ""


def keys_figures(url: str, way: Way, rate: float, runs: int) -> tuple[float, list[Answered]]:
    """Return how much of one core Chromium had (median), and the Worker's answer of each run from words to keys."""
    shares, answers = [], []
    for _ in range(runs):
        # A new browser each time: nobody comes back to a Worker that has already done it.
        with site_worker(f"{url}/return", way) as worker:
            with throttled(rate) as share:
                answers.append(enter(worker, ReturnWords.random()))
            shares.append(share.of_one_core)
    return statistics.median(shares), answers


def enter(worker: SiteWorker, words: ReturnWords) -> Answered:
    """Let the Worker derive the keys of `words` and check the cards."""
    return worker.ask("enter", typed=" ".join(words.words), cards=worker.cards)


def opening_section(url: str, runs: int) -> Iterator[str]:
    """A thread of 50 letters, in the Worker at full speed."""
    thread = LongThread(LETTERS)
    took = []
    for _ in range(runs):
        with site_worker(f"{url}/return") as worker:
            enter(worker, thread.words)
            took.append(opening_milliseconds(worker, thread))
    yield f"## Opening a thread of {LETTERS} letters of 64 KiB in Chromium's Worker\n"
    yield f"Aim: {OPENING_LIMIT} ms. The index, every letter opened and checked; without the network between.\n"
    yield f"{statistics.median(took):,.0f} ms in a browser that has just started (median of {runs}; {min(took):,.0f} to {max(took):,.0f}).\n"


def opening_milliseconds(worker: SiteWorker, thread: LongThread) -> float:
    """Make one visit and then fetch all the rest; return the Worker's time. Raises AssertionError unless it read all."""
    asked = worker.ask("open")
    opened = worker.ask("opened", answers=[thread.answer(body) for body in asked.requests])
    assert opened.answer["found"]
    first = worker.ask("read", answers=[thread.answer(body) for body in opened.requests])
    more = worker.ask("more")
    rest = worker.ask("read", answers=[thread.answer(body) for body in more.requests])
    read = rest.answer["view"]["reads"]
    assert [letter["status"] for letter in read] == ["ok"] * thread.count, read
    return sum(part.milliseconds for part in (asked, opened, first, more, rest))


@dataclass(frozen=True)
class Told:
    """How well one state was told from unknown words by the time of an answer."""

    state: str
    median: float
    area: float
    low: float
    high: float


def told_apart(times: Times) -> list[Told]:
    """Compare each state with unknown words."""
    found = []
    for state, values in times.items():
        apart = separation(times[UNKNOWN], values)
        found.append(Told(state, statistics.median(values), apart.area, apart.low, apart.high))
    return found


def timing_section(requests: int) -> Iterator[str]:
    """The five states on the grid and off it, and a difference that must be found."""
    yield f"## Telling threads apart by the time of an answer, {requests:,} requests for each state\n"
    yield f"Aim: on the grid the upper end of the 95% interval at most {AREA_LIMIT:.2f}; 0.5 is not told apart at all."
    yield f"Planted: {PLANTED_MILLISECONDS} ms added for some known threads. The same test must find it: lower end over {AREA_LIMIT:.2f}.\n"
    yield f"All states mixed at random; {CONNECTIONS} connections, off the grid {CONNECTIONS_OFF}.\n"
    yield "| state | grid | median ms | area under the curve, unknown beside it | 95% interval |"
    yield "|---|---|---|---|---|"
    for grid, states, timing in (
        ("250 ms", STATES, {}),
        ("off", STATES, {"grid": False}),
        ("250 ms, planted", (UNKNOWN, PLANTED), {"planted": True}),
    ):
        times = timed(states, requests, **timing)
        for told in told_apart(times):
            bounds = "" if told.state == UNKNOWN else f"{told.low:.3f} to {told.high:.3f}"
            area = "" if told.state == UNKNOWN else f"{told.area:.3f}"
            yield f"| {told.state} | {grid} | {told.median:,.1f} | {area} | {bounds} |"
    yield ""


def timed(states: Sequence[str], requests: int, *, grid: bool = True, planted: bool = False) -> Times:
    """Serve a site with threads in all states and time its answers; `planted`: some come later than they should."""
    settings = {} if grid else {"HEARD_ANSWER_GRID_MILLISECONDS": "0"}
    connections = CONNECTIONS if grid else CONNECTIONS_OFF
    with server.folder() as name:
        here = Installed(name / "data", settings)
        here.run("init")
        here.install(samples.card())
        with here.start(PLANTED_COMMAND if planted else (*COMMAND, "serve", "--port", "0")) as http:
            made = States(here, http)
            kinds = {state: functools.partial(made.request, state) for state in states}
            # The first answers of a new server are slower; they count for nobody.
            ask_all(f"{here.url}/thread", kinds, SLOT, each=20, connections=connections)
            return ask_all(f"{here.url}/thread", kinds, SLOT, each=requests, connections=connections)
