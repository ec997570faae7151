"""Where a station stands: what it holds, and how far both directions have come. Numbers and names, never a word of a letter."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from crypto.bundle import TO_INTAKE, TO_STATION
from crypto.card import PanelCard
from crypto.words import fingerprint_words
from reviewer.cases.strongbox import Strongbox
from reviewer.desk import Desk
from reviewer.entries import BundleEntry, Status
from reviewer.errors import CaseStoreError
from reviewer.holding import OVER, Holds, told
from reviewer.trust import trusted_key


def station_state(desk: Desk, today: date) -> dict[str, Any]:
    """Return where a station and both its directions stand, for people and for programs. Raises LedgerError, FolderError, HoldError, VaultError."""
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
