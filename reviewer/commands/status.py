"""`reviewer status`: what this station holds and where both directions stand."""

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from crypto.card import PanelCard
from crypto.words import fingerprint_words
from reviewer.commands.options import Commands, add_command, station
from reviewer.desk import Desk, open_desk
from reviewer.entries import BundleEntry, Status
from reviewer.exporting import DIRECTION as OUT
from reviewer.terminal import say, say_json
from reviewer.trust import trusted_key
from reviewer.verifying import DIRECTION as IN

_EXAMPLE = "  reviewer status"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "status", "say what this station holds", _EXAMPLE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Count, and look at the last bundles."""
    with open_desk(station(options), options.json) as desk:
        state = _state(desk, date.today())
    if options.json:
        say_json(state)
        return
    for panel in state["panels"]:
        say(
            f"Panel of {panel['inquiry']}, epoch {panel['epoch']}: {panel['threshold']} of {panel['custodians']} shares."
        )
        say(f"  New accounts until {panel['valid_to']} ({panel['days_left']} days). " + " ".join(panel["words"]))
    say("Trusted intake side: " + (" ".join(state["trusted"]) if state["trusted"] else "none yet"))
    _tell_letters(state["letters"], state["threads"], state["notices_waiting"])
    say(f"Last bundle imported: {_named(state['last_imported'])}")
    say(f"Last bundle exported: {_named(state['last_exported'])}")


def _tell_letters(letters: dict[str, int], threads: dict[str, int], notices: int) -> None:
    say(
        f"Letters: {letters['delivered']} delivered; {letters['confirmed']} confirmed to the intake side, "
        f"{letters['unconfirmed']} open until the next export."
    )
    say(
        f"  {letters['imported']} imported, {letters['set_aside']} set aside, {letters['waiting']} waiting for one before, "
        f"{letters['withdrawn']} taken back, {letters['destroyed']} destroyed."
    )
    if threads["to_destroy"]:
        say(f"TAKEN BACK: {threads['to_destroy']} thread(s) wait for two people and `reviewer destroy`.")
    if notices:
        say(f"Notices waiting for the next export: {notices}.")
    if letters["missing"]:
        say(f"MISSING: the files of {letters['missing']} letters are not here; restore the station's copy.")


def _state(desk: Desk, today: date) -> dict[str, Any]:
    counts = desk.ledger.counts()
    # Not what destroying kept as statistics: no bundle brought that.
    delivered = sum(entry.bundle > 0 for entry in desk.ledger.letters())
    key = trusted_key(desk.station)
    return {
        "demonstration": desk.demonstration,
        "panels": [_panel(card, today) for card in desk.cards],
        "trusted": fingerprint_words(key.fingerprint)[0] if key else None,
        "letters": {
            "delivered": delivered,
            "confirmed": delivered - counts.unconfirmed,
            "unconfirmed": counts.unconfirmed,
            "imported": counts.imported,
            "set_aside": counts.set_aside,
            "waiting": counts.waiting,
            "withdrawn": counts.withdrawn,
            "destroyed": counts.destroyed,
            "missing": len(desk.vault.missing(_expected(desk))),
        },
        "threads": {"to_destroy": len(desk.ledger.threads_to_destroy())},
        "notices_waiting": len(desk.ledger.unsent_notices()),
        "last_imported": _bundle(desk.ledger.last_bundle(IN)),
        "last_exported": _bundle(desk.ledger.last_bundle(OUT)),
    }


def _expected(desk: Desk) -> Iterator[str]:
    """Yield the digests of letters whose files should be here: what was destroyed is gone on purpose."""
    return (entry.digest for entry in desk.ledger.letters() if entry.status != Status.DESTROYED)


def _panel(card: PanelCard, today: date) -> dict[str, Any]:
    words, numbers = card.fingerprint_words
    return {
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


def _named(bundle: dict[str, Any] | None) -> str:
    if bundle is None:
        return "none"
    return f"{bundle['name']} ({bundle['records']} records)" + (
        "" if bundle["finished"] else ", interrupted: import it again"
    )
