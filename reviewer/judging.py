"""Judging: which of a thread's letters count, whatever order they came in. docs/sealing.md, "Letters of a thread".

A thread is named by the public key of its words, not by its locator, which a server could use again. Judging looks only
at the ledger, changes it in one transaction, and comes to the same when it is done again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

from sqlmodel import Session, col, select

from crypto.constants import LETTER_KINDS
from crypto.errors import LetterSignatureError
from crypto.letter import ACCOUNT, Letter
from crypto.signing import verify_letter
from reviewer.entries import LetterEntry, Status, ThreadEntry
from reviewer.ledger import Ledger
from reviewer.opening import Reason

_ACCOUNT: Final = LETTER_KINDS["account"]
_WITHDRAWAL: Final = LETTER_KINDS["withdrawal"]
_REPLACEMENT: Final = LETTER_KINDS["replacement"]
_NOT_FOR_PANEL: Final = frozenset({"draft", "inheritance"})
_OPEN, _WITHDRAWN, _REPLACED = "open", "withdrawn", "replaced"


def name_thread(entry: LetterEntry, letter: Letter) -> LetterEntry:
    """Note in `entry` which thread an opened letter says it belongs to; hold its signature against the key that it names.

    A signed letter waits until its thread is judged. One that is unsigned or never for the panel is set aside.
    """
    if letter.kind in _NOT_FOR_PANEL:
        return _set_aside(entry, Reason.NOT_FOR_PANEL)
    if letter.thread is None:
        return entry
    change = asdict(letter.change) if letter.change is not None else None
    entry.verify_key, entry.sequence = letter.thread.verify_key, letter.sequence
    entry.claim = json.dumps({"recipient": letter.thread.recipient, "change": change})
    if letter.kind == ACCOUNT:
        return entry
    try:
        verify_letter(letter, letter.thread.verify_key)
    except LetterSignatureError:
        entry.verify_key = None
        return _set_aside(entry, Reason.UNSIGNED)
    entry.status, entry.reason = Status.WAITING.value, Reason.NO_ACCOUNT.value
    return entry


def judge(ledger: Ledger, verify_keys: Sequence[str]) -> list[str]:
    """Judge the threads with those keys (64 hex), and those that their letters lead to; return the keys that were judged."""
    judged: list[str] = []
    waiting = list(verify_keys)
    with ledger.judging() as session:
        while waiting:
            key = waiting.pop(0)
            judged.append(key)
            # What a replacement leads to is judged once more: its letters may have come before it did.
            waiting += _Bench(session, key).judge()
    return judged


class _Bench:
    """The letters of one thread while they are judged."""

    def __init__(self, session: Session, verify_key: str) -> None:
        self._session = session
        self._key = verify_key
        wanted = select(LetterEntry).where(LetterEntry.verify_key == verify_key)
        order = (col(LetterEntry.sequence), col(LetterEntry.bundle), col(LetterEntry.place), col(LetterEntry.digest))
        self._letters = list(session.exec(wanted.order_by(*order)))
        self._led_to: list[str] = []

    def judge(self) -> list[str]:
        """Judge every letter, and return the keys of threads that this one leads to."""
        thread = self._thread()
        if thread is None:
            return []
        self._accounts()
        for letters in self._places():
            self._judge_place(thread, letters)
        self._hold_back(thread)
        return self._led_to

    def _thread(self) -> ThreadEntry | None:
        """Return the thread: known, or begun by an account, or by a withdrawal whose account never came."""
        thread = self._session.get(ThreadEntry, self._key)
        begins = [one for one in self._letters if one.kind == _ACCOUNT and one.status == Status.IMPORTED]
        begins = begins or [one for one in self._letters if one.kind == _WITHDRAWAL]
        if thread is None and begins:
            first = begins[0]
            thread = ThreadEntry(verify_key=self._key, locator=first.locator, recipient=_claim(first)["recipient"])
            self._session.add(thread)
        return thread

    def _accounts(self) -> None:
        """Let one account stand; which one was meant cannot be told from another."""
        accounts = [one for one in self._letters if one.kind == _ACCOUNT and one.status == Status.IMPORTED]
        thread = self._session.get(ThreadEntry, self._key)
        for second in accounts[1:]:
            _set_aside(second, Reason.SECOND_ACCOUNT)
            if thread is not None:
                thread.conflict = max(thread.conflict or 0, 0)
        if thread is not None and thread.state != _OPEN:
            for account in accounts[:1]:
                self._late_account(thread, account)

    def _late_account(self, thread: ThreadEntry, account: LetterEntry) -> None:
        if thread.state == _WITHDRAWN:
            account.status = Status.WITHDRAWN.value

    def _places(self) -> Iterator[list[LetterEntry]]:
        """Yield the waiting letters, those for one place together, in the order of places."""
        waiting = [one for one in self._letters if one.status == Status.WAITING]
        for _, letters in groupby(waiting, key=lambda one: one.sequence):
            yield list(letters)

    def _judge_place(self, thread: ThreadEntry, letters: list[LetterEntry]) -> None:
        place = letters[0].sequence
        for foreign in [one for one in letters if one.locator != thread.locator]:
            _set_aside(foreign, Reason.OTHER_THREAD)
            letters.remove(foreign)
        if not letters:
            return
        if thread.state != _OPEN:
            for one in letters:
                _set_aside(one, Reason.REPLACED if thread.state == _REPLACED else Reason.CLOSED)
        elif place <= thread.last_sequence:
            self._conflict(thread, letters, Reason.PLACE_TAKEN)
        elif len(letters) > 1:
            self._conflict(thread, letters, Reason.SAME_PLACE)
        elif place == thread.last_sequence + 1 or letters[0].kind == _WITHDRAWAL:
            self._accept(thread, letters[0])

    def _conflict(self, thread: ThreadEntry, letters: list[LetterEntry], reason: Reason) -> None:
        thread.conflict = max(thread.conflict or 0, letters[0].sequence)
        for one in letters:
            _set_aside(one, reason)

    def _accept(self, thread: ThreadEntry, letter: LetterEntry) -> None:
        letter.status, letter.reason = Status.IMPORTED.value, None
        thread.last_sequence = letter.sequence
        change = _claim(letter)["change"]
        if letter.kind == _REPLACEMENT:
            self._replace(thread, change)
        elif letter.kind == _WITHDRAWAL:
            self._withdraw(thread, letter, change["keep"])

    def _replace(self, thread: ThreadEntry, change: dict[str, str]) -> None:
        """Let the thread go on under other words. Words that lead to another thread already are not taken over."""
        if self._session.get(ThreadEntry, change["verify_key"]) is not None:
            return
        after = ThreadEntry(verify_key=change["verify_key"], locator=change["locator"], recipient=change["recipient"])
        self._session.add(after)
        thread.state, thread.successor = _REPLACED, after.verify_key
        self._led_to.append(after.verify_key)

    def _withdraw(self, thread: ThreadEntry, withdrawal: LetterEntry, keep: str) -> None:
        """Everything of this thread and of the words before it is to be destroyed; the withdrawal itself stays."""
        keys = [thread.verify_key, *self._keys_before(thread.verify_key)]
        wanted = select(LetterEntry).where(col(LetterEntry.verify_key).in_(keys))
        for letter in self._session.exec(wanted):
            if letter.digest != withdrawal.digest and letter.status in {Status.IMPORTED, Status.WAITING}:
                letter.status, letter.reason = Status.WITHDRAWN.value, None
        for key in keys:
            entry = self._session.get(ThreadEntry, key)
            if entry is not None:
                entry.state, entry.keep = _WITHDRAWN, keep

    def _keys_before(self, verify_key: str) -> list[str]:
        found: list[str] = []
        newest = [verify_key]
        while newest:
            wanted = select(ThreadEntry.verify_key).where(col(ThreadEntry.successor).in_(newest))
            newest = [key for key in self._session.exec(wanted) if key not in found]
            found += newest
        return found

    def _hold_back(self, thread: ThreadEntry) -> None:
        """Say of what still waits that something before it is missing."""
        for letter in self._letters:
            if letter.status == Status.WAITING and letter.sequence > thread.last_sequence:
                letter.reason = Reason.AHEAD.value


def _set_aside(entry: LetterEntry, reason: Reason) -> LetterEntry:
    entry.status, entry.reason, entry.epoch = Status.SET_ASIDE.value, reason.value, entry.epoch
    return entry


def _claim(entry: LetterEntry) -> dict[str, Any]:
    claim: dict[str, Any] = json.loads(entry.claim or "{}")
    return claim
