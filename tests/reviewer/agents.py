"""Agents for tests: real processes, started as the command starts them or with a clock that a test moves."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reviewer.agent.client import Agent
from reviewer.agent.handover import Handover
from reviewer.agent.place import agent_places
from reviewer.agent.sockets import connect_to, peer_process
from reviewer.station import Station
from tests.intake.installed import ROOT

# What the machine that runs the tests may lack, and no test of another thing needs.
DESPITE = ["--despite=network", "--despite=encryption", "--despite=swap", "--despite=space"]
# The agent with both clocks ahead by what a file says: "seconds slept, seconds awake".
WITH_CLOCKS = """
import sys
from pathlib import Path
from reviewer.agent import clocks
import reviewer.agent.__main__ as agent
boottime, monotonic = clocks.boottime, clocks.monotonic
def ahead():
    slept, awake = Path(sys.argv[1]).read_text().split()
    return float(slept), float(awake)
clocks.boottime = lambda: boottime() + sum(ahead())
clocks.monotonic = lambda: monotonic() + ahead()[1]
sys.exit(agent.main())
"""
# The agent to which the system says, at the moment when it reports that it is ready, that it has to end.
ENDED_WHEN_READY = """
import os, signal, sys
import reviewer.agent.__main__ as agent
write = os.write
def said(descriptor, what):
    done = write(descriptor, what)
    if what == agent.READY:
        os.kill(os.getpid(), signal.SIGTERM)
    return done
os.write = said
sys.exit(agent.main())
"""
# The agent that takes a moment to end, as on a busy machine.
ENDS_SLOWLY = """
import sys, time
import reviewer.agent.__main__ as agent
serve = agent.Server.serve
def slow(server):
    serve(server)
    time.sleep(1)
agent.Server.serve = slow
sys.exit(agent.main())
"""


def agent_pid(station: Station) -> int:
    """The process that listens at the station's socket."""
    with connect_to(agent_places(station)[0].socket) as connection:
        return peer_process(connection)


@contextlib.contextmanager
def locked_at_the_end(station: Station) -> Iterator[None]:
    """Whatever a test does, no agent of its outlives it."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.kill(agent_pid(station), signal.SIGKILL)


def start(
    station: Station,
    root: bytes,
    command: Sequence[str] = ("-m", "reviewer.agent"),
    *,
    seconds: float = 600,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Agent:
    """Start an agent that holds `root` for epoch 1, without the command that asks custodians."""
    place = agent_places(station)[0]
    place.folder.mkdir(0o700, exist_ok=True)
    done = subprocess.run(
        [sys.executable, *command],
        input=Handover(place, seconds, ((1, root, (1, 2)),)).encode(),
        env={"PYTHONPATH": str(ROOT), **(environment or {})},
        cwd=folder,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == b"ready\n"
    agent = Agent.find(station)
    assert agent is not None
    return agent
