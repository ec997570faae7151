"""Fetching, opening and checking a whole thread in memory."""

import asyncio
from collections.abc import Sequence
from typing import Final

from crypto.card import PanelCard
from crypto.constants import NOTICE_KINDS, VISIT_SLOT_BYTES
from crypto.thread import ThreadKeys
from crypto.visit import Index, IndexEntry
from intake.unscripted.opening import INHERITANCE, Opened, Opener, name_of
from intake.unscripted.thread import Ask, Thread
from intake.unscripted.verifying import read_thread
from intake.unscripted.view import View

# All that one page opens, in slots of 64 KiB: far more than a person writes, and little enough for a small machine.
MOST_SLOTS: Final = 16 * 1_048_576 // VISIT_SLOT_BYTES
_FIRST: Final = frozenset({*NOTICE_KINDS, "draft"})


class Reader:
    """Reads the thread of `keys`; what it opened once is not fetched again. `cards` are the inquiry's, oldest first."""

    def __init__(self, keys: ThreadKeys, ask: Ask, cards: Sequence[PanelCard]) -> None:
        self.thread = Thread(keys, ask)
        self._cards = cards
        self._opener = Opener(keys)
        self._opened: dict[bytes, Opened] = {}

    async def read(self) -> View | None:
        """Return what there is now, or None where the words open nothing. Raises StoreError."""
        index = await self.thread.index()
        if index is None:
            return None
        await self._inherit(index)
        wanted, more = _affordable(index)
        for entry in wanted:
            if entry.digest not in self._opened:
                sealed = await self.thread.fetch(entry) if entry.parts else None
                self._opened[entry.digest] = await asyncio.to_thread(self._opener.open, entry, sealed)
        opened = [self._opened[entry.digest] for entry in index.entries if entry.digest in self._opened]
        return await asyncio.to_thread(read_thread, index, opened, self._opener.owns, self._cards, more)

    async def _inherit(self, index: Index) -> None:
        entries = [entry for entry in index.entries if name_of(entry.kind) == INHERITANCE]
        fetched = [(entry, await self.thread.fetch(entry)) for entry in entries]
        inheritances = [(entry, sealed) for entry, sealed in fetched if sealed is not None]
        await asyncio.to_thread(self._opener.inherit, inheritances)


def _affordable(index: Index) -> tuple[Sequence[IndexEntry], int]:
    """Return the entries to open, and how many are left out because all together would be too much.

    Notices and the draft go first, then letters from the newest back: later choices are those that count.
    """
    others = [entry for entry in index.entries if name_of(entry.kind) != INHERITANCE]
    first = [entry for entry in others if name_of(entry.kind) in _FIRST]
    letters = [entry for entry in others if name_of(entry.kind) not in _FIRST]
    wanted, slots = [], 0
    for entry in [*first, *reversed(letters)]:
        slots += entry.parts
        if slots > MOST_SLOTS:
            break
        wanted.append(entry)
    return wanted, len(others) - len(wanted)
