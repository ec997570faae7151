"""Asking for a thread: the same requests as a browser with scripts makes, but for one person's memory here and no frames."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, Protocol

from crypto.constants import DIGEST_BYTES, VISIT_OPERATIONS, VISIT_SLOT_BYTES, VISIT_STATUSES
from crypto.thread import ThreadKeys
from crypto.visit import Index, IndexEntry, VisitAnswer, VisitRequest, parse_index

_LETTER: Final = VISIT_STATUSES["letter"]
_NO_TARGET: Final = bytes(DIGEST_BYTES)
_NAMES: Final = {code: name for name, code in VISIT_STATUSES.items()}


class Ask(Protocol):
    """What answers a request: `Threads.visit`."""

    def __call__(
        self, request: VisitRequest, slot: bytes = b"", once: bytes | None = None
    ) -> Awaitable[VisitAnswer | None]:
        """Return the answer, or None where the words open nothing."""


@dataclass(frozen=True, repr=False)
class Standing:
    """What became of something that was put: a name of `VISIT_STATUSES`, or "none" where the words open nothing.

    `sequence` is the next free place in the thread.
    """

    status: str
    sequence: int = 0


@dataclass(frozen=True, repr=False)
class Thread:
    """One thread, as its `keys` reach it. Every method raises what `ask` raises (StoreError)."""

    keys: ThreadKeys
    ask: Ask

    async def index(self) -> Index | None:
        """Return what there is, or None where the words open nothing."""
        answer = await self.ask(self._request("open"))
        return None if answer is None else parse_index(answer.slot)

    async def fetch(self, entry: IndexEntry) -> bytes | None:
        """Return the sealed bytes of a letter, or None when they are not all there, or not those that its name says."""
        slots = []
        for part in range(entry.parts):
            answer = await self.ask(self._request("fetch", part=part, target=entry.digest))
            if answer is None or answer.status != _LETTER:
                return None
            slots.append(answer.slot)
        sealed = b"".join(slots)
        whole = len(sealed) == entry.parts * VISIT_SLOT_BYTES and hashlib.sha256(sealed).digest() == entry.digest
        return sealed if whole else None

    async def put(
        self, kind: int, sequence: int, sealed: bytes, once: bytes | None, target: bytes = _NO_TARGET
    ) -> Standing:
        """Store a sealed letter of `kind` (its code). The same `once` (32 bytes) is stored once."""
        request = self._request("put", kind=kind, sequence=sequence, target=target)
        return _standing(await self.ask(request, sealed, once))

    async def discard(self) -> Standing:
        """Erase the draft."""
        return _standing(await self.ask(self._request("discard")))

    def _request(
        self, operation: str, *, kind: int = 0, part: int = 0, sequence: int = 0, target: bytes = _NO_TARGET
    ) -> VisitRequest:
        code = VISIT_OPERATIONS[operation]
        return VisitRequest(code, kind, part, sequence, self.keys.locator, self.keys.access, target)


def _standing(answer: VisitAnswer | None) -> Standing:
    return Standing("none") if answer is None else Standing(_NAMES[answer.status], answer.sequence)
