"""`reviewer status`: what this station holds and where both directions stand."""

import argparse
from datetime import date
from typing import Any

from reviewer.cases.duties import Duties, duties_at
from reviewer.commands.options import Commands, add_command, station
from reviewer.commands.unlock import lines
from reviewer.commands.unlock import told as told_of_agent
from reviewer.custody.record import described
from reviewer.desk import open_desk
from reviewer.display import safe_line
from reviewer.state import station_state
from reviewer.terminal import say, say_json
from reviewer.unlocking import held_by_agent

_EXAMPLE = "  reviewer status"
_WHO = {"panel": "Panel", "lead": "Safeguarding lead"}
_TAKES = {"panel": "New accounts", "lead": "New records of danger"}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "status", "say what this station holds", _EXAMPLE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Count, and look at the last bundles."""
    with open_desk(station(options), options.json) as desk:
        state = station_state(desk, date.today())
        unlocked = desk.agent.state() if desk.agent is not None else None
        duties = duties_at(desk, held_by_agent(desk), date.today())
        waiting = desk.custody.not_destroyed()
        record = desk.custody.entries()
    state["custody"] = [vars(entry) for entry in record]
    state["agent"] = told_of_agent(unlocked)
    state["duties"] = None if duties is None else vars(duties)
    if options.json:
        say_json(state)
        return
    for panel in state["panels"]:
        say(
            f"{_WHO[panel['purpose']]} of {panel['inquiry']}, epoch {panel['epoch']}: {panel['threshold']} of "
            f"{panel['custodians']} shares."
        )
        say(
            f"  {_TAKES[panel['purpose']]} until {panel['valid_to']} ({panel['days_left']} days). "
            + " ".join(panel["words"])
        )
    for line in lines(unlocked) if unlocked is not None else ():
        say(line)
    say("Trusted intake side: " + (" ".join(state["trusted"]) if state["trusted"] else "none yet"))
    _tell_letters(state["letters"], state["threads"], state["calls"], state["notices_waiting"])
    if state["dangers"]["open"]:
        say(f"DANGER: {state['dangers']['open']} record(s) wait for `reviewer acknowledge`.")
    if epochs := state["case_store"]["epochs"]:
        say(f"Case store: opens with shares of epoch {' or '.join(map(str, epochs))}.")
    _tell_duties(duties, is_there=bool(epochs))
    if state["case_store"]["fault"]:
        say(state["case_store"]["fault"])
    for entry in waiting:
        say(
            f"RENEWED: the old shares of epoch {entry.epoch} (set {entry.details['old_set']}) still open it; see `reviewer reshare --destroyed`."
        )
    for hold in state["holds"]:
        say(f"LEGAL HOLD from {hold['from']} to {hold['to']} ({hold['state']}): nothing is destroyed meanwhile.")
    for entry in record:
        say(f"Custody: {safe_line(described(entry))}")
    say(f"Last bundle imported: {_named(state['last_imported'], 'import')}")
    say(f"Last bundle exported: {_named(state['last_exported'], 'export')}")


def _tell_duties(duties: Duties | None, *, is_there: bool) -> None:
    if duties is not None:
        for line in duties.lines():
            say(line)
    elif is_there:
        say("  Referrals that are due, and replies that wait, are seen here while the station is unlocked.")


def _tell_letters(letters: dict[str, int], threads: dict[str, int], calls: dict[str, int], notices: int) -> None:
    say(
        f"Letters: {letters['delivered']} delivered; {letters['confirmed']} confirmed to the intake side, "
        f"{letters['open']} open until the next export, {letters['missing']} missing."
    )
    say(
        f"  {letters['imported']} imported, {letters['set_aside']} set aside, {letters['waiting']} waiting for one before, "
        f"{letters['withdrawn']} taken back, {letters['destroyed']} destroyed."
    )
    if threads["to_destroy"]:
        say(f"TAKEN BACK: {threads['to_destroy']} thread(s) wait for two people and `reviewer destroy`.")
    if calls["to_destroy"]:
        say(f"TAKEN BACK: {calls['to_destroy']} part(s) of calls wait for two people and `reviewer destroy`.")
    if calls["unfinished"]:
        say(f"Calls that broke off, without an account so far: {calls['unfinished']}.")
    if notices:
        say(f"Notices waiting for the next export: {notices}.")
    if letters["missing"]:
        say(f"MISSING: the files of {letters['missing']} letters are not here; restore the station's newest copy.")


def _named(bundle: dict[str, Any] | None, again: str) -> str:
    if bundle is None:
        return "none"
    return f"{bundle['name']} ({bundle['records']} records)" + (
        "" if bundle["finished"] else f", interrupted: {again} it again"
    )
