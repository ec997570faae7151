"""What one request of somebody with return words comes to: the same for a browser with scripts and for pages without."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final

from crypto.constants import VISIT_OPERATIONS, VISIT_SLOT_BYTES, VISIT_STATUSES
from crypto.visit import VisitAnswer, VisitRequest, slots_of
from intake.rows import NewLetter, Standing, ThreadLetter
from intake.store import Store

_OPEN: Final = VISIT_OPERATIONS["open"]
_FETCH: Final = VISIT_OPERATIONS["fetch"]
_PUT: Final = VISIT_OPERATIONS["put"]


class Threads:
    """The threads of one store. `day` gives today's date; drafts are kept for `draft_days`."""

    def __init__(self, store: Store, day: Callable[[], date], draft_days: int) -> None:
        self._store = store
        self._day = day
        self._draft_days = draft_days

    async def visit(self, request: VisitRequest, slot: bytes = b"", once: bytes | None = None) -> VisitAnswer | None:
        """Answer one request; None when its words open nothing. Raises StoreError, StoreUnavailableError.

        `once` (32 bytes) stands for a form that was sealed here: what is put with it twice is stored once.

        The database is asked in a thread of its own, so that others are answered meanwhile.
        """
        return await asyncio.to_thread(self._visit, request, slot, once)

    def _visit(self, request: VisitRequest, slot: bytes, once: bytes | None) -> VisitAnswer | None:
        if request.operation == _OPEN:
            return self._index(request)
        if request.operation == _FETCH:
            return self._part(request)
        if request.operation == _PUT:
            return _told(self._store.put(self._new(request, slot, once)))
        return _told(self._store.discard(request.locator, request.access_hash))

    def _index(self, request: VisitRequest) -> VisitAnswer | None:
        index = self._store.index(request.locator, request.access_hash, self._day(), self._draft_days)
        if index is None:
            return None
        return VisitAnswer(VISIT_STATUSES["index"], sequence=index.sequence, slot=index.encode())

    def _part(self, request: VisitRequest) -> VisitAnswer | None:
        is_known, sealed = self._store.fetch(request.locator, request.access_hash, request.target)
        if not is_known:
            return None
        start = request.part * VISIT_SLOT_BYTES
        if sealed is None or start >= len(sealed):
            return VisitAnswer(VISIT_STATUSES["gone"])
        part = sealed[start : start + VISIT_SLOT_BYTES]
        return VisitAnswer(VISIT_STATUSES["letter"], slots_of(len(sealed)), slot=part)

    def _new(self, request: VisitRequest, slot: bytes, once: bytes | None) -> ThreadLetter:
        letter = NewLetter(
            kind=request.kind,
            locator=request.locator,
            access_hash=request.access_hash,
            day=self._day(),
            sealed=slot,
            once=once,
            sequence=request.sequence,
        )
        return ThreadLetter(letter, request.next_locator)


def _told(standing: Standing | None) -> VisitAnswer | None:
    return None if standing is None else VisitAnswer(VISIT_STATUSES[standing.outcome], sequence=standing.sequence)
