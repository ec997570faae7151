"""Replies that wait for a second reader: in the case store alone, until somebody else has read and signed them.

What the log says of one is the letter that it answers, never a word of it.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from sqlmodel import Session, col, select

from reviewer.cases.database import CaseDatabase
from reviewer.cases.log import STATION, Act, Log
from reviewer.cases.rows import ReplyRow, RuleRow
from reviewer.errors import AnswerError

# Beside the rules of the station: the number that was given last.
_LAST: Final = "last reply"


class WaitingReplies(Log, CaseDatabase):
    """The waiting replies of one store. Methods raise CaseStoreError.

    `seen` is what `seen_of` gives for the words that somebody has read: nobody signs or changes others.
    """

    def replies(self) -> Sequence[ReplyRow]:
        """Return every reply that waits, oldest first."""
        with self._session() as session:
            return session.exec(select(ReplyRow).order_by(col(ReplyRow.number))).all()

    def add_reply(self, by: str, digest: str, language: str, text: str) -> int:
        """Keep a reply to a letter, and return its number."""
        with self._writing() as session:
            last = session.get(RuleRow, _LAST) or RuleRow(name=_LAST, value="0")
            # No number comes twice: whoever noted one down must not find other words under it.
            number = int(last.value) + 1
            last.value = str(number)
            session.add(last)
            day = date.today().isoformat()
            session.add(ReplyRow(number=number, digest=digest, day=day, by=by, language=language, text=text))
            self._note(session, by, Act.PREPARED, [digest])
            return number

    def change_reply(self, by: str, number: int, seen: str, language: str, text: str) -> None:
        """Put other words in; whoever did is their writer now. Raises AnswerError when they are not those that were seen."""
        with self._writing() as session:
            row = _current(session, number, seen)
            row.by, row.day, row.language, row.text, row.sealed = by, date.today().isoformat(), language, text, ""
            self._note(session, by, Act.PREPARED, [row.digest])

    def mark_sealed(self, number: int, seen: str, sealed: str) -> None:
        """Keep which answer (digest, 64 hex) a reply becomes. Raises AnswerError when the words are not those that were seen."""
        with self._writing() as session:
            _current(session, number, seen).sealed = sealed

    def take_reply(self, who: str, act: Act | None, number: int, seen: str) -> None:
        """Take a reply out and note `act`; None when it was signed, which was noted before. Raises AnswerError when the words are not those that were seen."""
        with self._writing() as session:
            row = _current(session, number, seen)
            if act is not None:
                self._note(session, who, act, [row.digest])
            session.delete(row)
        self.empty_log()

    def shred_replies(self, digests: Collection[str]) -> None:
        """Take out every reply to letters that were taken back."""
        with self._writing() as session:
            for row in session.exec(select(ReplyRow).where(col(ReplyRow.digest).in_(digests))):
                self._note(session, STATION, Act.SHREDDED, [f"a reply to {row.digest}"])
                session.delete(row)
        self.empty_log()


def seen_of(row: ReplyRow) -> str:
    """Return what stands for the words of a reply, their letter and their writer: SHA-256 (64 hex)."""
    whole = "\0".join((row.digest, row.by, row.language, row.text))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _current(session: Session, number: int, seen: str) -> ReplyRow:
    row = session.get(ReplyRow, number)
    if row is None:
        raise AnswerError(f"No reply {number} waits; see `reviewer replies`.")
    if seen_of(row) != seen:
        raise AnswerError("Somebody has changed these words since you read them: read them again.")
    return row
