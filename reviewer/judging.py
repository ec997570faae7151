"""Judging: which of a thread's letters count, whatever order they came in. docs/sealing.md, "Letters of a thread".

A thread is named by the public key of its words, not by its locator, which a server could use again. Judging looks only
at the ledger, changes it in one transaction, and comes to the same when it is done again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from crypto.change import Replacement
from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from crypto.errors import LetterSignatureError, RecipientError
from crypto.letter import ACCOUNT, Letter
from crypto.recipients import Recipient
from crypto.signing import verify_letter
from reviewer.entries import NEVER_SENT, LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.ledger import Ledger
from reviewer.opening import Reason

_ACCOUNT: Final = LETTER_KINDS["account"]
_WITHDRAWAL: Final = LETTER_KINDS["withdrawal"]
_REPLACEMENT: Final = LETTER_KINDS["replacement"]
_NOT_FOR_PANEL: Final = frozenset({"draft", "inheritance"})
_DESTRUCTION: Final = NOTICE_KINDS["destruction"]
_OPEN, _WITHDRAWN, _REPLACED, _DESTROYED = "open", "withdrawn", "replaced", "destroyed"
# The claim of a letter without return words. One that was not looked at yet has no claim.
_NO_THREAD: Final = "{}"
_TAKEN_BACK: Final = (_WITHDRAWN, _DESTROYED)
# What a letter that is no account has when its signature holds and it was not set aside since.
_SIGNED: Final = (Status.WAITING, Status.IMPORTED)


def name_thread(entry: LetterEntry, letter: Letter) -> LetterEntry:
    """Note in `entry` which thread an opened letter says it belongs to; hold its signature against the key that it names.

    A signed letter waits until its thread is judged. One that is unsigned, never for the panel, or names keys that nobody
    could seal to is set aside and belongs to no thread.
    """
    if letter.kind in _NOT_FOR_PANEL:
        return _set_aside(entry, Reason.NOT_FOR_PANEL)
    if letter.thread is None:
        entry.claim = entry.claim or _NO_THREAD
        return entry
    if not _keys_usable(letter):
        return _set_aside(entry, Reason.UNUSABLE_KEYS)
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
            # What a replacement leads to is judged once more: its letters may have come before it did, and may take all back.
            waiting += _Bench(session, key).judge()
    return judged


class _Bench:
    """The letters of one thread while they are judged."""

    def __init__(self, session: Session, verify_key: str) -> None:
        self._session = session
        self._key = verify_key
        wanted = select(LetterEntry).where(LetterEntry.verify_key == verify_key)
        order = (
            LetterEntry.sequence,
            LetterEntry.generation,
            LetterEntry.bundle,
            LetterEntry.place,
            LetterEntry.digest,
        )
        self._letters = list(session.exec(wanted.order_by(*map(col, order))))
        self._led_to: list[str] = []

    def judge(self) -> list[str]:
        """Judge every letter, and return the keys of threads that this one leads to."""
        thread = self._thread()
        if thread is None:
            return []
        self._bind(thread)
        self._accounts(thread)
        for letters in self._places():
            self._judge_place(thread, letters)
        if thread.state in _TAKEN_BACK:
            # Also what came only now: it was taken back before it arrived.
            self._withdraw(thread)
        else:
            self._hold_back(thread)
        return self._led_to

    def _thread(self) -> ThreadEntry | None:
        """Return the thread: known, or begun by an account, or by a withdrawal whose account never came."""
        thread = self._session.get(ThreadEntry, self._key)
        begins = [one for one in self._letters if one.kind == _ACCOUNT and one.status == Status.IMPORTED]
        begins = begins or [one for one in self._letters if one.kind == _WITHDRAWAL and one.status == Status.WAITING]
        if thread is None and begins:
            first = begins[0]
            thread = ThreadEntry(verify_key=self._key, locator=first.locator, recipient=_claim(first)["recipient"])
            self._session.add(thread)
        return thread

    def _accounts(self, thread: ThreadEntry) -> None:
        """Let one account stand; which one was meant cannot be told from another. Words that replaced others have none."""
        accounts = [one for one in self._letters if one.kind == _ACCOUNT and one.status == Status.IMPORTED]
        for second in accounts if self._keys_before(thread.verify_key) else accounts[1:]:
            _set_aside(second, Reason.SECOND_ACCOUNT)
            thread.conflict = max(thread.conflict or 0, 0)

    def _bind(self, thread: ThreadEntry) -> None:
        """Let answers go where the words' own key says. An account is not signed: who learned the key may have invented it."""
        here = [one for one in self._letters if one.locator == thread.locator]
        signed = [one for one in here if one.kind != _ACCOUNT and one.status in _SIGNED]
        if not signed:
            return
        recipient = _claim(signed[0])["recipient"]
        accounts = [one for one in here if one.kind == _ACCOUNT and one.status == Status.IMPORTED]
        invented = [one for one in accounts if _claim(one)["recipient"] != recipient]
        if invented or thread.recipient != recipient:
            thread.recipient = recipient
            thread.conflict = max(thread.conflict or 0, 0)
        _set_all_aside(invented, Reason.OTHER_KEYS)

    def _places(self) -> Iterator[list[LetterEntry]]:
        """Yield the waiting letters, those for one place together, in the order of places."""
        waiting = [one for one in self._letters if one.status == Status.WAITING]
        for _, letters in groupby(waiting, key=lambda one: one.sequence):
            yield list(letters)

    def _judge_place(self, thread: ThreadEntry, letters: list[LetterEntry]) -> None:
        if thread.state in _TAKEN_BACK:
            return
        for foreign in [one for one in letters if one.locator != thread.locator]:
            _set_aside(foreign, Reason.OTHER_THREAD)
            letters.remove(foreign)
        if not letters:
            return
        place = letters[0].sequence
        withdrawals = [one for one in letters if one.kind == _WITHDRAWAL]
        if thread.state == _REPLACED:
            _set_all_aside(letters, Reason.REPLACED)
        elif place <= thread.last_sequence:
            self._conflict(thread, letters, Reason.PLACE_TAKEN)
        elif withdrawals:
            # It only takes away: neither a gap nor another letter for its place may hold it up.
            self._accept(thread, withdrawals[0])
        elif place == thread.last_sequence + 1:
            self._fill(thread, letters)

    def _fill(self, thread: ThreadEntry, letters: list[LetterEntry]) -> None:
        """Give the next place to the letter that came first. Where two came together, nobody has it, and it is never given again."""
        first = [one for one in letters if _came_with(one) == _came_with(letters[0])]
        if len(first) == 1:
            self._accept(thread, first[0])
        else:
            self._conflict(thread, first, Reason.SAME_PLACE)
            thread.last_sequence = letters[0].sequence
        later = [one for one in letters if one not in first]
        if later:
            self._conflict(thread, later, Reason.PLACE_TAKEN)

    def _conflict(self, thread: ThreadEntry, letters: list[LetterEntry], reason: Reason) -> None:
        thread.conflict = max(thread.conflict or 0, letters[0].sequence)
        _set_all_aside(letters, reason)

    def _accept(self, thread: ThreadEntry, letter: LetterEntry) -> None:
        letter.status, letter.reason = Status.IMPORTED.value, None
        thread.last_sequence = letter.sequence
        if letter.kind == _REPLACEMENT:
            self._replace(thread, letter)
        elif letter.kind == _WITHDRAWAL:
            thread.state = _WITHDRAWN

    def _replace(self, thread: ThreadEntry, letter: LetterEntry) -> None:
        """Let the thread go on under other words, unless those lead to a thread of their own already.

        Words that were taken back before this letter came have a thread already: what they took back is this one.
        """
        change = _claim(letter)["change"]
        after = self._session.get(ThreadEntry, change["verify_key"])
        if after is None:
            keys = {name: change[name] for name in ("verify_key", "locator", "recipient")}
            after = ThreadEntry(**keys)
            self._session.add(after)
        elif after.state not in _TAKEN_BACK or after.successor is not None or not _are_keys_of(change, after):
            _set_aside(letter, Reason.WORDS_IN_USE)
            return
        thread.state, thread.successor = _REPLACED, after.verify_key
        self._led_to.append(after.verify_key)

    def _withdraw(self, thread: ThreadEntry) -> None:
        """Everything of this thread and of the words before it is to be destroyed, set aside or not; withdrawals stay."""
        keys = [thread.verify_key, *self._keys_before(thread.verify_key)]
        late = False
        keep = thread.keep or "statistics"
        for letter in self._session.exec(select(LetterEntry).where(col(LetterEntry.verify_key).in_(keys))):
            if letter.kind == _WITHDRAWAL:
                if letter.status == Status.WAITING:
                    letter.status, letter.reason = Status.IMPORTED.value, None
                if letter.status == Status.IMPORTED and _claim(letter)["change"]["keep"] == "nothing":
                    keep = "nothing"
            elif letter.status not in {Status.WITHDRAWN, Status.DESTROYED}:
                # Why it was set aside stays beside it: what never counted is kept for no statistics.
                letter.reason = letter.reason if letter.status == Status.SET_ASIDE else None
                letter.status, late = Status.WITHDRAWN.value, True
        for entry in self._to_the_end(keys) if late else self._threads(keys):
            entry.keep = keep
            if late or entry.state != _DESTROYED:
                entry.state = _WITHDRAWN
        self._keep_silent(keys)

    def _keep_silent(self, keys: Sequence[str]) -> None:
        """Send nothing that was said before it was taken back; only the receipt of the destruction still goes out."""
        unsent = update(NoticeEntry).where(
            col(NoticeEntry.verify_key).in_(keys),
            col(NoticeEntry.bundle).is_(None),
            col(NoticeEntry.kind) != _DESTRUCTION,
        )
        self._session.exec(unsent.values(bundle=NEVER_SENT))

    def _threads(self, keys: Sequence[str]) -> list[ThreadEntry]:
        return [entry for key in keys if (entry := self._session.get(ThreadEntry, key)) is not None]

    def _to_the_end(self, keys: Sequence[str]) -> list[ThreadEntry]:
        """Return the threads with those keys and those after them: the last one gets the receipt."""
        found = self._threads(keys)
        after = found[0].successor
        while after is not None:
            found += self._threads([after])
            after = found[-1].successor
        return found

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


def _keys_usable(letter: Letter) -> bool:
    """Say whether the keys that a letter names are keys. Whoever writes may put anything there, and answers are sealed to them."""
    named = [letter.thread.recipient] if letter.thread is not None else []
    if isinstance(letter.change, Replacement):
        named.append(letter.change.recipient)
    try:
        for recipient in named:
            Recipient.parse(recipient)
    except RecipientError:
        return False
    return True


def _are_keys_of(change: dict[str, str], thread: ThreadEntry) -> bool:
    return (change["locator"], change["recipient"]) == (thread.locator, thread.recipient)


def _set_all_aside(entries: Sequence[LetterEntry], reason: Reason) -> None:
    for entry in entries:
        _set_aside(entry, reason)


def _set_aside(entry: LetterEntry, reason: Reason) -> LetterEntry:
    """Set a letter aside. The intake side is told again: it may have been told that the letter counts."""
    entry.status, entry.reason, entry.confirmed = Status.SET_ASIDE.value, reason.value, None
    return entry


def _came_with(entry: LetterEntry) -> tuple[int, int]:
    """Return which bundle brought a letter."""
    return entry.generation, entry.bundle


def _claim(entry: LetterEntry) -> dict[str, Any]:
    claim: dict[str, Any] = json.loads(entry.claim or "{}")
    return claim
