"""Closed threads, as the intake side is told of them: it may have been restored from before their words closed them."""

import json
from collections.abc import Iterator, Sequence

from crypto.constants import LETTER_KINDS
from crypto.records import ClosedRecord
from reviewer.entries import ThreadEntry
from reviewer.ledger import Ledger

_REPLACEMENT = LETTER_KINDS["replacement"]
_TAKEN_BACK = ("withdrawn", "destroyed")


def closed_records(ledger: Ledger, threads: Sequence[ThreadEntry]) -> list[ClosedRecord]:
    """Return one record for each closed thread, in the order of locators, which are random."""
    records = {record.locator: record for record in _records(ledger, threads)}
    return [records[locator] for locator in sorted(records)]


def _records(ledger: Ledger, threads: Sequence[ThreadEntry]) -> Iterator[ClosedRecord]:
    for thread in threads:
        if thread.successor is not None:
            yield from _replaced(ledger, thread, thread.successor)
        elif thread.state in _TAKEN_BACK:
            yield ClosedRecord("withdrawn", bytes.fromhex(thread.locator))


def _replaced(ledger: Ledger, thread: ThreadEntry, successor: str) -> Iterator[ClosedRecord]:
    """Yield what the replacement that counted says of the new words."""
    for letter in ledger.letters_of_threads([thread.verify_key]):
        change = json.loads(letter.claim or "{}").get("change")
        if letter.kind == _REPLACEMENT and letter.reason is None and change["verify_key"] == successor:
            yield ClosedRecord(
                "replaced",
                bytes.fromhex(thread.locator),
                bytes.fromhex(change["locator"]),
                bytes.fromhex(change["access_hash"]),
            )
