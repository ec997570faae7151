"""`reviewer unlock`: custodians unlock the station together, for several commands."""

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from reviewer.agent.client import start_agent
from reviewer.agent.protocol import State
from reviewer.cases.duties import duties_at
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import OpenedPanel
from reviewer.commands.doctor import add_despite_option, require_machine
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.desk import Desk, open_desk
from reviewer.errors import AlreadyUnlockedError, SettingsError
from reviewer.terminal import note, say, say_json
from reviewer.unlocking import InHand, unlock_panel

DEFAULT_MINUTES: Final = 20
_MOST_MINUTES: Final = 480
_SECONDS: Final = 60
_EXAMPLE = """\
  reviewer unlock
  reviewer unlock --minutes 10 --share share-1-of-3.json --share share-3-of-3.json

  One process then holds the panel's keys, and the other commands ask it instead of the custodians. It ends with
  `reviewer lock`, after --minutes without use, after ten hours whatever happens, and when the machine sleeps.
  `destroy`, `resync`, `identity` and `ceremony` still need shares of their own."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "unlock", "unlock the station for several commands", _EXAMPLE)
    parser.add_argument(
        "--minutes",
        type=int,
        default=DEFAULT_MINUTES,
        metavar="N",
        help=f"lock after so many minutes without use (default {DEFAULT_MINUTES}, at most {_MOST_MINUTES})",
    )
    parser.add_argument("--epoch", type=int, metavar="E", help="the epoch to unlock (default: the newest)")
    add_despite_option(parser)
    add_share_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Put the keys together, compare them with the cards, and hand them to the agent."""
    if not 1 <= options.minutes <= _MOST_MINUTES:
        raise SettingsError(f"--minutes must be from 1 to {_MOST_MINUTES}.")
    with open_desk(station(options), options.json) as desk:
        if desk.agent is not None:  # before anybody types a passphrase
            raise AlreadyUnlockedError("This station is unlocked already; `reviewer lock` locks it.")
        require_machine(desk, options.despite)
        panel = unlock_panel(given(options), desk.cards, desk.chosen(options.epoch))
        _verify_cases(desk, panel)
        with start_agent(desk.station, options.minutes * _SECONDS, _handed(panel)) as agent:
            state = agent.state()
        duties = duties_at(desk, panel, date.today())
        if options.json:
            say_json({"demonstration": desk.demonstration} | told(state))
            return
    for line in (*lines(state), *(duties.lines() if duties is not None else ())):
        say(line)
    if not state.memory_locked:
        note(
            "The system does not let this program keep its memory from swap: use none, or one that is encrypted "
            "(`ulimit -l unlimited` allows it)."
        )


def _verify_cases(desk: Desk, panel: Sequence[InHand]) -> None:
    """Verify every page of the case store, where these keys open it: once here, not in every command that follows. Raises CaseStoreError."""
    strongbox = Strongbox(desk.station.cases, desk.cards)
    number = strongbox.number()
    if number is not None and {one.card.epoch for one in panel} & set(strongbox.epochs(number)):
        with strongbox.open(OpenedPanel(panel)):
            pass


def told(state: State | None) -> dict[str, Any]:
    """Return what there is to say about the agent, for programs."""
    if state is None:
        return {"unlocked": []}
    return {
        "unlocked": [{"epoch": one.epoch, "custodians": one.custodians} for one in state.epochs],
        "seconds": state.seconds,
        "memory_locked": state.memory_locked,
    }


def lines(state: State) -> Sequence[str]:
    """Return what there is to say about the agent, for people."""
    minutes = -(-state.seconds // _SECONDS)
    opened = [
        f"Unlocked: epoch {one.epoch}, by custodian(s) {', '.join(map(str, one.custodians))}." for one in state.epochs
    ]
    return [
        *opened,
        f"It locks itself after {minutes} minute(s) without use, and when the machine sleeps. `reviewer lock` locks it now.",
    ]


def _handed(panel: Sequence[InHand]) -> list[tuple[int, bytes, tuple[int, ...]]]:
    return [(one.card.epoch, one.keys.root, one.custodians) for one in panel]
