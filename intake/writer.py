"""The group commit: one thread that stores every letter that waits in one transaction, then acknowledges them all.

A letter is acknowledged only after COMMIT returned, which both engines answer once the bytes are on the disk. Letters
that arrive while the disk works wait for the next transaction, so the more there are, the fewer commits each costs.
"""

import asyncio
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from intake.errors import StoreError, StoreUnavailableError
from intake.rows import NewLetter
from intake.store import Store

LETTERS_PER_COMMIT: Final = 256
BYTES_PER_COMMIT: Final = 32 * 1_048_576


# Whether these very bytes are held, or the word of what was in the way. Not an exception: one shared by many requests
# would keep all their frames, and what was typed, in memory.
_Answer = bool | str


@dataclass(frozen=True, repr=False)
class _Waiting:
    """A letter (None: only find out whether one could be stored) and whom to tell."""

    letter: NewLetter | None
    done: "asyncio.Future[_Answer]"
    loop: asyncio.AbstractEventLoop


class Writer:
    """Takes letters from any number of requests and stores them in groups.

    `most_waiting` letters may wait; a request waits at most `seconds` for its answer. `trouble` is the word of what was
    in the way of the last group, "" when it was stored. One writer belongs to one event
    loop and to one process; several processes may share a database.
    """

    def __init__(self, store: Store, most_waiting: int, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self.trouble = ""
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(most_waiting)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what waits, then end. Returns when done, or after the time that a request would wait."""
        try:
            self._queue.put(None, timeout=self._seconds)
        except queue.Full:
            return
        self._thread.join(self._seconds)

    async def put(self, letter: NewLetter) -> bool:
        """Store `letter` and return True once it is durable (False: the same form was stored before, as other bytes).

        Raises StoreUnavailableError when it was not stored, or when nobody can tell yet: sending it again is safe.
        """
        return await self._ask(letter)

    async def probe(self) -> None:
        """Find out whether a letter could be stored. Raises StoreUnavailableError when not."""
        await self._ask(None)

    async def _ask(self, letter: NewLetter | None) -> bool:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(letter, loop.create_future(), loop)
        if not self._thread.is_alive():
            raise StoreUnavailableError
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise StoreUnavailableError("busy") from None
        # A plain timer: asyncio.wait_for costs three times as much, for every letter.
        timer = loop.call_later(self._seconds, _give_up, waiting)
        try:
            answer = await waiting.done
        finally:
            timer.cancel()
        if isinstance(answer, str):
            raise StoreUnavailableError(answer)
        return answer

    def _run(self) -> None:
        running = True
        while running:
            group, running = self._next_group()
            if group:
                _acknowledge(group, self._answers([waiting.letter for waiting in group]))

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Return all that waits, up to one commit's worth, and whether to go on afterwards."""
        group: list[_Waiting] = []
        size = 0
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            size += waiting.letter.size if waiting.letter else 0
            if len(group) >= LETTERS_PER_COMMIT or size >= BYTES_PER_COMMIT:
                return group, True
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _answers(self, letters: Sequence[NewLetter | None]) -> Sequence[_Answer]:
        """Store one group. A letter that the database refuses is tried alone, and harms no other."""
        try:
            answers = self.commit(letters)
            self.trouble = ""
            return answers
        except StoreUnavailableError as error:
            self.trouble = error.word
            return [error.word] * len(letters)
        except StoreError:
            if len(letters) == 1:
                return ["database"]
            return [self._answers([letter])[0] for letter in letters]

    def commit(self, letters: Sequence[NewLetter | None]) -> Sequence[bool]:
        """Store all `letters` (None: only a probe) in one transaction and say of each whether these bytes are held.

        Runs in the writer's thread. Raises StoreUnavailableError when nothing can be stored now, another StoreError
        when one of these letters cannot.
        """
        real = [letter for letter in letters if letter is not None]
        if not real:
            self._store.probe()
            self._store.probe_log()
            return [True] * len(letters)
        held = self._store.add(real)
        return [letter is None or letter.digest in held for letter in letters]


def _give_up(waiting: _Waiting) -> None:
    if not waiting.done.done():
        waiting.done.set_result("database")


def _acknowledge(group: Sequence[_Waiting], answers: Sequence[_Answer]) -> None:
    def tell() -> None:
        for waiting, answer in zip(group, answers, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(answer)

    try:
        group[0].loop.call_soon_threadsafe(tell)
    except RuntimeError:
        return  # the loop has ended: nobody waits for an answer, and a letter without one is sent again
