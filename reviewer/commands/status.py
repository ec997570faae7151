"""`reviewer status`: what this station holds and where both directions stand."""

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from crypto.bundle import TO_INTAKE, TO_STATION
from crypto.card import PanelCard
from crypto.words import fingerprint_words
from reviewer.cases.duties import Duties, duties_at
from reviewer.cases.strongbox import Strongbox
from reviewer.commands.hold import OVER, told
from reviewer.commands.options import Commands, add_command, station
from reviewer.commands.unlock import lines
from reviewer.commands.unlock import told as told_of_agent
from reviewer.custody.record import described
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_line
from reviewer.entries import BundleEntry, Status
from reviewer.errors import CaseStoreError
from reviewer.holding import Holds
from reviewer.terminal import say, say_json
from reviewer.trust import trusted_key
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
        state = _state(desk, date.today())
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


def _state(desk: Desk, today: date) -> dict[str, Any]:
    counts = desk.ledger.counts()
    # Not what destroying kept as statistics: no bundle brought that.
    delivered = sum(entry.bundle > 0 for entry in desk.ledger.letters())
    key = trusted_key(desk.station)
    holds = Holds(desk.ledger, desk.vault, desk.cards)
    return {
        "demonstration": desk.demonstration,
        "panels": [_panel(card, today) for card in desk.cards],
        "trusted": fingerprint_words(key.fingerprint)[0] if key else None,
        "letters": {
            "delivered": delivered,
            "confirmed": delivered - counts.unconfirmed,
            "open": counts.unconfirmed,
            "imported": counts.imported,
            "set_aside": counts.set_aside,
            "waiting": counts.waiting,
            "withdrawn": counts.withdrawn,
            "destroyed": counts.destroyed,
            "missing": len(desk.vault.missing(_expected(desk))) + counts.missing,
        },
        "case_store": _case_store(desk),
        "threads": {"to_destroy": len(desk.ledger.threads_to_destroy())},
        "calls": {"unfinished": desk.ledger.count_unfinished(), "to_destroy": len(desk.ledger.parts_to_destroy())},
        "dangers": _dangers(desk, counts.imported),
        "holds": [hold for hold in told(holds, today) if hold["state"] not in OVER],
        "notices_waiting": len(desk.ledger.unsent_notices()),
        "last_imported": _bundle(desk.ledger.newest_bundle(TO_STATION[desk.purpose])),
        "last_exported": _bundle(desk.ledger.newest_bundle(TO_INTAKE[desk.purpose])),
    }


def _case_store(desk: Desk) -> dict[str, Any]:
    """Return the epochs whose shares open the case store, none before the first import, and what is wrong with it."""
    strongbox = Strongbox(desk.station.cases, desk.cards)
    try:
        number = strongbox.number()
    except CaseStoreError as error:
        return {"epochs": [], "fault": str(error)}
    return {"epochs": [] if number is None else strongbox.epochs(number), "fault": None}


def _dangers(desk: Desk, imported: int) -> dict[str, int]:
    acknowledged = desk.ledger.count_acknowledged()
    return {"acknowledged": acknowledged, "open": imported - acknowledged if desk.purpose == "lead" else 0}


def _expected(desk: Desk) -> Iterator[str]:
    """Yield the digests of letters whose files should be here: what was destroyed is gone on purpose."""
    elsewhere = {Status.DESTROYED, Status.MISSING}
    return (entry.digest for entry in desk.ledger.letters() if entry.status not in elsewhere)


def _panel(card: PanelCard, today: date) -> dict[str, Any]:
    words, numbers = card.fingerprint_words
    return {
        "purpose": card.purpose,
        "inquiry": card.inquiry,
        "epoch": card.epoch,
        "threshold": card.threshold,
        "custodians": card.custodians,
        "valid_to": card.valid_to.isoformat(),
        "days_left": card.days_left(today),
        "words": words,
        "numbers": numbers,
    }


def _bundle(entry: BundleEntry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "name": entry.name,
        "generation": entry.generation,
        "sequence": entry.sequence,
        "records": entry.count,
        "finished": entry.finished,
    }


def _named(bundle: dict[str, Any] | None, again: str) -> str:
    if bundle is None:
        return "none"
    return f"{bundle['name']} ({bundle['records']} records)" + (
        "" if bundle["finished"] else f", interrupted: {again} it again"
    )
