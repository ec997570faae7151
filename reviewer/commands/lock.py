"""`reviewer lock`: let the keys go that `reviewer unlock` left with the agent."""

import argparse
from contextlib import nullcontext

from reviewer.agent.client import Agent
from reviewer.commands.options import Commands, add_command, station
from reviewer.terminal import say, say_json

_EXAMPLE = "  reviewer lock"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "lock", "lock the station: the agent forgets the panel's keys and ends", _EXAMPLE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """End the agent, if there is one."""
    place = station(options)
    place.require()
    with Agent.find(place) or nullcontext() as agent:
        if agent is not None:
            agent.lock()
    if options.json:
        say_json({"locked": True, "was_unlocked": agent is not None})
        return
    say("Locked: the panel's keys are gone from this machine's memory." if agent else "The station was locked already.")
